"""Files that analysis settings name: word lists, synonyms, dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from esmock.errors import ApiError, IllegalArgument, IOError_, NoSuchFile

_CONFIG = Path("/usr/share/elasticsearch/config")


@dataclass(frozen=True, slots=True)
class Environment:
    """Where settings such as ``stopwords_path`` are resolved.

    Args:
        config: the directory for relative paths; None: there are no files.
        synonym_rules: the rules of a synonym set by its name; raises ResourceNotFound.
    """

    config: Path | None = None
    synonym_rules: Callable[[str], list[str]] | None = None

    def resolve(self, path: str) -> Path:
        return (self.config or _CONFIG) / path

    def lines(self, path: str, setting: str) -> list[str]:
        """The lines of a word list without comments and empty lines.

        Raises:
            IllegalArgument: the file cannot be read.
        """
        return [
            line.strip() for line in self.text(path, setting).splitlines() if line.strip() and not line.startswith("#")
        ]

    def text(self, path: str, setting: str) -> str:
        """The content of a file named by ``setting``. Raises IllegalArgument caused by NoSuchFile or IOError_."""
        place = self.resolve(path)
        if place == _CONFIG:
            raise _unreadable(setting, place, IOError_("Is a directory"))
        try:
            return place.read_text("utf-8")
        except IsADirectoryError:
            raise _unreadable(setting, place, IOError_("Is a directory")) from None
        except OSError:
            raise _unreadable(setting, place, NoSuchFile(str(place))) from None
        except UnicodeDecodeError:
            raise IllegalArgument(
                f"Unsupported character encoding detected while reading {setting}: {place} - files must be UTF-8 encoded"
            ) from None


def _unreadable(setting: str, place: Path, cause: ApiError) -> IllegalArgument:
    return IllegalArgument(f"IOException while reading {setting}: {place}", cause=cause)
