"""Names in a config that refer to other parts of it."""

import difflib
from collections.abc import Iterable


def check_known(key: str, names: Iterable[str], known: Iterable[str], noun: str = "") -> None:
    """Check that names exist; `noun` is what they stand for.

    Raises:
        ValueError: names the key, the first unknown name and the nearest known one.
    """
    known = list(known)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise ValueError(
                f"{key}: no {noun}{' ' if noun else ''}'{name}'; {hint}"
                f"There are {', '.join(known) or 'none'}"
            )
