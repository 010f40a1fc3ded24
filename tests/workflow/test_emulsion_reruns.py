"""The nuclear-emulsion chain: made anew exactly where a change matters."""

import pytest

TABLES = "results/emulsion/tables"


@pytest.fixture(scope="module")
def touched(pristine, tmp_path_factory):
    """The test study's chain in place (empty files) and on Snakemake's record."""
    copy = pristine.twin(tmp_path_factory.mktemp("emulsion") / "copy")
    copy.only("emulsion")
    copy.pretend()
    return copy


@pytest.fixture
def study(touched, tmp_path):
    """The same, of one's own."""
    return touched.twin(tmp_path / "copy")


def samples(files, stage):
    """Samples or networks of a stage among some files."""
    words = (f"{file}////".split("/") for file in files)
    found = {part[3].split(".")[0] for part in words if part[1:3] == ["emulsion", stage]}
    return found


def test_nothing_is_left_to_do_and_another_density_of_fog_makes_all_clusters_anew(study):
    assert study.pending() == set()
    detector = {"clustering": {"fog_per_um3": 2e-3}}
    study.configure(emulsion__detectors={"nit70": detector})
    pending = study.pending()
    assert samples(pending, "clusters") == {
        *("train_fog", "train_Co60", "train_C100", "fog", "Co60", "C100", "C100_beam"),
        *("recoil_C", "recoil_Ag"),
    }
    assert {f"{TABLES}/{name}" for name in ("samples.csv", "leaks.csv", "needed.csv")} <= pending


def test_more_fog_to_learn_from_leaves_the_other_samples(study):
    study.configure(emulsion__samples__train_fog__clusters=350)
    pending = study.pending()
    part = "results/emulsion/clusters/train_fog/0001_fog"
    made = {file for file in pending if "/clusters/" in file}
    assert made == {f"{part}.parquet", f"{part}.json"}
    networks = {"harmonic", "rotated", "border", "brightness"}
    assert samples(pending, "networks") == networks
    assert samples(pending, "observables") == {"train_fog"}


def test_another_mass_makes_its_own_table(study):
    study.configure(emulsion__wimps__masses_GeV=[100, 300, 1000])
    made = {file for file in study.pending() if "/emulsion/" in file}
    assert made == {
        f"{TABLES}/needed/300GeV.csv",
        f"{TABLES}/needed.csv",
        *(f"results/emulsion/plots/needed.{kind}" for kind in ("png", "pdf")),
    }


@pytest.mark.parametrize(
    ("module", "networks", "tables"),
    [
        ("emulsion/networks/small3d.py", {"rotated"}, {"rejection", "goal", "summary"}),
        ("emulsion/rejection/dense.py", set(), {"rejection", "baseline", "summary", "goal"}),
        ("emulsion/axes/angles.py", set(), {"axes", "efficiency", "response", "needed"}),
        ("emulsion/figures/shifts.py", set(), set()),
    ],
)
def test_an_edit_makes_anew_what_uses_it(study, module, networks, tables):
    study.append(module)
    pending = study.pending()
    assert samples(pending, "clusters") == set()
    assert samples(pending, "networks") == networks
    assert tables <= samples(pending, "tables")
    assert bool(tables) == bool(samples(pending, "tables"))
