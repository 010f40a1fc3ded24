"""Published results on spin-independent WIMPs for comparison with the results of this chain.

The numbers are from the abstracts of the papers; that of XENON1T is quoted from other papers. The
abstract of DARWIN does not give the confidence level.
"""

from dataclasses import dataclass

from pipeline.statistics.excess.config import Wimp


@dataclass(frozen=True)
class PublishedLimit:
    """Lowest point of an upper limit at 90 % confidence."""

    experiment: str
    exposure_t_yr: float
    wimp: Wimp
    source: str
    expected: bool  # a median sensitivity or a forecast, not a measurement


@dataclass(frozen=True)
class PublishedSignificance:
    """Significance [sigma] at which the median experiment with WIMPs rejects background alone."""

    exposure_t_yr: float
    wimp: Wimp
    significance: float
    source: str


LIMITS = tuple(
    PublishedLimit(
        experiment, exposure_t_yr, Wimp(mass_GeV=mass, cross_section_cm2=sigma), source, expected
    )
    for experiment, exposure_t_yr, mass, sigma, expected, source in (
        ("XENON1T", 1.0, 30, 4.1e-47, False, "PRL 121 (2018) 111302, arXiv 1805.12562"),
        ("XENONnT", 1.1, 28, 2.58e-47, False, "PRL 131 (2023) 041003, arXiv 2303.14729"),
        ("LZ", 4.2, 40, 2.2e-48, False, "PRL 135 (2025) 011802, arXiv 2410.17036"),
        ("LZ", 4.2, 40, 5.1e-48, True, "PRL 135 (2025) 011802, arXiv 2410.17036"),
        ("DARWIN", 200.0, 40, 2.5e-49, True, "JCAP 10 (2015) 016, arXiv 1506.08309"),
    )
)

# Approximate: the curve in the paper crosses 3 sigma there.
SIGNIFICANCE = PublishedSignificance(
    200.0, Wimp(mass_GeV=50, cross_section_cm2=6.5e-48), 3.0, "arXiv 2410.00755"
)
