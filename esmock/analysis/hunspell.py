"""Hunspell dictionaries: words with flags, and affix rules that the flags allow.

Source: the manual page hunspell(5) for the files; which stems come in which order was asked of 7.10.2.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from esmock.errors import Unsupported

Flags = frozenset[str]
_NONE: Flags = frozenset()
_REFUSED = frozenset("AM IGNORE ICONV OCONV COMPLEXPREFIXES CIRCUMFIX KEEPCASE".split())
"""Options of affix files that change stems and are not built. All others not read here are about spelling."""


@dataclass(frozen=True, slots=True, eq=False)
class Affix:
    """One line of PFX or SFX: ``added`` in place of ``stripped`` where the word meets ``condition``."""

    flag: str
    is_prefix: bool
    crosses: bool
    """May be combined with others."""
    stripped: str
    condition: re.Pattern[str]
    continued: Flags
    """Flags of the affixes that may follow it."""

    def undone(self, word: str, size: int) -> str | None:
        """The word without the affix, which is ``size`` long; None: the condition does not hold."""
        before = self.stripped + word[size:] if self.is_prefix else word[: len(word) - size] + self.stripped
        return before if self.condition.search(before) else None


@dataclass(slots=True)
class Dictionary:
    """A parsed dictionary."""

    words: dict[str, list[Flags]] = field(default_factory=lambda: defaultdict(list))
    prefixes: dict[str, list[Affix]] = field(default_factory=lambda: defaultdict(list))
    suffixes: dict[str, list[Affix]] = field(default_factory=lambda: defaultdict(list))
    flag_kind: str = "char"
    aliases: list[Flags] = field(default_factory=list)
    needs_affix: str | None = None
    only_in_compound: str | None = None
    full_strip: bool = False
    ignores_case: bool = False

    def flags(self, text: str) -> Flags:
        if self.aliases and text.isdigit():
            return self.aliases[int(text) - 1]
        if self.flag_kind == "num":
            return frozenset(part.strip() for part in text.split(",") if part.strip())
        if self.flag_kind == "long":
            return frozenset(text[at : at + 2] for at in range(0, len(text), 2))
        return frozenset(text)

    def stems(self, word: str) -> list[str]:
        """The stems of a word, those of the word as written first; the same stem may come twice."""
        if self.ignores_case:
            return self._stems(word.lower())
        out = self._stems(word)
        if len(word) > 1 and all(map(str.isupper, word)):
            title = word[:1] + word[1:].lower()
            out += self._stems(title) + self._stems(word.lower())
        elif word[:1].isupper() and word[1:] == word[1:].lower():
            out += self._stems(word.lower())
        return out

    def _stems(self, word: str) -> list[str]:
        barred = {self.needs_affix, self.only_in_compound}
        own = [word for flags in self.words.get(word, ()) if not flags & barred]
        return own + list(self._stripped(word, None, None, 0, prefixes=True))

    def _stripped(
        self, word: str, last: Affix | None, prefix: Affix | None, depth: int, *, prefixes: bool
    ) -> Iterator[str]:
        """The stems behind one more affix, ``last`` being the one that was taken away before."""
        longest = len(word) if self.full_strip else len(word) - 1
        if prefixes:
            for size in range(longest + 1):
                for affix in self.prefixes.get(word[:size], ()):
                    yield from self._without(word, size, affix, prefix, depth)
        for size in range(longest + 1):
            for affix in self.suffixes.get(word[len(word) - size :], ()):
                if affix is not last and self._may_precede(affix, last):
                    yield from self._without(word, size, affix, prefix, depth)

    def _may_precede(self, inner: Affix, outer: Affix | None) -> bool:
        if outer is None:
            return True
        return inner.crosses and (outer.flag in inner.continued or (outer.is_prefix and not inner.continued))

    def _without(self, word: str, size: int, affix: Affix, prefix: Affix | None, depth: int) -> Iterator[str]:
        before = affix.undone(word, size)
        if before is None:
            return
        for flags in self.words.get(before, ()):
            allowed = flags | affix.continued
            if (
                affix.flag in flags
                and (prefix is None or prefix.flag in allowed)
                and self.only_in_compound not in flags
            ):
                yield before
        if affix.crosses and (depth == 0 or (depth == 1 and prefix is not None and not affix.is_prefix)):
            yield from self._stripped(before, affix, affix if affix.is_prefix else prefix, depth + 1, prefixes=False)


def read_dictionary(folder: Path, *, ignore_case: bool = False) -> Dictionary:
    """The dictionary of the affix file and the word lists in ``folder``.

    Raises:
        Unsupported: the affix file uses an option that changes stems and is not built.
    """
    out = Dictionary(ignores_case=ignore_case)
    content = next(iter(sorted(folder.glob("*.aff")))).read_bytes()
    declared = re.search(rb"^SET[ \t]+(\S+)", content, re.MULTILINE)
    encoding = declared[1].decode("ascii") if declared else "iso8859-1"
    _read_affixes(out, content.decode(encoding, "replace").lstrip("\ufeff"))
    for path in sorted(folder.glob("*.dic")):
        _read_words(out, path.read_bytes().decode(encoding, "replace"))
    return out


def _read_affixes(out: Dictionary, text: str) -> None:
    lines = (parts for line in text.splitlines() if (parts := line.split()) and not line.startswith("#"))
    for option, *values in lines:
        match option:
            case "PFX" | "SFX":
                _read_rules(out, option == "PFX", values, lines)
            case "FLAG":
                out.flag_kind = values[0].lower()
            case "AF":
                out.aliases = [out.flags(next(lines)[1]) for _ in range(int(values[0]))]
            case "NEEDAFFIX" | "PSEUDOROOT":
                out.needs_affix = values[0]
            case "ONLYINCOMPOUND":
                out.only_in_compound = values[0]
            case "FULLSTRIP":
                out.full_strip = True
            case _ if option in _REFUSED:
                raise Unsupported(f"the option [{option}] of Hunspell dictionaries")


def _read_rules(out: Dictionary, is_prefix: bool, head: list[str], lines: Iterator[list[str]]) -> None:
    flag, crosses, count = head[0], head[1] == "Y", int(head[2])
    for _ in range(count):
        _, _, stripped, added, *rest = next(lines)
        added, _, continued = added.partition("/")
        condition = rest[0] if rest else "."
        pattern = "^" + _escaped(condition) if is_prefix else _escaped(condition) + "$"
        affix = Affix(
            flag,
            is_prefix,
            crosses,
            "" if stripped == "0" else stripped,
            re.compile(pattern if condition != "." else ""),
            out.flags(continued) if continued else _NONE,
        )
        table = out.prefixes if is_prefix else out.suffixes
        key = "" if added == "0" else added
        table[key.lower() if out.ignores_case else key].append(affix)


def _escaped(condition: str) -> str:
    """A condition knows ``.`` and character classes, in which a dash means itself."""
    return re.sub(r"[-\\^$*+?(){}|]", lambda match: match[0] if match[0] == "^" else "\\" + match[0], condition)


def _read_words(out: Dictionary, text: str) -> None:
    for line in text.splitlines()[1:]:
        entry = re.split(r"\t|\s+(?=[a-z]{2}:)", line, maxsplit=1)[0].strip()
        if not entry or line.startswith(("#", "/")):
            continue
        if re.search(r"\sst:", line):
            raise Unsupported("stems of their own [st:] in Hunspell dictionaries")
        word, _, flags = entry.replace("\\/", "\0").partition("/")
        word = word.replace("\0", "/")
        out.words[word.lower() if out.ignores_case else word].append(out.flags(flags) if flags else _NONE)
