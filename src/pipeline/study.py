"""The whole configuration: seed, results folder and a block for each detector chain.

`python -m pipeline.study results CONFIG` prints the results folder of a config.
"""

import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError, create_model, model_validator

from pipeline.chains import CHAINS, Chain
from pipeline.config.model import Block, described
from pipeline.core.named import named


class ConfigError(ValueError):
    """The configuration cannot be used."""


class _Study(Block):
    """One study. A chain is on if its block is there; an empty block takes all defaults."""

    seed: int = described("Seed of everything random.", 1, ge=0)
    results: str = described("Folder of all results.", "results", min_length=1)

    @cached_property
    def paths(self) -> dict[str, Any]:
        """The paths of every chain that is on, by name, in the order of the registry."""
        return {
            chain.name: named(chain.paths)(block, self.results, self.seed)
            for chain in CHAINS
            if (block := getattr(self, chain.name)) is not None
        }

    @property
    def chains(self) -> list[Chain]:
        """The chains that are on, in the order of the registry."""
        return [chain for chain in CHAINS if chain.name in self.paths]

    @model_validator(mode="before")
    @classmethod
    def _empty_blocks_are_on(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        _check_moved(value)
        names = [chain.name for chain in CHAINS]
        if not set(names) & set(value):
            raise ValueError(f"no chain is named; add a block {_either(names)}")
        return {k: {} if k in names and v is None else v for k, v in value.items()}


# One optional block for each chain of the registry.
_blocks: dict[str, Any] = {
    chain.name: (named(chain.block) | None, described(f"{chain.title}; null: off.", None))
    for chain in CHAINS
}
Study: type[_Study] = create_model("Study", __base__=_Study, __doc__=_Study.__doc__, **_blocks)


def check_config(raw: dict[str, Any], origin: str = "config") -> _Study:
    """Check plain YAML content against the schema.

    Raises:
        ConfigError: names every offending key and what was expected there.
    """
    try:
        return Study.model_validate(raw)
    except ValidationError as error:
        problems = "\n".join(f"  {_place(e['loc'], raw)}: {_message(e)}" for e in error.errors())
        raise ConfigError(f"{origin}:\n{problems}") from None


def read_config(path: str | Path) -> _Study:
    """Read and check one YAML file; see `check_config`."""
    try:
        raw = yaml.safe_load(Path(path).read_text())
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from None
    return check_config(raw or {}, str(path))


def _check_moved(raw: dict[str, Any]) -> None:
    """Raise ValueError for keys of configs written before chains had blocks of their own."""
    if "chains" in raw:
        raise ValueError("chains: now a chain is on if its block is there; leave this key out")
    for chain in CHAINS:
        moved = [k for k in raw if k in named(chain.block).model_fields and k != chain.name]
        if moved:
            raise ValueError(
                f"{moved[0]}: this key lives in the block `{chain.name}:` now; put {chain.name}: "
                f"before it and indent {', '.join(map(str, moved))} below that"
            )


def _either(names: list[str]) -> str:
    return " or ".join(f"`{name}:`" for name in names)


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    """Where in the YAML an error lies."""
    keys = []
    for part in loc:
        # pydantic puts the value that picks a block's class into the path; the YAML has no such
        # level.
        if isinstance(raw, dict) and part in (raw.get("kind"), raw.get("architecture")):
            continue
        keys.append(str(part))
        raw = raw.get(part) if isinstance(raw, dict) else None
    return ".".join(keys) or "top level"


def _message(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


if __name__ == "__main__":
    key, config = sys.argv[1:]
    print(getattr(read_config(config), key))
