"""Running commands that should end well, and what a finished study must have."""

import subprocess


def run_command(command, folder, environment=None):
    """Run a command in a folder, check that it ends well and return all it printed."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def gathered(folder, chain):
    """Names of a chain's gathered figures, each as PNG, as PDF and on the page."""
    figures = folder / "results" / "figures"
    page = (figures / "index.html").read_text()
    names = {path.stem for path in (figures / chain).glob("*.png")}
    assert names == {path.stem for path in (figures / chain).glob("*.pdf")}
    assert all(f"{name}.png" in page for name in names)
    return names
