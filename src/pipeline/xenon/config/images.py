"""Schema of the XENON1T part: images of events, a CNN and a convolutional autoencoder."""

from itertools import product
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from pipeline.config.model import Block, described
from pipeline.config.numbers import Share
from pipeline.config.training import AdamW, Training
from pipeline.statistics.excess.config import ToySet, Wimp, toy_sets
from pipeline.xenon.config.anomaly import Classifier
from pipeline.xenon.config.rates import UNCERTAINTIES, Energy, Rate, Rates, Uncertainty
from pipeline.xenon.config.samples import (
    DETECTOR,
    LogUniformSpectrum,
    Nest,
    Recoil,
    UniformSpectrum,
    WimpSpectrum,
)

Positive = Annotated[float, Field(gt=0)]
OPTIMISER = "Optimiser; the default is Adam with a learning rate of 0.001."
FAST = AdamW(learning_rate=1e-3)

TRAIN_ER, TRAIN_WIMP = "image_train_er", "image_train_wimp"
TEST_ER, TEST_WIMP, SEARCH_NR = "image_test_er", "image_test_wimp", "image_search_nr"
S2_ONLY_ER, S2_ONLY_NR = "image_s2_only_er", "image_s2_only_nr"

# ER and NR that each search weights to background and WIMPs, by the flag of the events it looks at.
WEIGHTED = {"triggered": (TEST_ER, SEARCH_NR), "s2_only": (S2_ONLY_ER, S2_ONLY_NR)}
SEARCHED = (TEST_ER, TEST_WIMP, SEARCH_NR, S2_ONLY_ER, S2_ONLY_NR)
MEASURED = (TRAIN_ER, TRAIN_WIMP, TEST_ER, TEST_WIMP, SEARCH_NR)


