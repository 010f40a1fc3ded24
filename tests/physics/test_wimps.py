import subprocess
import sys

import numpy as np

from pipeline.physics.wimps import wimp_rate

CODE = """
import numpy as np
from pipeline.physics.wimps import wimp_rate
print(wimp_rate(np.geomspace(1, 60, 20), 50.0, 1e-47).tolist())
"""


def test_another_process_finds_the_same_to_the_last_digit():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(wimp_rate(np.geomspace(1, 60, 20), 50.0, 1e-47).tolist())
