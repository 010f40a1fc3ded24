"""Imports run down the floors of the house, and never from one chain to another."""

import ast
from pathlib import Path

import pytest

import pipeline
from pipeline.chains import CHAINS

ROOT = Path(pipeline.__file__).parent
# Rooms from the ground up; those of one floor know nothing of each other.
FLOORS = [
    {"sparse", "config"},
    {"core"},
    {"learning", "physics", "figures"},
    {"statistics"},
    {chain.name for chain in CHAINS},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def room(module):
    """The room of a dotted module of the package; modules of the package itself are the roof."""
    return module.split(".")[1] if module.count(".") and module.split(".")[1] in FLOOR else "roof"


def imports(root):
    """(module, imported module) of every import within the package, wherever it stands."""
    for path in sorted(root.rglob("*.py")):
        module = ".".join(("pipeline", *path.relative_to(root).with_suffix("").parts))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            for name in names:
                if name.startswith("pipeline."):
                    yield module, name


def forbidden(root):
    """Imports that run up or across."""
    floor = {**FLOOR, "roof": len(FLOORS)}
    return [
        f"{module} -> {imported}"
        for module, imported in imports(root)
        if room(module) != room(imported) and floor[room(module)] <= floor[room(imported)]
    ]


def test_every_folder_of_the_package_has_a_floor():
    folders = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert folders == set(FLOOR)


def test_no_import_runs_up_or_between_chains():
    assert forbidden(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("core/files.py", "from pipeline.learning import trainer"),
        ("xenon/paths.py", "from pipeline.gas.config.voxels import Grid"),
        ("statistics/roc.py", "import pipeline.gas.paths"),
        ("gas/paths.py", "from pipeline import study"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, file, line):
    path = tmp_path / file
    path.parent.mkdir()
    path.write_text(f"def f():\n    {line}\n")
    (found,) = forbidden(tmp_path)
    assert found.startswith(f"pipeline.{file.removesuffix('.py').replace('/', '.')} -> ")
