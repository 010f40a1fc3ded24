"""Schema of a whole config: seed, results folder and one block for each detector chain.

`python -m pipeline.study results CONFIG` prints the results folder of a config.
"""

import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError, create_model, model_validator

from pipeline.chains import CHAINS, Chain
from pipeline.config.model import RECORDED, Block, described
from pipeline.config.paths import ResultsFolder
from pipeline.config.yaml_files import ConfigError, check_unique_keys, read_unique
from pipeline.core.named import named
from pipeline.figures.spec import FigureSpec
from pipeline.learning.spec import TrainingSpec


class _Study(Block):
    """One study. A chain is on if its block is present; an empty block takes all defaults."""

    seed: int = described("Seed of all random numbers.", 1, ge=0)
    results: ResultsFolder = described(
        "Folder of all results; `~` and `$VAR` are replaced.", "results", min_length=1
    )

    @cached_property
    def paths(self) -> dict[str, Any]:
        """Paths of each chain that is on, by name, in the order of the registry."""
        return {
            chain.name: named(chain.paths)(block, self.results, self.seed)
            for chain in CHAINS
            if (block := getattr(self, chain.name)) is not None
        }

    @property
    def chains(self) -> list[Chain]:
        """The chains that are on, in the order of the registry."""
        return [chain for chain in CHAINS if chain.name in self.paths]

    @cached_property
    def figures(self) -> dict[str, dict[str, FigureSpec]]:
        """Figures of each chain that is on, by name, in the order in which they are shown."""
        return {
            chain.name: {
                figure.name: figure for figure in named(chain.figures)(self.paths[chain.name])
            }
            for chain in self.chains
        }

    def figure_files(self) -> list[str]:
        """Files of all figures, in the order of the page."""
        return [
            f"{self.results}/{chain}/plots/{figure.name}.{kind}"
            for chain, figures in self.figures.items()
            for figure in figures.values()
            for kind in figure.formats
        ]

    def page(self) -> list[dict[str, Any]]:
        """What the page of figures shows of each chain besides their files, as plain content."""
        return [
            {
                "name": chain.name,
                "title": chain.title,
                "figures": [figure.shown() for figure in self.figures[chain.name].values()],
                "tables": len(self.paths[chain.name].page_tables()),
            }
            for chain in self.chains
        ]

    @cached_property
    def trainings(self) -> dict[str, dict[str, TrainingSpec]]:
        """Trainings of each chain that is on and has networks, by name of the network."""
        return {
            chain.name: named(chain.trainings)(self.paths[chain.name])
            for chain in self.chains
            if chain.trainings
        }

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """Rough sizes of the large files of a run; see `ChainPaths.expected_bytes`."""
        sizes = [paths.expected_bytes() for paths in self.paths.values()]
        return {block: files for chain in sizes for block, files in chain.items()}

    def check_weights(self, used: Collection[str]) -> None:
        """Check trained weights from elsewhere; see `ChainPaths.check_weights`."""
        for paths in self.paths.values():
            paths.check_weights(used)

    def gpus(self) -> dict[str, int]:
        """Number of GPUs of each training with `device: cuda`, by the dotted path of its block."""
        return dict(_gpus(self.plain(), ""))

    def plain(self) -> dict[str, Any]:
        """The study as plain dicts, lists and numbers, without the chains that are off."""
        off = {chain.name for chain in CHAINS} - self.paths.keys()
        return self.model_dump(mode="json", exclude=off)

    @model_validator(mode="before")
    @classmethod
    def _empty_blocks_are_on(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        _check_moved(value)
        names = [chain.name for chain in CHAINS]
        if not set(names) & set(value):
            raise ValueError(f"no chain is on; add a block {_either(names)}")
        return {k: {} if k in names and v is None else v for k, v in value.items()}


# One optional block for each chain of the registry.
_blocks: dict[str, Any] = {
    chain.name: (
        named(chain.block) | None,
        described(f"{chain.title}. Off without this block.", None),
    )
    for chain in CHAINS
}
Study: type[_Study] = create_model("Study", __base__=_Study, __doc__=_Study.__doc__, **_blocks)


def check_config(raw: dict[str, Any], origin: str = "config", *, recorded: bool = False) -> _Study:
    """Check plain YAML content against the schema.

    `origin` is the file name in error messages. The content of a provenance record is `recorded`:
    it is complete, and no other file is read.

    Raises:
        ConfigError: a key is unknown or missing, or a value is not valid. The message lists all
            such keys and what is expected there.
    """
    try:
        return Study.model_validate(raw, context={RECORDED: recorded})
    except ValidationError as error:
        problems = "\n".join(f"  {_problem(e, raw)}" for e in error.errors())
        raise ConfigError(f"{origin}:\n{problems}") from None


def read_config(path: str | Path) -> _Study:
    """Read and check one YAML or JSON file.

    Raises:
        ConfigError: see `read_unique` and `check_config`.
        FileNotFoundError: there is no such file.
    """
    return check_config(read_unique(path) or {}, str(path))


def open_study(raw: dict[str, Any], files: Iterable[str | Path]) -> _Study:
    """The study of a run, whose config Snakemake has read from `files` and the command line.

    Raises:
        ConfigError: see `check_unique_keys` and `check_config`.
        FileNotFoundError: a file of the user is missing; names the key.
    """
    for file in files:
        check_unique_keys(file)
    study = check_config(raw)
    for paths in study.paths.values():
        paths.check_files()
    return study


def _check_moved(raw: dict[str, Any]) -> None:
    """Raise ValueError for keys of configs from before each chain had its own block."""
    if "chains" in raw:
        raise ValueError("chains: remove this key; a chain is on if its block is present")
    for chain in CHAINS:
        moved = [k for k in raw if k in named(chain.block).model_fields and k != chain.name]
        if moved:
            raise ValueError(
                f"{moved[0]}: this key belongs in the block `{chain.name}:`; move "
                f"{', '.join(map(str, moved))} there"
            )


def _gpus(block: Any, place: str) -> Iterator[tuple[str, int]]:
    """(dotted path, GPUs) of all blocks with `device: cuda`."""
    if not isinstance(block, dict):
        return
    if block.get("device") == "cuda":
        yield place, block["processes"]
    for key, value in block.items():
        yield from _gpus(value, f"{place}.{key}".lstrip("."))


def _either(names: list[str]) -> str:
    return " or ".join(f"`{name}:`" for name in names)


def _place(loc: tuple[int | str, ...], raw: Any) -> str:
    """Dotted path of the key with an error."""
    keys = []
    for part in loc:
        # For a block with a `kind` or an `architecture`, pydantic adds its value to the path; the
        # YAML has no such level.
        if isinstance(raw, dict) and part in (raw.get("kind"), raw.get("architecture")):
            continue
        # The architecture may be that of the card of a network folder.
        if isinstance(raw, dict) and part not in raw and _has_folder(raw):
            continue
        # For a value of several types, it adds the type.
        if isinstance(part, str) and raw is not None and not isinstance(raw, dict):
            continue
        keys.append(str(part))
        raw = raw.get(part) if isinstance(raw, dict) else None
    return ".".join(keys) or "top level"


def _has_folder(block: dict[Any, Any]) -> bool:
    """Whether a raw block is that of a network with the weights of a network folder."""
    return any(isinstance(block.get(key), str) for key in ("weights", "start"))


def _problem(error: Any, raw: dict[str, Any]) -> str:
    """Place and message of an error of pydantic."""
    loc, message = error["loc"], str(error["msg"]).removeprefix("Value error, ")
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        # The key that picks a block's class, `kind` or `architecture`.
        context = error["ctx"]
        loc = (*loc, context["discriminator"].strip("'"))
        message = "Field required"
        if "tag" in context:
            message = f"'{context['tag']}' must be one of {context['expected_tags']}"
    return f"{_place(loc, raw)}: {message}"


if __name__ == "__main__":
    key, config = sys.argv[1:]
    try:
        print(getattr(read_config(config), key))
    except ConfigError as error:
        sys.exit(f"error in {error}")
