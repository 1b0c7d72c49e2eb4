"""An append-only file of records, each with its length and checksum: what a kill tore off at the end is recognised.

A record is on its way to the disk (in the kernel's hands) when ``append`` returns, so it survives the death of the process
at any moment; with ``fsync`` it survives the death of the machine.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

_HEADER = struct.Struct(">II")


class Log:
    """A log that is open for appending.

    Args:
        path: made when missing; a torn record at its end is cut off.
        fsync: wait for the disk after each record.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        whole = sum(_HEADER.size + len(record) for record in read(path))
        self._fsync = fsync
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        os.ftruncate(self._file, whole)
        os.lseek(self._file, whole, os.SEEK_SET)
        self.size = whole

    def append(self, record: bytes) -> None:
        """Add a record. Raises OSError, after which the log holds what it held before."""
        left = memoryview(_HEADER.pack(len(record), zlib.crc32(record)) + record)
        start = self.size
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            os.ftruncate(self._file, start)
            os.lseek(self._file, start, os.SEEK_SET)
            raise
        self.size = start + _HEADER.size + len(record)
        if self._fsync:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def read(path: Path) -> Iterator[bytes]:
    """The whole records of a log, in order; ends before the first one that is torn or damaged."""
    if not path.exists():
        return
    with path.open("rb") as file:
        while True:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return
            length, checksum = _HEADER.unpack(header)
            record = file.read(length)
            if len(record) < length or zlib.crc32(record) != checksum:
                return
            yield record
