"""README and guides speak of files, rules and keys that exist."""

import re

import pytest
import yaml

from pipeline.gas.config.sources import read_source
from pipeline.study import check_config

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{name}.md" for name in ("cluster", "guide", "gpu", "glossary", "results")),
    *(f"docs/{name}.md" for name in ("physics", "detector", "xenon", "emulsion", "index")),
]
FOLDERS = ("docs", "config", "envs", "profiles", "benchmarks", "src", "workflow", "tests")
# The examples of CONTRIBUTING.md and of the README.
MADE_UP = re.compile(r"electron_list|points\.py|skipped_steps|counter|mine\.yaml|NAME|README")


@pytest.fixture(scope="module")
def texts(repository):
    """Text of every page by its name."""
    return {page: (repository / page).read_text() for page in PAGES}


def test_readme_is_a_page(texts):
    assert len(texts["README.md"].split()) <= 900


def test_files_that_are_named_exist(texts, repository):
    named = re.compile(rf"\b((?:{'|'.join(FOLDERS)})/[\w./-]*\w)")
    for page, text in texts.items():
        for path in named.findall(text):
            if not MADE_UP.search(path):
                assert any(
                    (repository / place / path).exists() for place in (".", "src/pipeline")
                ), (
                    page,
                    path,
                )


def test_rules_that_are_named_exist(texts, repository):
    rules = "\n".join(path.read_text() for path in (repository / "workflow/rules").glob("*.smk"))
    defined = set(re.findall(r"^ *(?:rule|use rule \w+ as) (\w+)", rules, re.MULTILINE))
    for page in ("README.md", "docs/guide.md", "docs/cluster.md"):
        for name in re.findall(r"\b(?:gas|xenon|emulsion)_[a-z_0-9]+\b(?!\.yaml)", texts[page]):
            assert name in defined, (page, name)


@pytest.mark.parametrize("page", ["README.md", "docs/guide.md"])
def test_own_data_can_be_added_to_the_default_study(page, texts, repository):
    (snippet,) = re.findall(r"```yaml\n(gas:.*?)```", texts[page], re.DOTALL)
    added = yaml.safe_load(snippet)["gas"]
    study = yaml.safe_load((repository / "config" / "config.yaml").read_text())
    for key, blocks in added.items():
        study["gas"][key] |= blocks
    assert check_config(study).gas.test_sets["mine_443um"].sources == ["mine"]
    assert read_source(added["sources"]["mine"]).energies() == [40]
