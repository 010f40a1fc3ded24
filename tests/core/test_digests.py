"""Digests change with code that could change a result."""

import ast
import os
import shutil
import subprocess
import sys
from itertools import count

import pytest

from pipeline.core import digests
from pipeline.core.digests import (
    code_digest,
    file_digest,
    fingerprint,
    imported_modules,
    package_digest,
)

SCRIPT = "from pipeline.outer import outer\n\nresult = outer(1)\n"
MODULES = {
    "__init__.py": "",
    "outer.py": '"""Outer."""\nfrom pipeline.deep.inner import inner\n\n\n'
    'def outer(x):\n    """Twice."""\n    return 2 * inner(x)\n',
    "deep/__init__.py": "",
    "deep/inner.py": "def inner(x):\n    return x + 1\n",
    "unused.py": "UNUSED = 1\n",
    "core/__init__.py": "",
    "core/progress.py": "EVERY_S = 5\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small package in the place of ours; `edit` changes one of its files."""
    root = tmp_path / "pipeline"
    times = count(10**9)

    def write(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # Two edits may lie closer together than the file system's clock ticks.
        os.utime(path, ns=(0, next(times)))

    for name, text in MODULES.items():
        write(root / name, text)
    script = tmp_path / "script.py"
    write(script, SCRIPT)
    monkeypatch.setattr(digests, "PACKAGE_ROOT", root)

    def edit(name, old, new):
        path = script if name == "script.py" else root / name
        text = path.read_text()
        assert text.count(old) == 1
        write(path, text.replace(old, new))

    return script, edit


def test_fingerprint_sees_values_and_not_the_order_of_keys():
    assert fingerprint({"a": 1, "b": [2, 3]}) == fingerprint({"b": [2, 3], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert fingerprint([1, 2]) != fingerprint([2, 1])


def test_file_digest_sees_content_only(tmp_path):
    for name, content in (("a", b"same"), ("b", b"same"), ("c", b"other")):
        (tmp_path / name).write_bytes(content)
    a, b, c = (file_digest(tmp_path / name) for name in "abc")
    assert a == b != c


def test_imports_are_followed_through_packages_and_modules(package):
    script, _ = package
    assert imported_modules(script) == {
        "pipeline",
        "pipeline.outer",
        "pipeline.deep",
        "pipeline.deep.inner",
    }


@pytest.mark.parametrize(
    ("same", "file", "old", "new"),
    [
        (False, "script.py", "outer(1)", "outer(2)"),
        (False, "outer.py", "2 * inner", "3 * inner"),
        (False, "deep/inner.py", "x + 1", "x + 2"),
        (True, "script.py", "\n\nresult", "\n\n# a comment\nresult"),
        (True, "outer.py", '"""Outer."""', '"""Another text."""'),
        (True, "outer.py", '"""Twice."""', '"""Two times."""'),
        (True, "outer.py", '    """Twice."""\n', ""),
        (True, "outer.py", "2 * inner(x)", "(\n        2 * inner(x)  # doubled\n    )"),
        (True, "unused.py", "UNUSED = 1", "UNUSED = 2"),
    ],
)
def test_digest_follows_code_that_could_change_a_result(package, same, file, old, new):
    script, edit = package
    before = code_digest(script)
    edit(file, old, new)
    assert (code_digest(script) == before) is same


def test_digest_of_code_that_is_put_back_is_the_old_one(package):
    script, edit = package
    before = code_digest(script)
    edit("deep/inner.py", "x + 1", "x + 2")
    edit("deep/inner.py", "x + 2", "x + 1")
    assert code_digest(script) == before


def test_module_counts_from_its_first_import_on(package):
    script, edit = package
    edit("deep/inner.py", "def inner", "from pipeline import unused\n\n\ndef inner")
    before = code_digest(script)
    assert "pipeline.unused" in imported_modules(script)
    edit("unused.py", "UNUSED = 1", "UNUSED = 2")
    assert code_digest(script) != before


def test_circular_imports_end(package):
    script, edit = package
    edit("deep/inner.py", "def inner", "import pipeline.outer\n\n\ndef inner")
    assert "pipeline.deep.inner" in imported_modules(script)


def test_modules_that_only_talk_to_the_user_do_not_count(package):
    script, edit = package
    edit("outer.py", "from pipeline.deep", "import pipeline.core.progress\nfrom pipeline.deep")
    before = code_digest(script)
    edit("core/progress.py", "EVERY_S = 5", "EVERY_S = 6")
    assert code_digest(script) == before


def test_functions_called_by_name_are_followed_as_imports_are(package):
    script, edit = package
    edit(
        "unused.py", "UNUSED = 1", "from pipeline.core import progress\n\n\ndef f():\n    return 1"
    )
    assert imported_modules(script, "pipeline.unused.f") - imported_modules(script) == {
        "pipeline.unused",
        "pipeline.core",
        "pipeline.core.progress",
    }
    without, before = code_digest(script), code_digest(script, "pipeline.unused.f")
    assert code_digest(script, "pipeline.unused") == before != without
    edit("unused.py", "return 1", "return 2")
    assert code_digest(script) == without
    assert code_digest(script, "pipeline.unused.f") != before


@pytest.mark.parametrize(
    "name",
    [
        "pipeline.nowhere.f",
        "pipeline.deep.nowhere.f",
        "pipeline.deep.nowhere",
        "pipeline.outer.nothing",
        "nowhere",
        "elsewhere.outer",
    ],
)
def test_names_of_nothing_are_refused(package, name):
    script, _ = package
    with pytest.raises(ModuleNotFoundError, match=f"no module or function '{name}'"):
        code_digest(script, name)


def test_digest_of_the_package_sees_every_module(package):
    _, edit = package
    before = package_digest()
    edit("unused.py", "UNUSED = 1", "UNUSED = 2")
    assert package_digest() != before


def test_digest_does_not_depend_on_the_checkouts_place(package, tmp_path, monkeypatch):
    script, _ = package
    before = code_digest(script)
    moved = tmp_path / "elsewhere"
    shutil.copytree(digests.PACKAGE_ROOT, moved)
    monkeypatch.setattr(digests, "PACKAGE_ROOT", moved)
    assert code_digest(shutil.copy(script, moved / "script.py")) == before


def test_package_has_no_relative_imports():
    """`imported_modules` follows absolute imports only."""
    for path in digests.PACKAGE_ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not (isinstance(node, ast.ImportFrom) and node.level), path


def test_help_text_of_a_config_key_does_not_count(tmp_path):
    script = tmp_path / "script.py"
    script.write_text('x = described("Length [um].", 1.0, gt=0)\n')
    before = code_digest(script)
    script.write_text('x = described("The length [um].", 1.0, gt=0)\n')
    assert code_digest(script) == before
    script.write_text('x = described("The length [um].", 2.0, gt=0)\n')
    assert code_digest(script) != before


@pytest.mark.parametrize(
    ("script", "names", "modules"),
    [
        ("gas_voxels.py", (), {"gas.voxels.binning", "gas.config.voxels", "core.seeds"}),
        ("gas_tracks.py", ("pipeline.gas.tracks.degrad.read_degrad",), {"gas.tracks.degrad"}),
        ("train.py", ("pipeline.gas.networks.hcn",), {"gas.networks.hcn", "sparse.layers"}),
        (
            "train.py",
            ("pipeline.gas.networks.training.from_job",),
            {"gas.networks.training", "learning.trainer", "learning.saved"},
        ),
        (
            "tables.py",
            ("pipeline.statistics.directional.stage.toys_from_files",),
            {"statistics.directional.toys"},
        ),
        ("xenon_response.py", (), {"xenon.response.quanta", "xenon.response.patterns"}),
        ("train.py", ("pipeline.xenon.networks.vae.prepare",), {"xenon.networks.vae"}),
        (
            "tables.py",
            ("pipeline.xenon.rates.backgrounds.from_files",),
            {"xenon.rates.backgrounds"},
        ),
        ("figure.py", ("pipeline.gas.figures.cut_scan",), {"gas.figures.cut_scan"}),
    ],
)
def test_digest_of_our_scripts_holds_the_modules_that_make_their_results(
    repository, script, names, modules
):
    found = imported_modules(repository / "workflow" / "scripts" / script, *names)
    assert {f"pipeline.{module}" for module in modules} <= found


def test_only_a_training_on_a_stream_depends_on_the_simulator(repository):
    script = repository / "workflow" / "scripts" / "train.py"
    train = "pipeline.gas.networks.training.from_job"
    simulator = "pipeline.gas.tracks.simulator.transport"
    assert simulator in imported_modules(script, train, "pipeline.gas.voxels.stream.stream_events")
    shards = "pipeline.gas.voxels.epochs.shard_events"
    assert simulator not in imported_modules(script, train, shards)


def test_no_script_depends_on_the_registry_of_chains(repository):
    """An edit of one chain would rerun the others."""
    for script in (repository / "workflow" / "scripts").glob("*.py"):
        assert not {"pipeline.chains", "pipeline.study"} & imported_modules(script), script


def test_modules_without_effect_exist():
    for module in digests.WITHOUT_EFFECT:
        assert digests._find(module), module


def test_digest_does_not_depend_on_the_locale():
    code = "from pipeline.core.digests import package_digest; print(package_digest())"
    command = [sys.executable, "-X", "utf8=0", "-c", code]
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == package_digest()
