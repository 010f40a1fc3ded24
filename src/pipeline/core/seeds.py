"""Seeds of all random numbers: each follows from the identity of a piece of work."""

import hashlib
import json

import numpy as np


def seed_words(seed: int, *identity: str | int) -> list[int]:
    """Four 64-bit words from the config's seed and the identity of a piece of work.

    The identity names what is computed, ("voxels", set, source, part) for example, never when or
    where. Results therefore depend neither on the number of cores nor on the order of the jobs.
    """
    text = json.dumps([seed, *identity])
    digest = hashlib.blake2b(text.encode(), digest_size=32).digest()
    return [int.from_bytes(digest[i : i + 8], "little") for i in range(0, 32, 8)]


def generator(seed: int, *identity: str | int) -> np.random.Generator:
    """The random generator of one piece of work; see `seed_words`."""
    return np.random.Generator(np.random.SFC64(seed_words(seed, *identity)))
