"""Schema of the nuclear-emulsion chain: its root block."""

import re
from typing import Self

from pydantic import model_validator

from pipeline.config.model import Block, described
from pipeline.config.names import check_known
from pipeline.emulsion.config.analysis import Leaks, Rejection, Transfer
from pipeline.emulsion.config.detector import Detector
from pipeline.emulsion.config.networks import ClusterNetwork, Dense, Harmonic, Network
from pipeline.emulsion.config.recoils import RecoilGrid
from pipeline.emulsion.config.samples import Beam, Fog, Gamma, Hdf5, Ion, Recoils, Sample
from pipeline.emulsion.config.wimps import Wimps

AnySample = Ion | Recoils | Fog | Gamma | Hdf5
NAME = re.compile(r"[\w-]+")
CARBON_KEV = (30, 60, 100)  # the energies of the paper


def _samples(prefix: str, fog: int, gamma: int, carbon: int, beam: int) -> dict[str, AnySample]:
    """Fog, two gamma sources, and carbon in all directions and of a beam; numbers of clusters."""
    background: dict[str, AnySample] = {
        "fog": Fog(kind="fog", clusters=fog),
        "Co60": Gamma(kind="gamma", source="Co60", clusters=gamma),
        "Cs137": Gamma(kind="gamma", source="Cs137", clusters=gamma),
    }
    signal: dict[str, AnySample] = {
        f"C{energy}{word}": Ion(kind="ion", energy_keV=energy, clusters=clusters, beam=direction)
        for word, clusters, direction in (("", carbon, None), ("_beam", beam, Beam()))
        for energy in CARBON_KEV
    }
    return {f"{prefix}{name}": sample for name, sample in {**background, **signal}.items()}


_TRAINING = _samples("train_", fog=75_000, gamma=15_000, carbon=15_000, beam=15_000)
# At a rejection of 10,000 ten fog clusters decide. Tracks along and across a beam are compared to
# 0.03, by those of C100 in the film.
_TEST = _samples("", fog=100_000, gamma=25_000, carbon=25_000, beam=10_000)
_BACKGROUND = ("train_fog", "train_Co60", "train_Cs137")
_ISOTROPIC = (*_BACKGROUND, *(f"train_C{energy}" for energy in CARBON_KEV))
_BEAM = (*_BACKGROUND, *(f"train_C{energy}_beam" for energy in CARBON_KEV))


def _networks() -> dict[str, ClusterNetwork]:
    return {
        "isotropic": Harmonic(architecture="harmonic", samples=_ISOTROPIC),
        "rotated": Harmonic(
            architecture="harmonic", samples=_BEAM, rotations=True, directions=False
        ),
        "border": Dense(architecture="dense", sees="border", samples=_ISOTROPIC, max_epochs=2),
        "brightness": Dense(
            architecture="dense", sees="brightness", samples=_ISOTROPIC, max_epochs=1
        ),
        "shuffled": Harmonic(
            architecture="harmonic",
            samples=("train_Co60", "train_C100"),
            shuffled_labels=True,
            directions=False,
            max_epochs=1,
        ),
    }


