"""Running commands that should end well."""

import subprocess


def run_command(command, folder, environment=None):
    """Run a command in a folder, check that it ends well and return all it printed."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
