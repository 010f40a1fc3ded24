"""Schema of the voxel stage: the grid and the smearing."""

from typing import Any, Self

from pydantic import model_validator

from pipeline.config.model import Block, described


class Grid(Block):
    """A cubic voxel grid centred on the track's charge mean."""

    bins: int = described("Voxels along each axis.", 120, gt=0, le=1024)
    voxel_um: float = described("Edge of a voxel [um].", 500.0, gt=0)

    @property
    def cell_um(self) -> tuple[float, float, float]:
        """Edges of a voxel along x, y and z [um]."""
        return self.voxel_um, self.voxel_um, self.voxel_um

    @property
    def half_width_um(self) -> float:
        """Distance from the grid's centre to its faces [um]."""
        return 0.5 * self.bins * self.voxel_um


class Smearing(Block):
    """Gaussian smearing of every ionisation electron, the same along the three axes."""

    low_um: float = described("Smallest standard deviation [um].", ge=0)
    high_um: float = described(
        "Largest standard deviation [um]; each track draws its own from the range.", ge=0
    )

    @model_validator(mode="before")
    @classmethod
    def _one_number_is_fixed(cls, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"low_um": value, "high_um": value}
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema: one number, or the block."""
        return {"anyOf": [{"type": "number", "minimum": 0}, handler(core)]}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low_um > self.high_um:
            raise ValueError(f"low_um {self.low_um} is above high_um {self.high_um}")
        return self
