"""Parts of sources of measured events, as the workflow hands them to its jobs."""

from pipeline.gas.config.hits import HitSource
from pipeline.gas.config.voxels import Grid


def hits_part(source: HitSource, grid: Grid, name: str = "run7", index: int = 0) -> dict:
    """The content of `DetectorPaths.hits_block` for a part of a source."""
    part = {"source": name, "part": f"{index:04d}_made", "index": index, "seed": 1}
    return {**part, "block": source.plain(), "grid": grid.plain()}
