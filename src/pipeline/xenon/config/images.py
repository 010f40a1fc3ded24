"""Schema of the XENON1T part: images of events, a CNN and a convolutional autoencoder."""

from itertools import product
from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from pipeline.config.model import Block, described
from pipeline.config.training import AdamW, Training
from pipeline.statistics.excess.config import ToySet, Wimp, toy_sets
from pipeline.xenon.config.rates import Energy, Rate, Rates
from pipeline.xenon.config.samples import (
    DETECTOR,
    LogUniformSpectrum,
    Nest,
    Recoil,
    UniformSpectrum,
    WimpSpectrum,
)

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, lt=1)]
OPTIMISER = "Optimiser; left out, it is Adam with a learning rate of 0.001."
FAST = AdamW(learning_rate=1e-3)

TRAIN_ER, TRAIN_WIMP = "image_train_er", "image_train_wimp"
TEST_ER, TEST_WIMP, SEARCH_NR = "image_test_er", "image_test_wimp", "image_search_nr"


class Cnn(Training):
    """A convolutional network that tells WIMPs (1) from electronic recoils (0)."""

    widths: list[PositiveInt] = described(
        "Channels of the convolutions; each halves the image.", [16, 32, 64], min_length=1
    )
    hidden: int = described("Neurons of the dense layer behind them.", 64, gt=0)
    optimiser: AdamW = described(OPTIMISER, FAST)
    batch_size: int = described("Images in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 20, gt=0)


class Cvae(Training):
    """A convolutional variational autoencoder, which learns electronic recoils only."""

    widths: list[PositiveInt] = described(
        "Channels of the encoder's convolutions, each of which halves the image; the decoder has "
        "them in the opposite order.",
        [16, 32, 64],
        min_length=1,
    )
    latent: int = described("Dimensions of the latent space.", 8, gt=0)
    beta: float = described("Weight of the latent term.", 1e-3, ge=0)
    loss: Literal["printed", "standard"] = described(
        "Latent term: 'printed', sum(sigma^2 + mu^2 - ln sigma - 1) as in the talk, least at "
        "sigma = 1/sqrt(2); or 'standard', the divergence from the prior, "
        "sum(sigma^2 + mu^2 - ln sigma^2 - 1) / 2, least at sigma = 1.",
        "printed",
    )
    optimiser: AdamW = described(OPTIMISER, FAST)
    batch_size: int = described("Images in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 15, gt=0)


class ImageSearch(Block):
    """Exposures at which the loss of the autoencoder gives WIMPs away."""

    wimps: tuple[Wimp, ...] = described(
        "WIMPs that are searched for; the first one's loss is drawn.",
        tuple(Wimp(mass_GeV=mass, cross_section_cm2=1e-45) for mass in (500.0, 50.0, 1000.0)),
        min_length=1,
    )
    exposures_t_yr: tuple[Positive, ...] = described(
        "Exposures [t yr]; XENON1T had 1.",
        (0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0),
        min_length=2,
    )
    shown_exposure_t_yr: float = described(
        "Exposure of the pseudo-data that is drawn [t yr].", 4.0, gt=0
    )
    background_toys: int = described("Background-only toys.", 5000, ge=100)
    signal_toys: int = described("Toys with signal, of each WIMP.", 1000, ge=100)
    levels_sigma: tuple[Positive, ...] = described(
        "Significances to reach, one-sided Gaussian [sigma].", (3.0, 5.0), min_length=1
    )

    def toy_sets(self) -> dict[str, ToySet]:
        """Toys of all WIMPs at all exposures, see `config.xenon.search.toy_sets`."""
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
    """Backgrounds in XENON1T; what is not named is computed as for DARWIN.

    82 electronic recoils per t yr keV at 1.4 to 10.6 keV were measured in the fiducial 1.3 t (PRL
    121 (2018) 111302, number not checked), of which solar neutrinos and 136Xe are 4. JCAP 04
    (2016) 027 expects 0.6 +- 0.1 radiogenic neutrons per t yr at 4 to 50 keV in 1 t.
    """

    electron_recoils_keV: tuple[Energy, Energy] = described(
        "Window of electron recoils [keV].", (1.0, 12.0)
    )
    flat_electron_recoils_per_t_yr_keV: dict[str, Rate] = described(
        "Further electron recoils by name, of an even spectrum [1/(t yr keV)].",
        {"222Rn, 85Kr, materials": 78.0},
    )
    neutrons_per_t_yr: float = described(
        "Nuclear recoils of neutrons of all energies [1/(t yr)]; 0.6 of the default's 0.9 are at 4 "
        "to 50 keV.",
        0.9,
        ge=0,
    )


class Images(Block):
    """Images of electronic recoils and WIMPs in XENON1T: A. Scaffidi's talk of 9 September 2021.

    It makes its own samples, all from NEST: electronic recoils even in energy and WIMPs to learn
    from and to test on, and nuclear recoils, even in the logarithm, that are weighted to WIMPs of
    any mass. Energies are those of the windows of `rates`.
    """

    detector: str = described(DETECTOR, "xenon1t")
    size: int = described(
        "Pixels on a side of an image, which has three layers: top pattern, bottom pattern and the "
        "waveforms of S1 and S2.",
        32,
        gt=0,
    )
    mass_GeV: float = described("Mass of the WIMPs that the CNN learns and is tested on.", 500.0)
    training_events: int = described("Events of either kind to learn from.", 12_000, gt=0)
    test_events: int = described("Events of either kind to test on.", 8000, gt=0)
    search_events: int = described("Nuclear recoils of the search.", 12_000, gt=0)
    training_share: Share = described(
        "Share of WIMPs among the images that the CNN learns from; the talk's three numbers hold "
        "for 35 %.",
        0.35,
    )
    test_shares: tuple[Share, ...] = described(
        "Shares of WIMPs that the CNN's accuracy is given for.", (0.35, 0.4), min_length=1
    )
    validation_fraction: float = described(
        "Share of the training images kept for early stopping; chosen by event.", 0.2, gt=0, lt=1
    )
    classifier: Cnn = described("Classifier of images.", Cnn())
    cvae: Cvae = described("Autoencoder.", Cvae())
    rates: Xenon1tRates = described("Expected backgrounds of the search.", Xenon1tRates())
    search: ImageSearch = described("Search for an excess in the loss.", ImageSearch())

    def samples(self) -> dict[str, Nest]:
        """The samples by name."""
        low, high = self.rates.electron_recoils_keV
        even = UniformSpectrum(kind="uniform", low_keV=low, high_keV=high)
        low, high = self.rates.nuclear_recoils_keV
        wimp = WimpSpectrum(kind="wimp", mass_GeV=self.mass_GeV, low_keV=low, high_keV=high)
        log_even = LogUniformSpectrum(kind="log_uniform", low_keV=low, high_keV=high)

        def nest(
            recoil: Recoil, spectrum: UniformSpectrum | WimpSpectrum | LogUniformSpectrum, n: int
        ) -> Nest:
            return Nest(
                kind="nest", detector=self.detector, recoil=recoil, spectrum=spectrum, events=n
            )

        return {
            TRAIN_ER: nest("er", even, self.training_events),
            TRAIN_WIMP: nest("nr", wimp, self.training_events),
            TEST_ER: nest("er", even, self.test_events),
            TEST_WIMP: nest("nr", wimp, self.test_events),
            SEARCH_NR: nest("nr", log_even, self.search_events),
        }

    @model_validator(mode="after")
    def _layers_divide_the_image(self) -> Self:
        for key, network in (("classifier", self.classifier), ("cvae", self.cvae)):
            if self.size % 2 ** len(network.widths):
                raise ValueError(
                    f"{key}.widths: {len(network.widths)} convolutions halve the image each, which "
                    f"size {self.size} does not allow; take fewer or a multiple of "
                    f"{2 ** len(network.widths)}"
                )
        return self
