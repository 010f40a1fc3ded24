"""Numbers published in Ghrear et al. 2024, Mach. Learn.: Sci. Technol. 5 035009."""

from dataclasses import dataclass

NON_ML = "Non-ML standard"
NON_ML_TRUE = "Non-ML standard, true head-tail"
NON_ML_TUNED = "Non-ML tuned"
NON_ML_TUNED_TRUE = "Non-ML tuned, true head-tail"
BEST_EXPECTED = "Best-Expected"
RCN = "RCN"
HCN = "HCN"


@dataclass(frozen=True)
class PublishedPerformance:
    """Performance of a method on one test set, without cuts on kappa."""

    energy_keV: float
    sigma_um: float
    method: str
    cosine_distance: float
    efficiency: float | None  # None: not stated
    note: str = ""
    kappa_mean: float | None = None  # of the uncut events; None: not stated


@dataclass(frozen=True)
class PublishedValue:
    """A single published number."""

    quantity: str
    method: str
    value: float
    where: str


# Each test set holds 20 000 recoils, minus the tracks that leave the grid (section 4.1).
RECOILS_PER_TEST_SET = 20_000

# Contained tracks of the training set: 40, 45 and 50 keV in equal parts, smearing 160 to 466 um.
TRAINING_TRACKS = 2_766_798
PUBLISHED_CONTAINED = TRAINING_TRACKS / 3_000_000

PERFORMANCE = (
    PublishedPerformance(40.0, 443.0, RCN, 0.104, 1.0),
    PublishedPerformance(40.0, 443.0, HCN, 0.104, 1.0),
    PublishedPerformance(40.0, 443.0, BEST_EXPECTED, 0.098, 1.0),
    PublishedPerformance(40.0, 443.0, NON_ML, 0.556, None),
    PublishedPerformance(50.0, 200.0, RCN, 0.0624, 1.0),
    # Mean kappa: public notebooks.
    PublishedPerformance(50.0, 200.0, HCN, 0.0632, 1.0, kappa_mean=19.0),
    PublishedPerformance(50.0, 200.0, BEST_EXPECTED, 0.0569, 1.0, "eps 0.30 cm"),
    PublishedPerformance(50.0, 200.0, NON_ML, 0.549, 0.747),
    PublishedPerformance(50.0, 200.0, NON_ML_TRUE, 0.285, 0.747),
    PublishedPerformance(
        50.0, 200.0, NON_ML_TUNED, 0.317, 0.139, "w0 1.62 cm, lower 3.0, upper 11.0"
    ),
    PublishedPerformance(50.0, 200.0, NON_ML_TUNED_TRUE, 0.181, None, "no reweighting"),
)

VALIDATION_DISTANCE = "validation cosine distance"
VALIDATION_LIKELIHOOD = "validation negative log-likelihood"
CUT_TO_PASS = "fraction cut to pass Best-Expected"
ARROW_DISTANCE, ARROW_KAPPA = "arrows: cosine distance", "arrows: smallest kappa"
VALUES = (
    PublishedValue(VALIDATION_DISTANCE, RCN, 0.078, "section 4.2"),
    PublishedValue(VALIDATION_LIKELIHOOD, HCN, 0.179, "section 4.2"),
    PublishedValue(CUT_TO_PASS, HCN, 0.01, "section 4.3"),
    PublishedValue(ARROW_DISTANCE, RCN, 4e-4, "appendix B"),
    PublishedValue(ARROW_DISTANCE, HCN, 8e-4, "appendix B"),
    PublishedValue(ARROW_KAPPA, HCN, 443.0, "appendix B"),
)

_BY_KEY = {(p.energy_keV, p.sigma_um, p.method): p for p in PERFORMANCE}
_BY_QUANTITY = {(v.quantity, v.method): v for v in VALUES}


def published_performance(
    energy_keV: float, sigma_um: float, method: str
) -> PublishedPerformance | None:
    """The published performance, or None where the paper gives none."""
    return _BY_KEY.get((energy_keV, sigma_um, method))


def published_arrows() -> str:
    """The published results of arrows as text: a check of networks, not of a detector."""
    rcn, hcn = (published_value(ARROW_DISTANCE, method).value for method in (RCN, HCN))
    kappa = published_value(ARROW_KAPPA, HCN).value
    return (
        f"1 - cos {rcn:.0e} ({RCN}), {hcn:.0e} ({HCN}) and no kappa below {kappa:g} for arrows of "
        "appendix B"
    )


def published_value(quantity: str, method: str) -> PublishedValue:
    """A single published number.

    Raises:
        KeyError: the paper gives no such number; the message lists the known ones.
    """
    try:
        return _BY_QUANTITY[quantity, method]
    except KeyError:
        raise KeyError(
            f"no published {quantity!r} of {method!r}; known values: {sorted(_BY_QUANTITY)}"
        ) from None
