"""Schema of the liquid-xenon chain: its root block."""

import difflib
import re
from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.config.names import check_known
from pipeline.xenon.config.anomaly import Anomaly, ErNr
from pipeline.xenon.config.data import OBSERVED, Data
from pipeline.xenon.config.detector import Detector
from pipeline.xenon.config.images import Images
from pipeline.xenon.config.rates import Rates
from pipeline.xenon.config.region import Region
from pipeline.xenon.config.samples import (
    DataEvents,
    LinearSpectrum,
    LogUniformSpectrum,
    Nest,
    Recoil,
    Sample,
    UniformSpectrum,
    Wimps,
)
from pipeline.xenon.config.search import Search


def _flat(recoil: Recoil, low_keV: float, high_keV: float, events: int) -> Nest:
    spectrum = UniformSpectrum(kind="uniform", low_keV=low_keV, high_keV=high_keV)
    return Nest(kind="nest", detector="darwin", recoil=recoil, spectrum=spectrum, events=events)


class Xenon(Block):
    """The liquid-xenon chain."""

    detectors: dict[str, Detector] = described(
        "Detectors by name: a shipped `base` and the values that differ from it.",
        {name: Detector(base=name) for name in ("darwin", "xenon1t")},
        min_length=1,
    )
    # The seed depends on the name of the sample, so no two samples share an event.
    samples: dict[str, Sample] = described(
        "Samples of events by name.",
        {
            # Training from 1 to 100 keV as in arXiv 2410.00755.
            "train_er": _flat("er", 1, 100, 10_000),
            "train_nr": _flat("nr", 1, 100, 10_000),
            "test_er": _flat("er", 1, 100, 5000),
            "test_nr": _flat("nr", 1, 100, 5000),
            # Worth 7.5 times the background events in 200 t yr, by their weights: p-values
            # include the fluctuations of the simulation. Few are made where few reach the region.
            "background_er": Nest(
                kind="nest",
                recoil="er",
                spectrum=LinearSpectrum(
                    kind="linear",
                    energies_keV=(0.5, 2, 7, 10, 13),
                    densities=(0.1, 1, 1, 0.1, 0.1),
                ),
                events=80_000,
                events_per_part=20_000,
                candidates=16,
            ),
            # Most of 1 to 2 keV: few recoils of 8B neutrinos trigger, and each stands for many.
            "background_nr": Nest(
                kind="nest",
                recoil="nr",
                spectrum=LinearSpectrum(
                    kind="linear",
                    energies_keV=(0.7, 2, 3, 5, 10, 20, 50),
                    densities=(60, 40, 2, 1, 0.5, 0.24, 0.1),
                ),
                events=54_000,
                events_per_part=18_000,
            ),
        },
    )
    wimps: Wimps = described("Samples of WIMPs.", Wimps())
    anomaly: Anomaly | None = described(
        "Anomaly search with a classifier and autoencoders; null: events and responses only.",
        Anomaly(),
    )
    network_seed: int | None = described(
        "Seed of the first weights and of the order of events in trainings; null: `seed`. Another "
        "one trains other networks on the same events.",
        None,
        ge=0,
    )
    background: ErNr = described(
        "Samples that the search weights to its backgrounds and WIMPs. They must be of kind 'nest' "
        "and have spectra 'uniform', 'log_uniform' or 'linear' over the ranges of `rates`.",
        ErNr(er="background_er", nr="background_nr"),
    )
    rates: Rates = described("Expected backgrounds of the search.", Rates())
    region: Region = described("Region of interest of the search.", Region())
    search: Search = described("Search for an excess of anomaly scores.", Search())
    data: Data | None = described(
        "Observed data in which the search looks for the benchmark WIMP; null: none.", None
    )
    images: Images | None = described(
        "XENON1T part with networks for images; null: off. `images: {}` takes all defaults.", None
    )

    @property
    def all_samples(self) -> dict[str, DataEvents]:
        """All samples by name: `samples`, and those that other blocks make."""
        made = self.made_samples.values()
        return self.samples | {name: sample for own in made for name, sample in own.items()}

    @property
    def made_samples(self) -> dict[str, dict[str, DataEvents]]:
        """Samples that are not in `samples`, by the key that makes them and by name."""
        return {
            "wimps": {**self.wimps.samples()},
            "images": {**self.images.samples()} if self.images else {},
            "search.coverage": {**self._coverage_samples()},
            "data.events": {OBSERVED: self.data.events} if self.data else {},
        }

    @property
    def coverage_names(self) -> list[str]:
        """Samples (ER, NR, ER, ...) of the table of coverage: independent ones, or `background`."""
        names = list(self._coverage_samples())
        return names or self.background.names

    def _coverage_samples(self) -> dict[str, Sample]:
        number = self.search.coverage.samples if self.anomaly else 0
        return {
            f"coverage_{recoil}_{i}": self.samples[name]
            for i in range(number)
            for recoil, name in self.background
            if name in self.samples
        }

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        makers = self.made_samples
        for maker, made in makers.items():
            for name in made.keys() & self.samples.keys():
                raise ValueError(
                    f"samples.{name}: `{maker}` makes a sample of that name; choose another"
                )
        for name, sample in self.all_samples.items():
            if not re.fullmatch(r"[\w.-]+", name):
                raise ValueError(
                    f"samples: '{name}' must be letters, digits, '_', '-' and '.' only"
                )
            own = [maker for maker, made in makers.items() if name in made]
            key = own[0] if own else f"samples.{name}"
            check_known(f"{key}.detector", [sample.detector], self.detectors, "detector")
        return self

    @model_validator(mode="after")
    def _networks_have_samples(self) -> Self:
        if self.anomaly is None:
            if self.data is not None:
                raise ValueError(
                    "data: `anomaly: null` makes no search that could look at them; remove one"
                )
            return self
        for key, pair in (
            ("anomaly.train", self.anomaly.train),
            ("anomaly.test", self.anomaly.test),
            ("background", self.background),
        ):
            for recoil, name in pair:
                self._check_anomaly_sample(f"{key}.{recoil}", name, recoil)
        if self.data is not None:
            self._check_detector("data.events", self.data.events.detector)
        self._check_background("er", self.rates.electron_recoils_keV)
        self._check_background("nr", self.rates.nuclear_recoils_keV)
        return self

    @model_validator(mode="after")
    def _candidates_are_weighted(self) -> Self:
        weighted = {self.background.er} - set(self.anomaly.test.names if self.anomaly else ())
        others: dict[str, DataEvents] = {
            f"samples.{name}": sample
            for name, sample in self.samples.items()
            if name not in weighted
        }
        if self.data is not None:
            others["data.events"] = self.data.events
        for key, sample in others.items():
            if isinstance(sample, Nest) and sample.candidates > 1:
                raise ValueError(
                    f"{key}: its `candidates` make events that stand for unequal numbers, which "
                    "only the sample of `background.er` may have; remove `candidates`"
                )
        return self

    def _check_background(self, recoil: Recoil, range_keV: tuple[float, float]) -> None:
        assert self.anomaly is not None
        key, name = f"background.{recoil}", getattr(self.background, recoil)
        if name in self.anomaly.train.names:
            raise ValueError(f"{key}: the networks learn from '{name}'; choose another sample")
        sample = self.samples[name]
        known = (UniformSpectrum, LogUniformSpectrum, LinearSpectrum)
        if not isinstance(sample, Nest) or not isinstance(sample.spectrum, known):
            raise ValueError(
                f"{key}: '{name}' must be of kind 'nest', its spectrum 'uniform', 'log_uniform' "
                "or 'linear'"
            )
        low, high = range_keV
        if low < sample.spectrum.low_keV or high > sample.spectrum.high_keV:
            raise ValueError(
                f"{key}: '{name}' covers {sample.spectrum.low_keV:g} to "
                f"{sample.spectrum.high_keV:g} keV, but the range in `rates` is {low:g} to "
                f"{high:g} keV"
            )

    def _check_anomaly_sample(self, key: str, name: str, recoil: str) -> None:
        assert self.anomaly is not None
        if name not in self.samples:
            near = difflib.get_close_matches(name, self.samples, 1, 0.0)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise ValueError(
                f"{key}: no sample '{name}'; {hint}anomaly: null makes events and responses only"
            )
        sample = self.samples[name]
        own = getattr(sample, "recoil", None)  # None if it is read from the files
        if own not in (None, recoil):
            raise ValueError(f"{key}: the recoils of '{name}' are '{own}', not '{recoil}'")
        self._check_detector(f"{key}: '{name}'", sample.detector)

    def _check_detector(self, what: str, detector: str) -> None:
        assert self.anomaly is not None
        train = self.anomaly.train.er
        if detector != self.samples[train].detector:
            raise ValueError(
                f"{what} belongs to detector '{detector}', but '{train}' to "
                f"'{self.samples[train].detector}'"
            )
