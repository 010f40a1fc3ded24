"""Schema of the anomaly search: samples, networks and weights of the score."""

from typing import Annotated, Self

from pydantic import Field, PositiveInt, field_validator, model_validator

from pipeline.config.model import Block, described, not_empty
from pipeline.config.numbers import Share
from pipeline.config.training import AdamW, Training

NotNegative = Annotated[float, Field(ge=0)]


class ErNr(Block):
    """A sample of electronic and one of nuclear recoils."""

    er: str = described("Name of a sample of electronic recoils.")
    nr: str = described("Name of a sample of nuclear recoils.")

    @property
    def names(self) -> list[str]:
        """Both names, that of electronic recoils first."""
        return [self.er, self.nr]


class Classifier(Training):
    """A dense network that classifies nuclear (1) and electronic recoils (0)."""

    widths: list[PositiveInt] = described("Neurons of the hidden layers.", [256, 64], min_length=1)
    optimiser: AdamW = described(
        "Optimiser; the default is Adam with a learning rate that falls from 0.001 along a cosine.",
        AdamW(learning_rate=1e-3, schedule="cosine"),
    )
    batch_size: int = described("Events in a step.", 128, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 10, gt=0)


class VAE(Training):
    """A variational autoencoder of dense layers that is trained on electronic recoils only."""

    widths: list[PositiveInt] = described(
        "Neurons of the hidden layers of the encoder; the decoder has them in reverse order.",
        [256, 128],
        min_length=1,
    )
    latent: int = described("Dimensions of the latent space.", 10, gt=0)
    log_variance: tuple[float, float] = described(
        "Range of the decoder's ln sigma_D^2, for inputs ln(1 + counts). The lower end limits how "
        "much a photon adds to the score in a channel that had none in all training events.",
        (-6.0, 3.0),
    )
    optimiser: AdamW = described(
        "Optimiser; the default is Adam with a learning rate of 0.001.", AdamW(learning_rate=1e-3)
    )
    batch_size: int = described("Events in a step.", 64, gt=0)
    max_epochs: int = described("Passes over the training set at most.", 30, gt=0)

    _not_empty = field_validator("log_variance")(not_empty)


class Retraining(Block):
    """Networks that are trained again with other seeds, on the same events.

    They show how much the search depends on the seed. The search itself has the first networks.
    """

    seeds: int = described(
        "Number of further seeds: `network_seed` + 1, + 2, ... 0: none.", 0, ge=0
    )
    betas: list[NotNegative] | None = described(
        "Values of beta to train them with; null: all of `betas`. The one that the study has "
        "chosen (`score_scan.csv`) is enough, and takes less time.",
        None,
        min_length=1,
    )


class Anomaly(Block):
    """Networks and anomaly score of the search: arXiv 2410.00755, section 3.

    TS = beta KL - ln N(x; x_D, sigma_D^2) - R ln(1 - p). The layers, beta and R are our choices,
    because the paper does not give its own.
    """

    train: ErNr = described(
        "Samples for training the networks.", ErNr(er="train_er", nr="train_nr")
    )
    test: ErNr = described("Samples for testing the classifier.", ErNr(er="test_er", nr="test_nr"))
    validation_fraction: Share = described(
        "Share of the events of the training samples kept for early stopping and for the choice of "
        "beta and R. Which events depends on the event only.",
        0.3,
    )
    classifier: Classifier = described("Classifier of recoils.", Classifier())
    vae: VAE = described("Variational autoencoder.", VAE())
    betas: list[NotNegative] = described(
        "Values of beta to try; each is the weight of the latent term in one VAE and its score.",
        [0.1, 1.0, 4.0],
        min_length=1,
    )
    ratios: list[NotNegative] = described(
        "Values of R, the weight of the classifier term, to try.",
        [0.0, 1.0, 10.0, 100.0, 300.0, 1e3, 3e3, 1e4],
        min_length=1,
    )
    retraining: Retraining = described(
        "Networks of further seeds, for the spread of the significance over seeds.", Retraining()
    )

    @model_validator(mode="after")
    def _samples_are_apart(self) -> Self:
        names = [*self.train.names, *self.test.names]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"train, test: sample '{name}' is named twice")
        return self

    @model_validator(mode="after")
    def _weights_are_distinct(self) -> Self:
        again = self.retraining.betas or self.betas
        lists = {"betas": self.betas, "ratios": self.ratios, "retraining.betas": again}
        for key, values in lists.items():
            if len(set(values)) < len(values):
                raise ValueError(f"{key}: values must differ from each other, got {values}")
        for beta in again:
            if beta not in self.betas:
                raise ValueError(f"retraining.betas: {beta:g} is not in `betas`, {self.betas}")
        return self
