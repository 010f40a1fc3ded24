"""Tables of execNEST from several of its versions; header and preamble are genuine."""

import numpy as np
import pytest
from scipy import stats

from pipeline.xenon.config.samples import ExecNest
from pipeline.xenon.events.execnest import read_execnest

PREAMBLE = """
g1 = 0.117 phd per photon\tg2 = 12.4448 phd per electron (e-EE = 54.3085%)\t
Density = 2.88863 g/mL\tcentral vDrift = 1.50473 mm/us
\t\t\tPRO TIP: neg s2_thr in detector->S2bot!\tW = 13.4737 eV\tNegative numbers are flagging
"""
AREAS = "S1 [PE or phe]\tS1_3Dcor [phd]\tspikeC(NON-INT)\tNe-Extr\tS2_rawArea [PE]\tS2_3Dcorr [phd]"
HEADER = f"E_truth [keV]\tfield [V/cm]\ttDrift [us]\tX,Y,Z [mm]\tNph\tNe-\t{AREAS}\n"
DOUBLE_TABS = HEADER.replace("E_truth [keV]\t", "E [keV]\t\t").replace(
    "Nph\tNe-\t", "Nph\t\tNe-\t\t"
)
Z_ONLY = HEADER.replace("X,Y,Z", "Z")
KR83M = f"t [ns]\t\t{HEADER}"
# The last area of S1 is below NEST's threshold, which the sign says.
SIGNALS = "5.1\t4.9\t-4.9\t30\t700.5\t712.25"
SIGNALS_ABOVE_1_MEV = "5.1e+03\t4.9e+03\t4.9e+03\t30\t7.0e+02\t7.1e+02"
FIRST = f"10.500000\t180.000000\t66.5\t-12, 100, 400\t80\t58\t{SIGNALS}\n"
SECOND = f"2000.250000\t180.000000\t0.0\t0, 0, 500\t7\t0\t{SIGNALS_ABOVE_1_MEV}\n"

UNNAMED = FIRST.replace("10.5", "2.25", 1) + SECOND

VARIANTS = {
    "usual": HEADER + FIRST + SECOND,
    "double tabs": DOUBLE_TABS + FIRST + SECOND,
    "other words": HEADER.replace("E_truth", "E_recon").replace("spikeC(NON-INT)", "S1c_spike")
    + FIRST
    + SECOND,
    "time with a name": KR83M + "154.4\t" + FIRST + "160.0\t" + SECOND,
    "day without a name": HEADER + "3.25\t" + FIRST + "7\t" + SECOND,
    "no preamble, no last newline": (HEADER + FIRST + SECOND).rstrip(),
    "blank lines": HEADER + "\n" + FIRST + "\n" + SECOND + "\n",
    "mean counts": HEADER + FIRST.replace("\t80\t58\t", "\t80.000000\t58.000000\t") + SECOND,
    "no header": UNNAMED,
    "no header, blank lines": "\n" + UNNAMED + "\n",
    "byte-order mark": "\ufeff" + HEADER + FIRST + SECOND,
    "byte-order mark, no header": "\ufeff" + UNNAMED,
    "below the cathode": HEADER + FIRST + SECOND.replace("5.1e+03", "g-X 5.1e+03"),
}


@pytest.fixture
def read(text_file, geometry):
    """(content, policy, keys) -> all events as one batch, and the bad ones."""

    def events(content, policy="stop", **keys):
        sample = ExecNest(kind="execnest", files=["a"], recoil="nr", **keys)
        path, bad = text_file(content, policy)
        batches = list(read_execnest(path, sample, geometry, bad, np.random.default_rng(1)))
        return batches[0] if batches else None, bad

    return events


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_holds_the_same_events(read, variant):
    bare = "no " in variant or "mark" in variant
    batch, _ = read(("" if bare else PREAMBLE) + VARIANTS[variant])
    assert batch.source_event.tolist() == [0, 1]
    assert batch.recoil.tolist() == [1, 1]
    assert batch.x_cm.tolist() == [-1.2, 0]
    assert batch.y_cm.tolist() == [10, 0]
    # Z points up from the cathode to the surface, at 500 mm.
    assert batch.depth_cm.tolist() == [10, 0]
    assert batch.photons.tolist() == [80, 7]
    assert batch.electrons.tolist() == [58, 0]
    assert np.isnan(batch.excitons).all()


def test_true_energies_are_read(read, caplog):
    batch, _ = read(PREAMBLE + HEADER + FIRST + SECOND)
    assert batch.energy_keV.tolist() == [10.5, 2000.25]
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HEADER.replace("E_truth", "E_recon") + FIRST, "'E_recon [keV]'"),
        (HEADER.replace("E_truth", "Energy") + FIRST, "'Energy [keV]'"),
        (DOUBLE_TABS + FIRST, "'E [keV]'"),
        (KR83M.replace("E_truth", "E_recon") + "154.4\t" + FIRST, "'E_recon [keV]'"),
        (FIRST, "without a name"),
    ],
)
def test_other_energies_are_unknown(read, caplog, content, name):
    batch, _ = read(content)
    assert np.isnan(batch.energy_keV).tolist() == [True]
    (message,) = caplog.messages
    assert f"events.txt: its energies are {name}, not 'E_truth [keV]'" in message
    assert "MCtruthE" in message


def test_means_without_a_header_are_refused(read):
    """They may be means of a keV; the header tells."""
    _, bad = read(FIRST + FIRST.replace("\t80\t", "\t80.500000\t"), "skip")
    assert [text.split(",")[0] for text in bad.reasons.values()] == [
        "its numbers of quanta are means"
    ]


def test_surface_may_lie_elsewhere(read):
    batch, _ = read(HEADER + FIRST, surface_z_mm=544.95)
    assert batch.depth_cm == pytest.approx([14.495])


def test_depth_is_drift_time_times_velocity(read):
    """NEST: drift time = (TopDrift - Z) / velocity."""
    rows = "".join(
        f"10.0\t180.0\t{(500 - z) / 1.5:.6f}\t0, 0, {z}\t80\t58\t{SIGNALS}\n" for z in (20, 450)
    )
    batch, _ = read(HEADER + rows)
    np.testing.assert_allclose(batch.depth_cm, np.array([480, 50]) / 10)


def test_table_of_z_alone_gets_x_and_y_spread_over_the_liquid(read):
    row = FIRST.replace("-12, 100, 400", "400")
    batch, _ = read(Z_ONLY + row * 2000)
    assert (batch.depth_cm == 10).all()
    r = np.hypot(batch.x_cm, batch.y_cm)
    assert stats.kstest(r**2, stats.uniform(0, 20**2).cdf).pvalue > 0.01
    assert len(set(batch.x_cm)) == 2000


def test_lines_are_known_to_messages(read):
    batch, _ = read(PREAMBLE + HEADER + FIRST + SECOND)
    assert batch.label(1) == "1 (line 7)"
