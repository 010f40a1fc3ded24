"""Schema of a readout response: what a detector does to the ionisation electrons of a recoil.

Numbers of electrons are primary electrons: a charge is divided by the mean gain. `PARAMETERS` are
the dotted names of all numbers that can vary from event to event or be fitted; `Response.value`
reads one and `Response.replaced` sets some.
"""

from typing import Any, Literal, Self

from pydantic import NonNegativeFloat, PositiveFloat, ValidationError, model_validator

from pipeline.config.model import Block, OneOrBlock, OrderedRange, described
from pipeline.config.paths import InputPath

PARAMETERS = (
    "diffusion.transverse",
    "diffusion.longitudinal",
    "diffusion.constant_transverse",
    "diffusion.constant_longitudinal",
    "attachment_per_cm",
    "gain.relative_rms",
    "gain.pixel_spread",
    "gain.saturation",
    "threshold.electrons",
    "threshold.rms",
    "noise_hits",
)


class Range(OneOrBlock, OrderedRange):
    """A range of numbers, or one number."""

    low: NonNegativeFloat = described("Smallest value.")
    high: NonNegativeFloat = described("Largest value; each event draws its own from the range.")


class Diffusion(Block):
    """Gaussian diffusion: sigma^2 = D^2 L + constant^2 after a drift of L cm."""

    transverse: NonNegativeFloat = described("D across the drift [um/sqrt(cm)].", 0.0)
    longitudinal: NonNegativeFloat = described("D along the drift [um/sqrt(cm)].", 0.0)
    constant_transverse: NonNegativeFloat = described(
        "Spread of the primary electrons across the drift that does not depend on its length "
        "[um]; that of their avalanches is `gain.spread_um`.",
        0.0,
    )
    constant_longitudinal: NonNegativeFloat = described("The same along the drift [um].", 0.0)


class Stage(Block):
    """A stage of amplification, such as one GEM."""

    mean: float = described("Mean number of electrons for each incoming one.", ge=1)
    relative_rms: NonNegativeFloat = described(
        "RMS over mean of the avalanche of one electron: 1 is exponential, less is Polya.", 1.0
    )


class Spread(OneOrBlock):
    """Gaussian spread of charge, or one number for all directions."""

    transverse: NonNegativeFloat = described("Sigma across the drift [um].", 0.0)
    longitudinal: NonNegativeFloat = described("Sigma along the drift [um].", 0.0)


class Gain(Block):
    """Avalanche amplification."""

    relative_rms: NonNegativeFloat = described(
        "RMS over mean of the avalanche of one primary electron, a Polya distribution; 1: "
        "exponential; 0: no fluctuation.",
        0.0,
    )
    stages: list[Stage] = described(
        "Stages of amplification in place of `relative_rms`. The relative variances add up, each "
        "divided by the mean gain of the stages before it.",
        [],
    )
    spread_um: Spread = described(
        "Spread of an avalanche's electrons behind the first stage [um], in the gaps of several "
        "stages for example: cells share the charge of each primary electron.",
        Spread(),
    )
    pixel_spread: NonNegativeFloat = described(
        "RMS of the relative gain from pixel to pixel; each event meets other pixels.", 0.0
    )
    map: InputPath | None = described(
        "Table of the detector's own pixels in place of `pixel_spread`, CSV or Parquet with the "
        "columns pixel_x, pixel_y and gain, as `gain_map` makes it. Gains are relative to this "
        "response; pixels are as wide as the voxels. null: none.",
        None,
    )
    saturation: NonNegativeFloat = described(
        "The charge q of a cell becomes q / (1 + saturation q), q in electrons.", 0.0
    )

    @property
    def total_rms(self) -> float:
        """RMS over mean of the avalanche of one primary electron."""
        variance, electrons = self.relative_rms**2, 1.0
        for stage in self.stages:
            variance += stage.relative_rms**2 / electrons
            electrons *= stage.mean
        return variance**0.5

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.stages and self.relative_rms:
            raise ValueError("give relative_rms or stages, not both")
        return self


class Threshold(Block):
    """Threshold on the charge of a cell."""

    electrons: NonNegativeFloat = described("Smallest charge that a cell reports [electrons].", 0.0)
    rms: NonNegativeFloat = described("RMS of the threshold from cell to cell [electrons].", 0.0)


