"""The workflow's profiles, as they are and as a site fills them in."""

import re
from pathlib import Path
from typing import Any

import yaml

# A setting that a site may take the # away from, not a sentence.
COMMENTED = re.compile(r"^( *)#( *[\w-]+:( .*)?)$", re.MULTILINE)


def read_profile(folder: Path, name: str, filled_in: bool = False) -> dict[str, Any]:
    """The settings of a profile of the checkout `folder`; `filled_in`: the commented ones too."""
    text = (folder / "profiles" / name / "config.yaml").read_text()
    settings: dict[str, Any] = yaml.safe_load(COMMENTED.sub(r"\1\2", text) if filled_in else text)
    return settings
