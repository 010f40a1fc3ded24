"""Pages opened in Debian's Chromium: what is drawn, and the errors on the console."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from matplotlib.image import imread

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs apt-get install chromium")


def opened(page, folder):
    """The picture of a page [rows, columns, 3], and the errors on its console.

    No other machine can be reached: what the page fetches ends in an error on the console.
    """
    picture = folder / "page.png"
    command = [
        *(CHROMIUM, "--headless", "--no-sandbox", f"--user-data-dir={folder / 'profile'}"),
        *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
        *("--proxy-server=127.0.0.1:9", "--virtual-time-budget=20000", "--window-size=1200,1100"),
        *("--enable-logging=stderr", f"--screenshot={picture}", page.as_uri()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    errors = re.findall(r".*:CONSOLE.*(?:Uncaught|rror|ERR_|Failed).*", done.stderr)
    return imread(picture)[..., :3], errors


def colours(picture):
    """Number of different colours of a picture."""
    return len(np.unique((255 * picture).astype(np.uint8).reshape(-1, 3), axis=0))
