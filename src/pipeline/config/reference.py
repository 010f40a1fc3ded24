"""The reference of every config key as Markdown, from the schema."""

import json
import re
import typing
from types import UnionType
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.config.model import Block

# Keys whose value picks the class of their block.
DISCRIMINATORS = ("kind", "architecture")


def reference(study: type[Block], head: str) -> str:
    """The reference of all blocks of `study` as Markdown, behind `head`."""
    sections: dict[type[Block], str] = {}
    _collect(study, "", "Top level", sections)
    return head + "".join(
        f"\n## {title}\n\n{_intro(block)}\n\n{_table(block)}\n" for block, title in sections.items()
    )


def _collect(block: type[Block], path: str, title: str, sections: dict[type[Block], str]) -> None:
    """Add the block and all blocks below it, each once, with their titles."""
    if block in sections:
        return
    sections[block] = title
    for name, field in block.model_fields.items():
        below = f"{path}.{name}".lstrip(".")
        if typing.get_origin(field.annotation) is dict:
            below += ".<name>"
        for child in _blocks(field.annotation):
            choice = _choice(child)
            if not choice and child not in sections and f"`{below}`" in sections.values():
                choice = _choice(block)  # two kinds have a key of the same name
            label = f"`{below}`" + (f" of {choice[0]} `{choice[1]}`" if choice else "")
            _collect(child, below, label, sections)


def _choice(block: type[Block]) -> tuple[str, str] | None:
    """The key by which a block is chosen among others, and its value; None: it has no others."""
    for key in DISCRIMINATORS:
        if key in block.model_fields:
            return key, typing.get_args(block.model_fields[key].annotation)[0]
    return None


def _blocks(annotation: Any) -> list[type[Block]]:
    """The blocks named in a type, in order."""
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return [annotation]
    return [block for part in typing.get_args(annotation) for block in _blocks(part)]


def _intro(block: type[Block]) -> str:
    return " ".join((block.__doc__ or "").split())


def _table(block: type[Block]) -> str:
    rows = [
        f"| `{name}` | {_type(field.annotation)} | {_default(field)} | {_text(name, field)} |"
        for name, field in block.model_fields.items()
    ]
    return "\n".join(["| key | type | default | meaning |", "|---|---|---|---|", *rows])


def _text(name: str, field: FieldInfo) -> str:
    if name in DISCRIMINATORS:
        return "Selects this block."
    return (field.description or "").replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, Block):
        return "see below"
    text = json.dumps(value, default=Block.plain)
    return f"`{text}`" if len(text) < 60 else "see the schema"


def _type(annotation: Any) -> str:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _type(arguments[0])
    if origin is typing.Literal:
        return " or ".join(f"`{a}`" for a in arguments)
    if origin in (typing.Union, UnionType):
        choices = [choice for block in _blocks(annotation) if (choice := _choice(block))]
        if len(choices) > 1:
            return f"block by `{choices[0][0]}`"
        return " or ".join(_type(a) for a in arguments)
    if origin is list or (origin is tuple and arguments[-1] is ...):
        return f"list of {_type(arguments[0])}"
    if origin is tuple:
        return f"{len(arguments)} x {_type(arguments[0])}"
    if origin is dict:
        return f"name: {_type(arguments[1])}"
    if annotation is type(None):
        return "null"
    if isinstance(annotation, type) and issubclass(annotation, Block):
        return "block"
    names = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    name = getattr(annotation, "__name__", re.sub(r".*\.", "", str(annotation)))
    return names.get(name, name)
