"""Schema of ensembles of direction networks."""

from pipeline.config.model import Block, described


class Ensemble(Block):
    """Several networks as one method: the mean of their densities, and how far they disagree."""

    members: tuple[str, ...] = described(
        "Names of two or more `networks` that predict a density, with equal weights. Two networks "
        "with the same settings differ by their names, from which their seeds are derived. If all "
        "are trained in this study with `temperature: true`, the mean has a temperature too.",
        min_length=2,
    )
