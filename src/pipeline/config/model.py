"""Base of every configuration block: strict, immutable, documented.

Each block lives in its own module so that a stage depends on the schema of its own block only:
editing the schema of the hypothesis test leaves tracks and voxels untouched.
"""

import difflib
from collections.abc import Sequence
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

# Key of pydantic's context: the content is that of a provenance record, see `is_recorded`.
RECORDED = "recorded"


class Block(BaseModel):
    """A config block. Unknown keys are errors; values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, value: Any) -> Any:
        if isinstance(value, dict):
            for key in value.keys() - cls.model_fields.keys():
                near = difflib.get_close_matches(str(key), cls.model_fields, n=1, cutoff=0.0)
                raise ValueError(
                    f"unknown key '{key}'; did you mean '{near[0]}'? "
                    f"Keys here: {', '.join(cls.model_fields)}"
                )
            for key, given in value.items():
                kind = cls.model_fields[key].annotation
                # YAML reads yes and no as true and false, which pydantic accepts as 1 and 0.
                if isinstance(given, bool) and bool not in (kind, *get_args(kind)):
                    raise ValueError(f"{key}: must be a number or text, not true/false (yes, no)")
        return value

    def plain(self) -> dict[str, Any]:
        """The block as plain dicts, lists and numbers, ready for Snakemake's `params`."""
        return self.model_dump(mode="json")


class OneOrBlock(Block):
    """A block of numbers of at least 0; one number in its place stands for all of them."""

    @model_validator(mode="before")
    @classmethod
    def _one_number_is_all(cls, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return dict.fromkeys(cls.model_fields, value)
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """The JSON schema: one number, or the block."""
        return {"anyOf": [{"type": "number", "minimum": 0}, handler(core)]}


class OrderedRange(Block):
    """A range of numbers. The first key is its low end, the second its high end."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        (low_key, low), (high_key, high) = self
        if low > high:
            raise ValueError(f"{low_key} {low:g} is above {high_key} {high:g}")
        return self


def is_recorded(info: ValidationInfo) -> bool:
    """Whether a block is checked as a finished study has recorded it.

    It is complete, and files that it names may have changed since.
    """
    return bool(info.context and info.context.get(RECORDED))


def distinct(values: Sequence[Any]) -> Sequence[Any]:
    """The values, of which none may stand twice: `field_validator("key")(distinct)`.

    Raises:
        ValueError: a value stands twice.
    """
    if len(set(values)) < len(values):
        raise ValueError(f"values must differ from each other, got {list(values)}")
    return values


def not_empty(bounds: tuple[float, float]) -> tuple[float, float]:
    """The range from low to high, which must not be empty: `field_validator("key")(not_empty)`.

    Raises:
        ValueError: low is not below high.
    """
    low, high = bounds
    if low >= high:
        raise ValueError(f"the range is empty: {low:g} to {high:g}")
    return bounds


def described(text: str, default: Any = ..., **constraints: Any) -> Any:
    """A field with its description; without a default the key is required."""
    return Field(default, description=text, **constraints)


def later(text: str, default: Literal[False] | None = None) -> Any:
    """A field that came later than files which must not change: with its default it is left out.

    `Block.plain` has no such key then, so jobs, records and cards from before it stay the same.
    """
    return Field(default, description=text, exclude_if=lambda value: value is default)
