"""Digests of code come from a file while the code is the same, and are made anew when it is not."""

import pytest

from pipeline.core import digests
from pipeline.core.kept_digests import KeptDigests

MODULE = "def f(x):\n    return x + 1\n"


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A script and a package of one module; (folder of scripts, file of digests, module)."""
    scripts, root = tmp_path / "scripts", tmp_path / "pipeline"
    for folder in (scripts, root):
        folder.mkdir()
    (scripts / "script.py").write_text("from pipeline.module import f\n")
    (root / "__init__.py").touch()
    (root / "module.py").write_text(MODULE)
    monkeypatch.setattr(digests, "PACKAGE_ROOT", root)
    return scripts, tmp_path / "new" / "digests.json", root / "module.py"


@pytest.fixture
def made(monkeypatch):
    """Scripts and names whose digests were made, not read."""
    calls = []
    own = digests.code_digest

    def counted(script, *names):
        calls.append((script.name, *names))
        return own(script, *names)

    monkeypatch.setattr(digests, "code_digest", counted)
    return calls


def in_new_process(code):
    return KeptDigests(*code[:2])


def test_digest_is_that_of_the_code(code):
    expected = [
        digests.code_digest(code[0] / "script.py", *names) for names in ((), ("pipeline.module.f",))
    ]
    kept = in_new_process(code)
    for _ in range(2):
        assert [kept.digest("script.py"), kept.digest("script.py", "pipeline.module.f")] == expected
        kept = in_new_process(code)


def test_digest_is_made_once(code, made):
    for _ in range(3):
        in_new_process(code).digest("script.py")
    in_new_process(code).digest("script.py", "pipeline.module.f")
    in_new_process(code).digest("script.py")
    assert made == [("script.py",), ("script.py", "pipeline.module.f")]


@pytest.mark.parametrize(
    ("edit", "same"), [(MODULE.replace("1", "2"), False), (MODULE + "# a comment\n", True)]
)
def test_edited_module_is_seen(code, edit, same):
    before = in_new_process(code).digest("script.py")
    code[2].write_text(edit)
    after = in_new_process(code).digest("script.py")
    assert (after == before) is same
    code[2].write_text(MODULE)
    assert in_new_process(code).digest("script.py") == before


def test_edited_script_is_seen(code):
    before = in_new_process(code).digest("script.py")
    (code[0] / "script.py").write_text("import pipeline.module\n")
    assert in_new_process(code).digest("script.py") != before


def test_module_edited_while_a_run_is_on_leaves_no_wrong_digest_behind(code):
    right = in_new_process(code).digest("script.py")
    code[1].unlink()
    running = in_new_process(code)
    code[2].write_text(MODULE.replace("x + 1", "x + 10"))
    running.digest("script.py")
    code[2].write_text(MODULE)
    assert in_new_process(code).digest("script.py") == right


@pytest.mark.parametrize("content", ["", '{"a": ', '{"another state": {"script.py": "0"}}'])
def test_damaged_or_old_file_is_replaced(code, made, content):
    right = in_new_process(code).digest("script.py")
    code[1].write_text(content)
    assert in_new_process(code).digest("script.py") == right
    assert in_new_process(code).digest("script.py") == right
    assert len(made) == 2


def test_unwritable_folder_only_costs_time(code):
    code[1].parent.write_text("a file in the place of the folder")
    assert in_new_process(code).digest("script.py") == digests.code_digest(code[0] / "script.py")