class Response(Block):
    """A readout. Drift is along z, towards lower z; a cell is a voxel of the grid."""

    drift_cm: Range = described(
        "Drift length of the track's centre [cm]: one number, or a range low to high from which "
        "each event draws its own. Electrons above or below the centre drift longer or shorter.",
        Range(low=0, high=0),
    )
    diffusion: Diffusion = described("Diffusion during the drift.", Diffusion())
    attachment_per_cm: NonNegativeFloat = described(
        "Electrons lost per cm of drift: exp(-attachment L) of them arrive.", 0.0
    )
    gain: Gain = described("Amplification.", Gain())
    threshold: Threshold = described("Threshold on the charge of a cell.", Threshold())
    noise_hits: float = described(
        "Mean number of cells in the grid that fire by noise, with the charge of an avalanche of "
        "one electron that is above the threshold.",
        0.0,
        ge=0,
        le=1e5,
    )
    integrate_mm: NonNegativeFloat | Literal["all"] = described(
        "Length along the drift over which a pixel adds up charge after its first [mm]; the sum "
        "is at the place of the first. 0: true 3-D. 'all': the readout has no z, all charge of a "
        "pixel lies in the central layer of the grid.",
        0.0,
    )
    integrate_from: Literal["first", "threshold"] = described(
        "What opens the window of `integrate_mm`: the 'first' charge of a pixel, and the threshold "
        "acts on the sum; or the first cell whose own charge reaches the 'threshold', and charge "
        "before it is lost.",
        "first",
    )
    charge_bits: int | None = described(
        "Bits of the measured charge; needs `charge_step`. null: not digitised.",
        None,
        ge=1,
        le=24,
    )
    charge_step: float | None = described(
        "Width of one step of the measured charge [electrons]. A charge becomes the middle of its "
        "step, and that of the last step if it is larger.",
        None,
        gt=0,
    )
    vary: dict[str, tuple[float, float]] = described(
        "Parameters that each training event draws from [low, high], by their dotted names such "
        "as `threshold.electrons`. Test sets use the values above.",
        {},
    )
    cell_um: tuple[PositiveFloat, PositiveFloat, PositiveFloat] | None = described(
        "Edges along x, y and z of the cells that these numbers belong to [um]; a study with "
        "other voxels stops with an error. null: they hold for voxels of any size.",
        None,
    )
    fitted: list[str] = described(
        "Parameters whose values come from `detector_fit`, which begins with the values above; a "
        "set that names the response 'fitted' has them here.",
        [],
    )

    @property
    def files(self) -> list[str]:
        """The map of gains, if there is one."""
        return [self.gain.map] if self.gain.map else []

    @property
    def spread_um(self) -> tuple[float, float, float]:
        """Spread of the avalanches along x, y and z [um], as far as the readout sees it."""
        across, along = self.gain.spread_um.transverse, self.gain.spread_um.longitudinal
        return across, across, 0.0 if self.integrate_mm == "all" else along

    def value(self, name: str) -> float:
        """Value of one of `PARAMETERS`."""
        if name == "gain.relative_rms":
            return self.gain.total_rms
        value: Any = self
        for key in name.split("."):
            value = getattr(value, key)
        return float(value)

    def has(self, name: str) -> bool:
        """Whether one of `PARAMETERS` is not 0 in all events."""
        return self.value(name) > 0 or self.is_free(name)

    def is_free(self, name: str) -> bool:
        """Whether one of `PARAMETERS` varies, or is still to be fitted."""
        return name in self.vary or name in self.fitted

    def replaced(self, values: dict[str, float]) -> "Response":
        """The response with other values of some of `PARAMETERS`, which are not free any more.

        A value of `gain.relative_rms` replaces the stages.

        Raises:
            ValueError: a name is none of `PARAMETERS`, or a value is not allowed.
        """
        block = self.plain()
        for name, value in values.items():
            if name not in PARAMETERS:
                raise ValueError(f"'{name}' is no parameter of a response; {_known()}")
            *parents, key = name.split(".")
            inner = block
            for parent in parents:
                inner = inner[parent]
            inner[key] = float(value)
            if name == "gain.relative_rms":
                inner["stages"] = []
            block["vary"].pop(name, None)
        block["fitted"] = [name for name in self.fitted if name not in values]
        return Response.model_validate(block)

    @model_validator(mode="after")
    def _ranges_are_sensible(self) -> Self:
        for name, (low, high) in self.vary.items():
            if name not in PARAMETERS:
                raise ValueError(f"vary: '{name}' is no parameter of a response; {_known()}")
            if not 0 <= low < high:
                raise ValueError(f"vary.{name}: expected 0 <= low < high, got [{low:g}, {high:g}]")
            check_allowed("vary", name, high)
        return self

    @model_validator(mode="after")
    def _a_window_is_opened(self) -> Self:
        if self.integrate_from == "threshold" and self.integrate_mm in (0, "all"):
            raise ValueError("integrate_from: 'threshold' needs a window; give integrate_mm in mm")
        return self

    @model_validator(mode="after")
    def _pixels_are_known_or_drawn(self) -> Self:
        if self.gain.map and self.has("gain.pixel_spread"):
            raise ValueError(
                "gain: map has the gains of the pixels, pixel_spread draws others for each event; "
                "leave one of them out"
            )
        return self

    @model_validator(mode="after")
    def _charge_is_digitised_or_not(self) -> Self:
        if (self.charge_bits is None) != (self.charge_step is None):
            raise ValueError("charge_bits and charge_step belong together; give both or none")
        return self


class NamesResponse(Block):
    """A block whose key `response` is the block of a response or, in a config, its name."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema: the name of a response, or its block."""
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        response = schema["properties"]["response"]
        blocks = response.get("anyOf") or [{"$ref": response.pop("$ref")}]
        response["anyOf"] = [*blocks, {"type": "string"}]
        return schema


def check_allowed(key: str, name: str, value: float) -> None:
    """Check that one of `PARAMETERS`, an entry of `key`, may have a value.

    Raises:
        ValueError: the field of this name does not allow it.
    """
    try:
        Response().replaced({name: value})
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Input ")
        raise ValueError(f"{key}.{name}: {value:g} {reason}") from None


def _known() -> str:
    return f"the parameters are {', '.join(PARAMETERS)}"