class Cnn(Training):
    """A convolutional network that classifies WIMPs (1) and electronic recoils (0).

    In training, the patterns of events are mirrored along x and y at random.
    """

    widths: list[PositiveInt] = described(
        "Channels of the convolutions; each convolution halves the image.",
        [16, 32, 64],
        min_length=1,
    )
    hidden: int = described("Neurons of the dense layer after the convolutions.", 64, gt=0)
    optimiser: AdamW = described(
        "Optimiser; by default AdamW with a learning rate that falls from 0.001 along a cosine.",
        AdamW(learning_rate=1e-3, weight_decay=0.05, schedule="cosine"),
    )
    batch_size: int = described("Images in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 20, gt=0)


class Cvae(Training):
    """A convolutional variational autoencoder that is trained on electronic recoils only."""

    widths: list[PositiveInt] = described(
        "Channels of the convolutions of the encoder, each of which halves the image; the decoder "
        "has the same widths in reverse order.",
        [16, 32, 64],
        min_length=1,
    )
    latent: int = described("Dimensions of the latent space.", 8, gt=0)
    beta: float = described("Weight of the latent term.", 1e-3, ge=0)
    loss: Literal["printed", "standard"] = described(
        "Latent term: 'printed', sum(sigma^2 + mu^2 - ln sigma - 1) as in the talk, with its "
        "minimum at sigma = 1/sqrt(2); or 'standard', the divergence from the prior, "
        "sum(sigma^2 + mu^2 - ln sigma^2 - 1) / 2, with its minimum at sigma = 1.",
        "printed",
    )
    optimiser: AdamW = described(OPTIMISER, FAST)
    batch_size: int = described("Images in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 15, gt=0)


class ImageSearch(Block):
    """Exposures at which the loss of the autoencoder reveals a WIMP signal."""

    wimps: tuple[Wimp, ...] = described(
        "WIMP models; the figure of the losses shows the first one.",
        tuple(Wimp(mass_GeV=mass, cross_section_cm2=1e-45) for mass in (500.0, 50.0, 1000.0)),
        min_length=1,
    )
    exposures_t_yr: tuple[Positive, ...] = described(
        "Exposures [t yr]; XENON1T had 1.",
        (0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0),
        min_length=2,
    )
    shown_exposure_t_yr: float = described(
        "Exposure of the pseudo-data in the figure of the losses [t yr].", 4.0, gt=0
    )
    background_toys: int = described("Background-only toys.", 5000, ge=100)
    signal_toys: int = described("Toys with signal for each WIMP model.", 1000, ge=100)
    levels_sigma: tuple[Positive, ...] = described(
        "Significances to reach, one-sided Gaussian [sigma].", (3.0, 5.0), min_length=1
    )

    def toy_sets(self) -> dict[str, ToySet]:
        """Toy sets of all WIMPs at all exposures; see `statistics.excess.config.toy_sets`."""
        models = [
            (wimp.mass_GeV, exposure, wimp.cross_section_cm2)
            for wimp, exposure in product(self.wimps, self.exposures_t_yr)
        ]
        return toy_sets(models, self.background_toys, self.signal_toys)

    @field_validator("wimps", "exposures_t_yr", "levels_sigma")
    @classmethod
    def _distinct(cls, values: tuple[object, ...]) -> tuple[object, ...]:
        if len(set(map(str, values))) < len(values):
            raise ValueError(f"values must differ from each other, got {list(map(str, values))}")
        return values


class Xenon1tRates(Rates):
    """Backgrounds in XENON1T; values not given here are those of DARWIN.

    In the fiducial 1.3 t, 82 electronic recoils per t yr keV were measured at 1.4 to 10.6 keV (PRL
    121 (2018) 111302, number not checked); 4 of them are due to solar neutrinos and 136Xe. JCAP 04
    (2016) 027 expects 0.6 +- 0.1 radiogenic neutrons per t yr at 4 to 50 keV in 1 t.
    """

    electron_recoils_keV: tuple[Energy, Energy] = described(
        "Range of true energies of electronic recoils [keV].", (1.0, 12.0)
    )
    nuclear_recoils_keV: tuple[Energy, Energy] = described(
        "Range of true energies of nuclear recoils, for backgrounds and WIMPs [keV].", (1.0, 60.0)
    )
    flat_electron_recoils_per_t_yr_keV: dict[str, Rate] = described(
        "Rates of other electronic recoils with a flat spectrum, by name [1/(t yr keV)].",
        {"222Rn, 85Kr, materials": 78.0},
    )
    uncertainties: dict[str, Uncertainty] = described(
        "Uncertainties of the rates by background component; components that are not given keep "
        "their default.",
        UNCERTAINTIES
        | {
            "222Rn, 85Kr, materials": Uncertainty(
                relative=0.08,
                source="choice: as of the (66 +- 5) per t yr keV in JCAP 04 (2016) 027",
            )
        },
    )
    neutrons_per_t_yr: float = described(
        "Rate of nuclear recoils of neutrons at all energies [1/(t yr)]. 0.6 of the default 0.9 "
        "lie at 4 to 50 keV.",
        0.9,
        ge=0,
    )


class S2Only(Block):
    """Samples of the search in events without an S1.

    Such events have less energy than those that trigger: the samples reach further down than the
    ranges of `rates`, whose upper ends are theirs, and are uniform in the logarithm of energy. By
    default they begin where hardly a recoil frees enough electrons for an S2 of 167 photons.
    """

    lowest_electron_recoil_keV: Energy = described(
        "Lowest true energy of electronic recoils [keV].", 0.1
    )
    lowest_nuclear_recoil_keV: Energy = described(
        "Lowest true energy of nuclear recoils [keV].", 0.4
    )
    events: int = described("Number of events of each recoil.", 12_000, gt=0)


class Images(Block):
    """Images of electronic recoils and WIMPs in XENON1T: A. Scaffidi's talk of 9 September 2021.

    This part makes its own samples with NEST: electronic recoils uniform in energy and WIMPs, for
    training and for tests, and nuclear recoils uniform in the logarithm of energy, which are
    weighted to WIMPs of any mass. The energies fill the ranges of `rates`, which are
    the region of interest here: a window in true energy. The search in events without an S1 has
    samples of its own.
    """

    detector: str = described(DETECTOR, "xenon1t")
    size: int = described(
        "Pixels along each side of an image. An image has three layers: top pattern, bottom "
        "pattern, and the waveforms of S1 and S2.",
        32,
        gt=0,
    )
    mass_GeV: float = described(
        "Mass of the WIMPs in the training and test samples of the CNN [GeV/c2].", 500.0
    )
    training_events: int = described("Number of training events of each kind.", 12_000, gt=0)
    test_events: int = described("Number of test events of each kind.", 8000, gt=0)
    search_events: int = described("Number of nuclear recoils for the search.", 12_000, gt=0)
    training_share: Share = described(
        "Share of WIMPs among the training images of the CNN; the three numbers of the talk "
        "hold for 35 %.",
        0.35,
    )
    test_shares: tuple[Share, ...] = described(
        "Shares of WIMPs for which the accuracy of the CNN is computed.", (0.35, 0.4), min_length=1
    )
    validation_fraction: Share = described(
        "Share of the training images kept for early stopping. The choice depends on the event.",
        0.2,
    )
    classifier: Cnn = described("Classifier of images.", Cnn())
    four_numbers: Classifier = described(
        "Dense network that classifies the same events from the photons of S1 and S2, the drift "
        "time and the mean time of S1. It shows what the events allow.",
        Classifier(widths=[64, 64], max_epochs=12),
    )
    cvae: Cvae = described("Autoencoder of images.", Cvae())
    rates: Xenon1tRates = described("Expected backgrounds of the search.", Xenon1tRates())
    search: ImageSearch = described("Search for an excess in the loss.", ImageSearch())
    s2_only: S2Only = described("Samples of the search in events without an S1.", S2Only())

    @property
    def s2_only_rates(self) -> Rates:
        """`rates` with the ranges of the samples of `s2_only`."""
        lowest = self.s2_only.lowest_electron_recoil_keV, self.s2_only.lowest_nuclear_recoil_keV
        er, nr = self.rates.electron_recoils_keV, self.rates.nuclear_recoils_keV
        ranges = {
            "electron_recoils_keV": (lowest[0], er[1]),
            "nuclear_recoils_keV": (lowest[1], nr[1]),
        }
        return self.rates.model_copy(update=ranges)

    def samples(self) -> dict[str, Nest]:
        """Samples of this part by name."""
        low, high = self.rates.electron_recoils_keV
        uniform = UniformSpectrum(kind="uniform", low_keV=low, high_keV=high)
        low, high = self.rates.nuclear_recoils_keV
        wimp = WimpSpectrum(kind="wimp", mass_GeV=self.mass_GeV, low_keV=low, high_keV=high)
        weak = self.s2_only_rates

        def log_uniform(range_keV: tuple[float, float]) -> LogUniformSpectrum:
            low, high = range_keV
            return LogUniformSpectrum(kind="log_uniform", low_keV=low, high_keV=high)

        def nest(
            recoil: Recoil, spectrum: UniformSpectrum | WimpSpectrum | LogUniformSpectrum, n: int
        ) -> Nest:
            return Nest(
                kind="nest", detector=self.detector, recoil=recoil, spectrum=spectrum, events=n
            )

        return {
            TRAIN_ER: nest("er", uniform, self.training_events),
            TRAIN_WIMP: nest("nr", wimp, self.training_events),
            TEST_ER: nest("er", uniform, self.test_events),
            TEST_WIMP: nest("nr", wimp, self.test_events),
            SEARCH_NR: nest("nr", log_uniform((low, high)), self.search_events),
            S2_ONLY_ER: nest("er", log_uniform(weak.electron_recoils_keV), self.s2_only.events),
            S2_ONLY_NR: nest("nr", log_uniform(weak.nuclear_recoils_keV), self.s2_only.events),
        }

    @model_validator(mode="after")
    def _layers_divide_the_image(self) -> Self:
        for key, network in (("classifier", self.classifier), ("cvae", self.cvae)):
            if self.size % 2 ** len(network.widths):
                raise ValueError(
                    f"{key}.widths: {len(network.widths)} convolutions halve the image each, but "
                    f"size {self.size} is not a multiple of {2 ** len(network.widths)}; use fewer "
                    "convolutions or another size"
                )
        return self
