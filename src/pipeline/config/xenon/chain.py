"""Schema of the liquid-xenon chain: its root block."""

import difflib
import re
from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.config.xenon.detector import Detector
from pipeline.config.xenon.samples import Nest, Recoil, Sample, UniformSpectrum, Wimps


def _flat(recoil: Recoil, events: int) -> Nest:
    """Events of the DARWIN search: uniform from 1 to 100 keV, arXiv 2410.00755."""
    spectrum = UniformSpectrum(kind="uniform", low_keV=1, high_keV=100)
    return Nest(kind="nest", detector="darwin", recoil=recoil, spectrum=spectrum, events=events)


class Xenon(Block):
    """The liquid-xenon chain; made when `chains` or the command line ask for it."""

    detectors: dict[str, Detector] = described(
        "Detectors by name: a shipped `base` and what is different from it.",
        {name: Detector(base=name) for name in ("darwin", "xenon1t")},
        min_length=1,
    )
    # Samples of other names have other seeds: no event is in two of them.
    samples: dict[str, Sample] = described(
        "Samples of events by name.",
        {
            "train_er": _flat("er", 10_000),
            "train_nr": _flat("nr", 10_000),
            "background_er": _flat("er", 10_000),
            "background_nr": _flat("nr", 10_000),
        },
    )
    wimps: Wimps = described("Samples of WIMPs.", Wimps())

    @property
    def all_samples(self) -> dict[str, Sample]:
        """`samples` and those of the WIMPs, by name."""
        return {**self.samples, **self.wimps.samples()}

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name in self.wimps.samples().keys() & self.samples.keys():
            raise ValueError(f"samples.{name}: `wimps` makes a sample of that name")
        for name, sample in self.all_samples.items():
            if not re.fullmatch(r"[\w.-]+", name):
                raise ValueError(f"samples: '{name}' must be letters, digits, '_', '-' and '.'")
            if sample.detector not in self.detectors:
                key = f"samples.{name}" if name in self.samples else "wimps"
                near = difflib.get_close_matches(sample.detector, self.detectors, 1, 0.0)
                raise ValueError(
                    f"{key}.detector: no detector '{sample.detector}'; did you mean "
                    f"'{near[0]}'? Detectors: {', '.join(self.detectors)}"
                )
        return self
