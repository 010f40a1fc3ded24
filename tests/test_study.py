"""A study is its seed, its results folder and the blocks of the chains that are on."""

import subprocess
import sys

import pytest

from pipeline.chains import CHAINS
from pipeline.core.named import named
from pipeline.study import ConfigError, check_config, read_config

GAS_KEYS = ("sources", "training_set", "test_sets", "networks")
REQUIRED = ("sources", "networks")


def test_a_chain_is_on_if_its_block_is_there(plain):
    assert [chain.name for chain in check_config(plain).chains] == ["gas"]
    assert [chain.name for chain in check_config({"xenon": {}}).chains] == ["xenon"]
    both = check_config({"xenon": {}, **plain})
    assert [chain.name for chain in both.chains] == list(both.paths) == ["gas", "xenon"]


def test_an_empty_block_takes_all_defaults(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("xenon:\n")
    assert read_config(path) == check_config({"xenon": {}})
    assert read_config(path).xenon is not None
    assert read_config(path).gas is None


def test_an_empty_block_with_required_keys_names_them(plain):
    with pytest.raises(ConfigError) as caught:
        check_config({"gas": None})
    for key in REQUIRED:
        assert f"  gas.{key}: Field required" in str(caught.value)


@pytest.mark.parametrize("raw", [{}, {"seed": 2, "results": "here"}])
def test_no_chain_is_an_error_that_names_them(raw):
    told = r"study\.yaml:\n  top level: no chain is on; add a block `gas:` or `xenon:`"
    with pytest.raises(ConfigError, match=told):
        check_config(raw, "study.yaml")


@pytest.mark.parametrize(
    ("key", "block"),
    [
        ("sources", "gas"),
        ("networks", "gas"),
        ("hypothesis_test", "gas"),
        ("anomaly", "xenon"),
        ("detectors", "xenon"),
    ],
)
def test_key_of_an_old_config_is_told_its_block(plain, key, block):
    told = f"  top level: {key}: this key belongs in the block `{block}:`; move {key} there"
    with pytest.raises(ConfigError, match=told):
        check_config({**plain, key: {}})


def test_all_keys_of_an_old_config_are_told(plain):
    with pytest.raises(ConfigError, match=f"move {', '.join(GAS_KEYS)} there"):
        check_config({"seed": 1, **plain["gas"]})


@pytest.mark.parametrize("chains", [["gas"], "xenon", None])
def test_list_of_chains_is_no_key_any_more(plain, chains):
    with pytest.raises(ConfigError, match="chains: remove this key; a chain is on if its block"):
        check_config({**plain, "chains": chains})


def test_misspelt_chain_is_told_the_nearest(plain):
    with pytest.raises(ConfigError, match="unknown key 'xenn'; did you mean 'xenon'"):
        check_config({**plain, "xenn": {}})


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({}, r"gas\.networks\.RCN\.architecture: Field required"),
        (
            {"architecture": "cnn"},
            r"gas\.networks\.RCN\.architecture: 'cnn' must be one of 'rcn', 'hcn', 'unet'",
        ),
    ],
)
def test_key_that_picks_a_class_is_named_with_its_choices(plain, block, told):
    plain["gas"]["networks"]["RCN"] = block
    with pytest.raises(ConfigError, match=f"  {told}"):
        check_config(plain)


def test_paths_have_the_block_the_results_and_the_seed(plain):
    chains = {chain.name: {} for chain in CHAINS}
    study = check_config({**chains, **plain, "results": "out", "seed": 3})
    for chain in CHAINS:
        paths = study.paths[chain.name]
        assert isinstance(paths, named(chain.paths))
        assert paths.block == getattr(study, chain.name)
        assert (paths.root, paths.seed) == (f"out/{chain.name}", 3)


def test_plain_content_leaves_out_chains_that_are_off(plain):
    study = check_config(plain)
    assert set(study.plain()) == {"seed", "results", "gas"}
    assert check_config(study.plain()).chains == study.chains


def test_everything_that_the_registry_names_exists():
    for chain in CHAINS:
        for name in (chain.block, chain.paths, chain.figures, chain.summary):
            assert callable(named(name))
        assert named(chain.block).__doc__


def test_reading_a_study_imports_neither_torch_nor_matplotlib(repository):
    code = (
        "import sys; from pipeline.study import read_config; read_config(sys.argv[1]).paths; "
        "assert not {'torch', 'matplotlib', 'numba'} & sys.modules.keys()"
    )
    config = repository / "config" / "test.yaml"
    subprocess.run([sys.executable, "-c", code, config], check=True)


@pytest.mark.parametrize(("key", "told"), [("results", "results-test"), ("seed", "1")])
def test_command_prints_a_key(repository, key, told):
    command = [sys.executable, "-m", "pipeline.study", key, repository / "config" / "test.yaml"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed == f"{told}\n"


def test_blocks_that_ask_for_gpus_are_found_with_their_number(plain):
    networks = plain["gas"]["networks"]
    networks["RCN"] |= {"device": "cuda", "processes": 2, "slices": 2}
    networks["HCN"] = {"architecture": "hcn"}
    assert check_config(plain).gpus() == {"gas.networks.RCN": 2}
    xenon = {"anomaly": {"vae": {"device": "cuda"}}}
    assert check_config({"xenon": xenon}).gpus() == {"xenon.anomaly.vae": 1}


def test_size_of_the_papers_study_is_that_of_the_guide(repository):
    sizes = read_config(repository / "config" / "paper.yaml").expected_bytes()
    total = sum(size for files in sizes.values() for size in files.values())
    guide = (repository / "docs" / "guide.md").read_text()
    assert f"on a GPU, {total / 1e9:.0f} GB" in guide
