"""Schema of the voxel stage: the grid and the smearing."""

from pydantic import PositiveFloat

from pipeline.config.model import Block, OneOrBlock, OrderedRange, described


class Grid(Block):
    """A voxel grid centred on the track's charge mean."""

    bins: int = described("Voxels along each axis.", 120, gt=0, le=1024)
    voxel_um: PositiveFloat | tuple[PositiveFloat, PositiveFloat, PositiveFloat] = described(
        "Edge of a voxel [um]: one number, or three along x, y and z, as the cells of a readout "
        "have them.",
        500.0,
    )

    @property
    def cell_um(self) -> tuple[float, float, float]:
        """Edges of a voxel along x, y and z [um]."""
        if isinstance(self.voxel_um, tuple):
            return self.voxel_um
        return self.voxel_um, self.voxel_um, self.voxel_um

    @property
    def voxel_text(self) -> str:
        """The edge of a voxel, or all three, in words."""
        return _lengths(self.cell_um)

    @property
    def width_text(self) -> str:
        """The width of the grid, or all three, in words."""
        return _lengths(tuple(self.bins * edge for edge in self.cell_um))


def _lengths(edges_um: tuple[float, ...]) -> str:
    different = edges_um if len(set(edges_um)) > 1 else edges_um[:1]
    return f"{' x '.join(f'{edge:g}' for edge in different)} um"


class Smearing(OneOrBlock, OrderedRange):
    """Gaussian smearing of every ionisation electron, the same along the three axes."""

    low_um: float = described("Smallest standard deviation [um].", ge=0)
    high_um: float = described(
        "Largest standard deviation [um]; each track draws its own from the range.", ge=0
    )