class Emulsion(Block):
    """The nuclear-emulsion chain."""

    detectors: dict[str, Detector] = described(
        "Emulsions and microscopes by name.", {"nit70": Detector()}, min_length=1
    )
    # The seed depends on the name of the sample, so no two samples share a cluster.
    samples: dict[str, Sample] = described(
        "Samples of clusters by name, for training and for tests.",
        {**_TRAINING, **_TEST},
        min_length=1,
    )
    test: tuple[str, ...] = described(
        "Samples with which networks and observables are tested, signal and background, each of "
        "one of both.",
        tuple(_TEST),
        min_length=1,
    )
    networks: dict[str, Network] = described(
        "Networks by name. The dense baseline learns from the samples of the first one.",
        _networks(),
        min_length=1,
    )
    rejection: Rejection = described("Rejection of background.", Rejection())
    leaks: Leaks | None = described(
        "Checks for leaks, with a network that sees the border of the images only, one that sees "
        "their brightness only, and one with shuffled labels, all in `networks`; null: none.",
        Leaks(transfer=Transfer(beam="C100_beam", isotropic="C100")),
    )
    recoils: RecoilGrid | None = described(
        "Recoils that give the efficiency and the angular response by element and energy; null: "
        "none.",
        RecoilGrid(),
    )
    wimps: Wimps | None = described(
        "Directional test for WIMPs with the response of `recoils`; null: none.", Wimps()
    )

    @property
    def all_samples(self) -> dict[str, AnySample]:
        """All samples by name: `samples` and those of `recoils`."""
        return {**self.samples, **(self.recoils.samples() if self.recoils else {})}

    @property
    def image_networks(self) -> dict[str, ClusterNetwork]:
        """Networks that are to tell signal from background, without those of the checks."""
        return {n: net for n, net in self.networks.items() if not _role(net)}

    @property
    def check_networks(self) -> dict[str, str]:
        """Names of the networks of the checks for leaks, by what they are for."""
        return {role: name for name, net in self.networks.items() if (role := _role(net))}

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for kind in ("samples", "networks"):
            for name in getattr(self, kind):
                if not NAME.fullmatch(name):
                    raise ValueError(f"{kind}: '{name}' must be letters, digits, '_' and '-' only")
        if self.recoils:
            for name in self.recoils.samples().keys() & self.samples.keys():
                raise ValueError(
                    f"samples.{name}: `recoils` makes a sample of that name; choose another"
                )
            check_known("recoils.detector", [self.recoils.detector], self.detectors)
        for name, sample in self.samples.items():
            if not isinstance(sample, Hdf5):
                check_known(f"samples.{name}.detector", [sample.detector], self.detectors)
        check_known("test", self.test, self.samples)
        for name, network in self.networks.items():
            check_known(f"networks.{name}.samples", network.samples, self.samples)
            for learnt in set(network.samples) & set(self.test):
                raise ValueError(
                    f"networks.{name}.samples: '{learnt}' is in `test` too; a network must not be "
                    "tested with clusters that it learnt from"
                )
        return self

    @model_validator(mode="after")
    def _both_classes(self) -> Self:
        for name in self.test:
            if is_signal(self.samples[name]) is None:
                raise ValueError(
                    f"samples.{name}: a sample in `test` is all signal or all background; set its "
                    "`label`, beside `labels`, to read one class of its files"
                )
        groups = {f"networks.{n}.samples": net.samples for n, net in self.networks.items()}
        for key, names in {**groups, "test": self.test}.items():
            classes = {is_signal(self.samples[name]) for name in names}
            if None not in classes and len(classes) < 2:
                missing = "background" if True in classes else "signal"
                raise ValueError(f"{key}: there is no sample of {missing}; add one")
        return self

    @model_validator(mode="after")
    def _parts_are_whole(self) -> Self:
        if not self.image_networks:
            raise ValueError("networks: all are for the checks for leaks; add one that selects")
        if self.leaks:
            for role, keys in _ROLES.items():
                if role not in self.check_networks:
                    raise ValueError(
                        f"leaks: there is no network with {keys}; add one to `networks`, or set "
                        "`leaks: null`"
                    )
            if self.leaks.transfer:
                names = [self.leaks.transfer.beam, self.leaks.transfer.isotropic]
                check_known("leaks.transfer", names, self.test)
        if self.recoils:
            check_known("recoils.network", [self.recoils.network], self.image_networks)
            check_known("recoils.signal", [self.recoils.signal], self.test)
            if not getattr(self.networks[self.recoils.network], "directions", False):
                raise ValueError(
                    f"recoils.network: '{self.recoils.network}' learns no directions; set its "
                    "`directions: true`, or choose another"
                )
        if self.wimps:
            if not self.recoils:
                raise ValueError("wimps: needs the response of `recoils`; set `wimps: null` too")
            check_known(
                "wimps.mass_fractions", self.wimps.mass_fractions, self.recoils.energies_keV
            )
        return self


# Networks of the checks for leaks: what they are for, and what makes them so.
_ROLES = {
    "border": "`architecture: dense, sees: border`",
    "brightness": "`architecture: dense, sees: brightness`",
    "shuffled": "`shuffled_labels: true`",
}


def _role(network: ClusterNetwork) -> str | None:
    if network.shuffled_labels:
        return "shuffled"
    return network.sees if isinstance(network, Dense) else None


def is_signal(sample: AnySample) -> bool | None:
    """Whether a sample is signal; None if its files tell."""
    if isinstance(sample, Hdf5):
        return None if sample.label is None else sample.label == "signal"
    return sample.signal
