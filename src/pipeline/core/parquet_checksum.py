"""Checksums of a whole Parquet file, in a gap before its footer that readers skip.

Parquet's own checksums cover the data of its pages, not the footer: there one flipped bit may
change a column's type or leave out all events.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

_SEAL = struct.Struct("<II")  # CRC-32 of all before the seal, and of all behind it
_TAIL = struct.Struct("<I4s")  # length of the footer in bytes, and Parquet's mark
_CHUNK_BYTES = 1 << 20


def seal(path: str | Path) -> None:
    """Put the checksums into a finished Parquet file that has none yet."""
    with open(path, "r+b") as file:
        start = _footer_start(file)
        before = _crc(file, start)
        end = file.read()
        file.seek(start)
        file.write(_SEAL.pack(before, zlib.crc32(end)) + end)


def footer_is_intact(path: str | Path) -> bool:
    """Whether the footer is as it was sealed; no other part is read."""
    with open(path, "rb") as file:
        place = _footer_start(file) - _SEAL.size
        if place < 0:
            return False
        file.seek(place)
        _, behind = _SEAL.unpack(file.read(_SEAL.size))
        return bool(behind == zlib.crc32(file.read()))


def is_intact(path: str | Path) -> bool:
    """Whether every byte is as it was sealed; reads all of them, about 1 GB/s."""
    with open(path, "rb") as file:
        place = _footer_start(file) - _SEAL.size
        if place < 0:
            return False
        found = _crc(file, place)
        before, behind = _SEAL.unpack(file.read(_SEAL.size))
        return (before, behind) == (found, zlib.crc32(file.read()))


def _footer_start(file: BinaryIO) -> int:
    """Where the footer begins; negative if the file is too short for what its tail says."""
    size = file.seek(0, 2)
    if size < _TAIL.size:
        return -1
    file.seek(size - _TAIL.size)
    footer_bytes, _ = _TAIL.unpack(file.read())
    return size - _TAIL.size - int(footer_bytes)


def _crc(file: BinaryIO, size: int) -> int:
    """CRC-32 of the first `size` bytes; leaves the file's position behind them."""
    crc = 0
    file.seek(0)
    for begin in range(0, size, _CHUNK_BYTES):
        crc = zlib.crc32(file.read(min(_CHUNK_BYTES, size - begin)), crc)
    return crc
