"""Which of some modules a fresh interpreter loads when it imports a module."""

import subprocess
import sys


def loaded_by(module: str, *suspects: str) -> list[str]:
    """Those of `suspects` that are loaded after `import module`."""
    script = f"import sys; import {module}; print(*(m for m in {suspects!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.split()
