"""The key reference as Markdown, of a small schema."""

from typing import Annotated, Literal

from pydantic import Field

from pipeline.config.model import Block, described
from pipeline.config.reference import reference


class Circle(Block):
    """A circle."""

    kind: Literal["circle"]
    radius_cm: float = described("Radius [cm].", 1.5, gt=0)


class Square(Block):
    """A square."""

    kind: Literal["square"]
    side_cm: float = described("Side [cm].", gt=0)


Shape = Annotated[Circle | Square, Field(discriminator="kind")]


class Style(Block):
    """How it
    looks."""

    colour: Literal["red", "blue"] | None = described("Colour a|b; null: none.", None)


class Drawing(Block):
    """A drawing."""

    shapes: dict[str, Shape] = described("Shapes by name.")
    style: Style = described("Style.", Style())
    sizes: tuple[int, int] = described("Sizes.", (1, 2))
    names: list[str] = described("Names.", ["a"])


def test_reference_lists_every_block_with_its_path_and_every_key_with_type_and_default():
    assert reference(Drawing, "# Head\n") == (
        """# Head

## Top level

A drawing.

| key | type | default | meaning |
|---|---|---|---|
| `shapes` | name: block by `kind` | required | Shapes by name. |
| `style` | block | see below | Style. |
| `sizes` | 2 x whole number | `[1, 2]` | Sizes. |
| `names` | list of text | `["a"]` | Names. |

## `shapes.<name>` of kind `circle`

A circle.

| key | type | default | meaning |
|---|---|---|---|
| `kind` | `circle` | required | Selects this block. |
| `radius_cm` | number | `1.5` | Radius [cm]. |

## `shapes.<name>` of kind `square`

A square.

| key | type | default | meaning |
|---|---|---|---|
| `kind` | `square` | required | Selects this block. |
| `side_cm` | number | required | Side [cm]. |

## `style`

How it looks.

| key | type | default | meaning |
|---|---|---|---|
| `colour` | `red` or `blue` or null | `null` | Colour a\\|b; null: none. |
"""
    )
