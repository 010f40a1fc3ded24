"""Params of rules, and functions of the wildcards of their jobs."""

import inspect
from collections.abc import Callable
from itertools import chain
from typing import Any


def of_job(value: Any) -> Any:
    """A function of a job's wildcards, from one whose arguments have their names.

    What is no function is the same for all jobs and returned as it is.
    """
    if not callable(value):
        return value
    names = inspect.signature(value).parameters
    return lambda wildcards: value(*(wildcards[name] for name in names))


def table_params(
    code: Callable[..., str],
    function: str,
    settings: dict[str, Any] | Callable[..., dict[str, Any]] | None = None,
    *modules: str | Callable[..., list[str]],
) -> dict[str, Any]:
    """Params of a rule whose script `tables.py` calls the function that they name.

    Args:
        code: Digest of a script and of what it calls by name, see `KeptDigests.digest`.
        function: Dotted name of a function of (inputs, settings) that returns tables by name.
        settings: Plain content, or a function of wildcards (see `of_job`) that returns it.
        modules: Those that the function is told to call, or functions of wildcards that return
            some.
    """
    told = [of_job(module) for module in modules]

    def digest(wildcards: Any) -> str:
        names = [module(wildcards) if callable(module) else [module] for module in told]
        return code("tables.py", function, *chain.from_iterable(names))

    return {"function": function, "settings": of_job(settings or {}), "code": digest}
