"""A folder with the state of a cluster: an image of one moment, and the log of what came after it.

``image-00000002`` and ``log-00000002`` belong together: the log begins where the image was taken. A new image is written beside the
old one and takes its place by a rename, so a kill at any moment leaves one pair that is whole. The first log has no image.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from esmock.data import log
from esmock.data.log import Log


class FolderError(Exception):
    """A folder that cannot be used; says why and what to do."""


class Folder:
    """The folder, held by one server at a time.

    Args:
        path: made when missing.
        version: the Elasticsearch that its state belongs to; that of the first use counts.
        fsync: wait for the disk after each record.

    Raises:
        FolderError: it is held by another server, belongs to another version, or cannot be written.
    """

    def __init__(self, path: Path, version: str, *, fsync: bool = False) -> None:
        self.path = path
        self.fsync = fsync
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = _hold(path / "lock")
        except OSError as error:
            raise FolderError(f"data folder {path} cannot be used: {error.strerror or error}") from None
        try:
            self._check_version(version)
        except FolderError:
            self._lock.close()
            raise
        self.generation = max((_number(one) for one in path.glob("image-*[0-9]")), default=0)
        self._log = Log(self._log_path(self.generation), fsync=fsync)

    def _check_version(self, version: str) -> None:
        about = self.path / "about.json"
        if not about.exists():
            _write(about, json.dumps({"version": version}).encode() + b"\n")
            return
        known = json.loads(about.read_text("utf-8")).get("version")
        if known != version:
            raise FolderError(f"data folder {self.path} belongs to {known}; serve that version, or choose another folder")

    def _log_path(self, generation: int) -> Path:
        return self.path / f"log-{generation:08d}"

    def _image_path(self, generation: int) -> Path:
        return self.path / f"image-{generation:08d}"

    @property
    def log_size(self) -> int:
        """Bytes that a restart would replay."""
        return self._log.size

    def image(self) -> bytes | None:
        """The state at the beginning of the log; None: the beginning of all."""
        return self._image_path(self.generation).read_bytes() if self.generation else None

    def records(self) -> Iterator[bytes]:
        """What came after the image."""
        return log.read(self._log_path(self.generation))

    def append(self, record: bytes) -> None:
        """Add to the log. Raises OSError."""
        self._log.append(record)

    def replace(self, image: bytes) -> None:
        """Start anew from an image of this moment. Raises OSError."""
        old = self.generation
        _write(self._image_path(old + 1), image)
        self._log.close()
        self.generation = old + 1
        self._log = Log(self._log_path(self.generation), fsync=self.fsync)
        self._log_path(old).unlink(missing_ok=True)
        self._image_path(old).unlink(missing_ok=True)

    def close(self) -> None:
        """Let the folder go."""
        self._log.close()
        self._lock.close()


def _number(path: Path) -> int:
    return int(path.name.partition("-")[2])


def _write(path: Path, data: bytes) -> None:
    """The whole file or none of it."""
    beside = path.with_name(path.name + ".new")
    with open(beside, "wb", opener=_private) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _hold(path: Path) -> IO[Any]:
    """An open file that no other process can hold; let go when this one ends. Raises OSError."""
    file = path.open("a+b")
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise OSError(f"another server uses it ({path})") from None
    return file
