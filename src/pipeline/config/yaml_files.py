"""Reading configs from files: a key that is twice in one block is an error.

The YAML standard forbids it, but YAML and JSON readers keep the last of them and drop the others
without a word.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

# The compiled reader is 20 times as fast; not every build of PyYAML has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MERGE = "tag:yaml.org,2002:merge"  # `<<`


class ConfigError(ValueError):
    """The config is not valid."""


def read_unique(path: str | Path) -> Any:
    """The content of a YAML or JSON file, None if it is empty.

    Raises:
        ConfigError: the file is neither, it is not UTF-8, or see `check_unique_keys`.
        FileNotFoundError: there is no such file.
    """
    check_unique_keys(path)
    text = _text(path)
    try:  # in the order of Snakemake
        return json.loads(text)
    except ValueError:
        pass
    try:
        return yaml.load(text, LOADER)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from None


def check_unique_keys(path: str | Path) -> None:
    """Check that no block of a YAML or JSON file has a key twice.

    Merge keys (`<<`) add to a block what it does not have, so they count as no key.

    Raises:
        ConfigError: names all keys that are twice, with their lines; or see `read_unique`.
        FileNotFoundError: there is no such file.
    """
    text = _text(path)
    if text.lstrip().startswith("{"):
        # JSON may be indented with tabs, YAML may not; the strings of JSON contain none.
        text = text.replace("\t", " ")
    try:
        tree = yaml.compose(text, LOADER)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from None
    problems = [
        f"  {key}: twice in one block, in lines {first} and {again}; only the last would count. "
        "Make one of the two, or rename one"
        for key, first, again in _repeated(tree, "", set())
    ]
    if problems:
        raise ConfigError("\n".join([f"{path}:", *problems]))


def _text(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text ({error}); save it as UTF-8") from None


def _repeated(node: Any, place: str, seen: set[int]) -> Iterator[tuple[str, int, int]]:
    """Dotted path and both lines of every key that repeats one of its block."""
    if id(node) in seen:  # by an anchor
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item, place, seen)
    elif isinstance(node, yaml.MappingNode):
        lines: dict[tuple[str, str], int] = {}
        for key, value in node.value:
            name, line = f"{place}.{key.value}".lstrip("."), key.start_mark.line + 1
            identity = (key.tag, str(key.value))
            if identity in lines and key.tag != MERGE:
                yield name, lines[identity], line
            lines[identity] = line
            yield from _repeated(value, name, seen)
