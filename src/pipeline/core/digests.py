"""Digests of files, of values and of code: what makes a result traceable to its inputs."""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pipeline

PACKAGE = "pipeline"
PACKAGE_ROOT = Path(pipeline.__file__).resolve().parent
# Modules that only talk to the user: an edit there reruns nothing.
WITHOUT_EFFECT = {f"{PACKAGE}.core.job", f"{PACKAGE}.core.by_hand", f"{PACKAGE}.core.progress"}


def fingerprint(*parts: Any) -> str:
    """A short stable digest of JSON-like values."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def file_digest(path: str | Path) -> str:
    """A digest of a file's content."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file's content, for readers outside of the workflow."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_digest(script: str | Path, *names: str) -> str:
    """A digest of a script and of every module of this package that it imports, however deeply.

    Snakemake notices an edited script but not an edited module; rules therefore carry this digest
    in their `params`. Comments, docstrings and layout do not count: only code that could change
    a result does. `names` are dotted names of modules or functions of this package that the script
    calls by name, without importing them.

    Raises:
        ModuleNotFoundError: the package has no module or function of one of the names.
    """
    modules = sorted(imported_modules(script, *names) - WITHOUT_EFFECT)
    sources = [Path(script), *map(_module_file, modules)]
    return fingerprint(*(_normalised(path, path.stat().st_mtime_ns) for path in sources))


def package_digest() -> str:
    """A digest of the text of all modules of this package."""
    sources = sorted(PACKAGE_ROOT.rglob("*.py"))
    return fingerprint(*(path.read_text(encoding="utf-8") for path in sources))


def all_modules() -> list[str]:
    """Dotted names of all modules of this package."""
    paths = (path.relative_to(PACKAGE_ROOT.parent) for path in PACKAGE_ROOT.rglob("*.py"))
    return sorted(".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths)


def imported_modules(script: str | Path, *names: str) -> set[str]:
    """Names of the package's modules that a script imports, directly or through others.

    `names` count as imported, see `code_digest`.
    """
    found: set[str] = set()
    pending = list(_imports(Path(script)))
    for name in names:
        modules = list(_with_parents(name)) if name.split(".")[0] == PACKAGE else []
        if not modules or not (modules[-1] == name or _defines(modules[-1], name)):
            raise ModuleNotFoundError(f"no module or function '{name}' under {PACKAGE_ROOT}")
        pending += modules
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(_imports(_module_file(name)))
    return found


def _imports(path: Path) -> tuple[str, ...]:
    return _imports_of(path, path.stat().st_mtime_ns)


@cache
def _imports_of(path: Path, mtime_ns: int) -> tuple[str, ...]:
    """Modules of the package that a file imports itself, with the packages they lie in."""
    found: dict[str, None] = {}
    for node in ast.walk(_tree(path, mtime_ns)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            # `from pipeline.a import b`: b may be a module or a name inside a.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            if name.split(".")[0] == PACKAGE:
                found |= dict.fromkeys(_with_parents(name))
    return tuple(found)


def _with_parents(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        prefix = ".".join(parts[:length])
        if _find(prefix) is not None:
            yield prefix


def _module_file(name: str) -> Path:
    path = _find(name)
    if path is None:
        raise ModuleNotFoundError(f"no module {name!r} under {PACKAGE_ROOT}")
    return path


def _defines(module: str, name: str) -> bool:
    """Whether a module defines the function or class of that dotted name."""
    path = _module_file(module)
    defined = (getattr(node, "name", None) for node in _tree(path, path.stat().st_mtime_ns).body)
    return name in {f"{module}.{own}" for own in defined}


def _find(name: str) -> Path | None:
    base = PACKAGE_ROOT.joinpath(*name.split(".")[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


@cache
def _tree(path: Path, mtime_ns: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def _normalised(path: Path, mtime_ns: int) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
        # The help text of a config key is documentation too.
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "described":
            node.args = node.args[1:]
    return ast.dump(tree)
