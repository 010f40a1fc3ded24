"""Figures look the same whatever the user's own settings of Matplotlib are."""

import runpy
import subprocess
import sys
from pathlib import Path

DRAW = """import sys
from matplotlib.figure import Figure
from pipeline.figures.style import save

figure = Figure(figsize=(2, 1.5))
axis = figure.subplots()
axis.plot([1, 2], [3, 4], label="$x_1$")
axis.set(xlabel="energy [keV]")
axis.legend()
save(figure, sys.argv[1:])
"""
USERS = """text.usetex: True
font.family: serif
font.size: 20
savefig.dpi: 50
savefig.bbox: tight
savefig.transparent: True
axes.spines.top: False
path.sketch: 1, 100, 2
pdf.compression: 0
"""


def test_settings_of_the_user_change_no_byte(tmp_path, monkeypatch):
    script = tmp_path / "draw.py"
    script.write_text(DRAW)
    (tmp_path / "matplotlibrc").write_text(USERS)
    names = ["figure.png", "figure.pdf"]
    subprocess.run([sys.executable, script, *names], cwd=tmp_path, check=True)
    here = [str(tmp_path / f"here.{name}") for name in names]
    monkeypatch.setattr(sys, "argv", [str(script), *here])
    runpy.run_path(str(script))
    for name, path in zip(names, here, strict=True):
        assert (tmp_path / name).read_bytes() == Path(path).read_bytes()
