"""Functions and classes by their dotted names, for registries and for rules."""

from importlib import import_module
from typing import Any


def named(name: str) -> Any:
    """The object with the dotted name `package.module.attribute`.

    Raises:
        ImportError: there is no such module, or it has no such attribute.
    """
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(import_module(module), attribute)
    except AttributeError:
        raise ImportError(f"{module} has no '{attribute}'") from None
