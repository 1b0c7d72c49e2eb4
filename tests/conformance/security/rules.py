"""Rules for what one engine says otherwise than another, read from a file beside this one: words, and what is done."""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

Json = Any


class Exchange(NamedTuple):
    """What was asked, and both answers: status and text, and values of ``WWW-Authenticate``."""

    method: str
    path: str
    user: str
    wanted: str
    got: str
    wanted_challenges: Sequence[str] = ()
    got_challenges: Sequence[str] = ()

    @property
    def is_equal(self) -> bool:
        return (self.wanted, self.wanted_challenges) == (self.got, self.got_challenges)


@dataclass(frozen=True)
class Rule:
    """A difference that has a name and a source; all that is given must be met."""

    name: str
    source: str
    asks: str = ""
    real: str = ""
    here: str = ""
    apart_from: str | None = None
    reordered: str | None = None
    with_challenges: bool = False
    """Whether ``WWW-Authenticate`` may differ too."""

    def is_met(self, one: Exchange) -> bool:
        texts = ((self.asks, f"{one.method} {one.path}"), (self.real, one.wanted), (self.here, one.got))
        return (
            (self.with_challenges or one.wanted_challenges == one.got_challenges)
            and all(re.search(pattern, text) for pattern, text in texts)
            and (self.apart_from is None or self._bare(one.wanted) == self._bare(one.got))
            and (self.reordered is None or self._sorted(one.wanted) == self._sorted(one.got))
        )

    def _bare(self, text: str) -> tuple[str, Json]:
        """An answer without what the rule leaves out, whatever the order of keys."""
        status, _, body = re.sub(self.apart_from or "", "", text).partition(" ")
        with contextlib.suppress(ValueError):
            return status, json.loads(body)
        return status, body

    def _sorted(self, text: str) -> tuple[str, list[str]]:
        """An answer with the rule's list in order."""
        status, _, body = text.partition(" ")
        if not self.reordered:
            return status, sorted(text)
        with contextlib.suppress(ValueError, TypeError, KeyError):
            return status, sorted(json.dumps(one) for one in json.loads(body)[self.reordered])
        return status, [text]


class Rules:
    """The rules of a file. Raises TypeError for one with a part that there is not, ValueError for one without a source."""

    def __init__(self, name: str) -> None:
        found = tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))
        self.words = [(re.compile(one["pattern"]), one.get("becomes", "")) for one in found.get("words", ())]
        self.otherwise = [Rule(**one) for one in found.get("otherwise", ())]
        if not all(one.get("source") for kind in found.values() for one in kind):
            raise ValueError("a rule without a source")

    def reworded(self, text: str) -> str:
        """An answer without what differs in words."""
        for pattern, told in self.words:
            text = pattern.sub(told, text)
        return text

    def of(self, one: Exchange) -> str | None:
        """The name of the rule for a difference; None: there is none."""
        return next((rule.name for rule in self.otherwise if rule.is_met(one)), None)
