"""Checksums of a whole Parquet file, in a gap before its footer that readers skip.

Parquet's own checksums cover the data of its pages, not the footer: there one flipped bit may
change a column's type or leave out all events.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

_CHECKSUMS = struct.Struct("<II")  # CRC-32 of all bytes before and behind it
_TAIL = struct.Struct("<I4s")  # length of the footer in bytes, and Parquet's mark
_CHUNK_BYTES = 1 << 20


def append_checksum(path: str | Path) -> None:
    """Insert the checksums into a finished Parquet file without checksums."""
    with open(path, "r+b") as file:
        start = _footer_start(file)
        before = _crc(file, start)
        end = file.read()
        file.seek(start)
        file.write(_CHECKSUMS.pack(before, zlib.crc32(end)) + end)


def footer_is_intact(path: str | Path) -> bool:
    """Whether the footer matches its checksum; reads no other part of the file."""
    with open(path, "rb") as file:
        place = _footer_start(file) - _CHECKSUMS.size
        if place < 0:
            return False
        file.seek(place)
        _, behind = _CHECKSUMS.unpack(file.read(_CHECKSUMS.size))
        return bool(behind == zlib.crc32(file.read()))


def is_intact(path: str | Path) -> bool:
    """Whether every byte matches the checksums; reads the whole file, about 1 GB/s."""
    with open(path, "rb") as file:
        place = _footer_start(file) - _CHECKSUMS.size
        if place < 0:
            return False
        found = _crc(file, place)
        before, behind = _CHECKSUMS.unpack(file.read(_CHECKSUMS.size))
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
