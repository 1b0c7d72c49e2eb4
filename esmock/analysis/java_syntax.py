"""Java's regular expressions in Python's syntax, read as java.util.regex.Pattern reads them: its order, its errors, its places.

Source: documentation of java.util.regex.Pattern; answers of 7.10.2 on Java 17.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from esmock.analysis import java_classes as classes
from esmock.errors import PatternSyntax, Unsupported

_LINE_ENDS = "\\n\\r\\x85\\u2028\\u2029"
_ANY_LINE_END = "(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])"
_AT_LINE_END = "\\r\\n|(?<!\\r)\\n|[\\r\\x85\\u2028\\u2029]"
_LINE_BEGINS = "(?:\\A|(?<=[\\n\\x85\\u2028\\u2029])|(?<=\\r)(?!\\n))(?!\\Z)"
_BEFORE_LAST_LINE_END = f"(?=(?:{_AT_LINE_END})?\\Z)"
_CONTROLS = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_ASSERTIONS = {"A": "\\A", "G": "\\G", "z": "\\Z", "Z": _BEFORE_LAST_LINE_END}
_FLAGS = "idmsucxU"
_NEVER = "(?!)"
_LONGEST = 1 << 31


class Translator:
    """One pattern on its way.

    Args:
        pattern: Java's.
        flags: the letters of Java's flags that are on (``i d m s u x U``).
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._flags = frozenset(flags)
        self._given = self._flags
        self._names: set[str] = set()
        self._groups = 0
        self._is_unbounded = False
        self._has_length = False
        self._open: list[int] = []

    def translate(self) -> str:
        """Raises PatternSyntax with Java's text, Unsupported."""
        out = self._expression()
        if self._at < len(self._pattern):
            raise self._error("Unmatched closing ')'", self._at - 1)
        return out

    def _error(self, message: str, at: int) -> PatternSyntax:
        where = f" near index {at}" if at >= 0 else ""
        arrow = f"\n{' ' * at}^" if 0 <= at < len(self._pattern) else ""
        return PatternSyntax(f"{message}{where}\n{self._pattern}{arrow}")

    # -- characters

    def _peek(self) -> str:
        if "x" in self._flags:
            self._skip_comments()
        return self._pattern[self._at : self._at + 1]

    def _skip_comments(self) -> None:
        found = _COMMENTS.match(self._pattern, self._at)
        self._at = found.end() if found else self._at

    def _take(self, text: str) -> bool:
        if not self._pattern.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    # -- sequences

    def _expression(self) -> str:
        """Branches up to the end of the group. Flags set in one hold in those that follow."""
        before = self._flags
        branches = [self._branch(before)]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._branch(before))
        return "|".join(branches)

    def _branch(self, outer: frozenset[str]) -> str:
        """Atoms with their repetitions; ``outer`` are the flags that hold around the group."""
        out = [self._changed(outer)]
        opened = bool(out[0])
        while (char := self._peek()) and char not in "|)":
            if char in "?*+":
                raise self._error(f"Dangling meta character '{char}'", self._at)
            if char == "(":
                now = self._flags
                piece = self._group()
                if piece is None:
                    out.append((")" if opened else "") + self._changed(outer))
                    opened = bool(self._changed(outer))
                    continue
                assert self._flags == now
                out.append(piece)
                continue
            atom, is_place = self._atom(char)
            out.append(self._repeated(atom, is_place=is_place))
        return "".join(out) + (")" if opened else "")

    def _changed(self, outer: frozenset[str]) -> str:
        """The beginning of a group with the flags that hold now, where they are not those around it."""
        on = "".join(sorted((self._flags - outer) & set("iu"))).replace("u", "u" if "i" in self._flags else "")
        off = "i" if "i" in outer - self._flags else ""
        return f"(?{on}{'-' if off else ''}{off}:" if on or off else ""

    def _atom(self, char: str) -> tuple[str, bool]:
        """What stands at a place before its repetition, and whether it has no length."""
        if char == "[":
            self._at += 1
            return self._class(), False
        if char == "\\":
            return self._escaped_atom()
        if char == "{":
            return "(?:)", True
        self._at += 1
        if char == "^":
            return (_LINE_BEGINS if "m" in self._flags else "\\A"), True
        if char == "$":
            return (f"(?={_AT_LINE_END}|\\Z)" if "m" in self._flags else _BEFORE_LAST_LINE_END), True
        if char == ".":
            return self._any_character(), False
        return re.escape(char), False

    def _any_character(self) -> str:
        if "s" in self._flags:
            return "[\\s\\S]"
        return "[^\\n]" if "d" in self._flags else f"[^{_LINE_ENDS}]"

    # -- repetitions

    def _repeated(self, atom: str, *, is_place: bool = False, is_group: bool = False) -> str:
        char = self._peek()
        has_length, self._has_length = self._has_length, self._has_length or not is_place
        if char in ("?", "*", "+"):
            self._at += 1
            is_endless = char != "?"
            counted = char
        elif char == "{":
            counted = self._counted()
            is_endless = counted.endswith(",}")
        else:
            return atom
        kind = self._peek()
        if kind in ("?", "+"):
            self._at += 1
            counted += kind
        if is_endless and not is_place:
            # Java's: one character repeated greedily counts as bounded, otherwise only where nothing stands before it
            self._is_unbounded |= is_group or (kind in ("?", "+") and has_length)
        return (f"(?:{atom})" if is_place else atom) + counted

    def _counted(self) -> str:
        found = _COUNTS.match(self._pattern, self._at)
        if found is None:
            raise self._error("Illegal repetition", self._at + 1 if self._at else -1)
        low, comma, high, closing = found.groups()
        if not closing or (high and not comma):
            raise self._error("Unclosed counted closure", found.end())
        if high and int(high) < int(low):
            raise self._error("Illegal repetition range", found.end() - 1)
        if int(high or low) >= _LONGEST:
            raise self._error("Illegal repetition range", found.end() - 1)
        self._at = found.end()
        return found[0]

    # -- groups

    def _group(self) -> str | None:
        """A group with its repetition; None: it only set flags."""
        self._at += 1
        before = self._flags
        if self._peek() != "?":
            self._groups += 1
            opening, is_place = "(", False
        else:
            self._at += 1
            found = self._special()
            if found is None:
                return None
            opening, is_place = found
        inner = self._behind(opening) if opening in ("(?<=", "(?<!") else self._inside(opening)
        if self._peek() != ")":
            raise self._error("Unclosed group", len(self._pattern))
        self._at += 1
        self._flags = before
        return self._repeated(opening + inner + ")", is_place=is_place, is_group=True)

    def _inside(self, opening: str) -> str:
        """The expression of a group; while it is read, references to it match nothing."""
        is_capturing = opening == "(" or opening.startswith("(?P<")
        self._open.append(self._groups if is_capturing else 0)
        inner = self._expression()
        self._open.pop()
        return inner

    def _behind(self, opening: str) -> str:
        """What a look behind asks for. Raises PatternSyntax where its length has no end."""
        around = self._is_unbounded, self._has_length
        self._is_unbounded = self._has_length = False
        inner = self._inside(opening)
        if self._is_unbounded:
            raise self._error("Look-behind group does not have an obvious maximum length", self._at - 1)
        self._is_unbounded, self._has_length = around
        return inner

    def _special(self) -> tuple[str, bool] | None:
        """What stands behind ``(?``: the opening of the group and whether it has no length; None: flags alone."""
        for opening in ("=", "!", "<=", "<!"):
            if self._take(opening):
                return "(?" + opening, True
        for opening in (":", ">"):
            if self._take(opening):
                return "(?" + opening, False
        if self._take("<"):
            self._groups += 1
            return f"(?P<{self._group_name()}>", False
        if self._pattern[self._at : self._at + 1] in ("$", "@"):
            raise self._error("Unknown group type", self._at)
        outer = self._flags
        self._read_flags()
        if self._take(")"):
            return None
        if not self._take(":"):
            raise self._error("Unknown inline modifier", self._at)
        return self._changed(outer) or "(?:", False

    def _read_flags(self) -> None:
        is_on = True
        while (char := self._pattern[self._at : self._at + 1]) and (char in _FLAGS or char == "-"):
            self._at += 1
            if char == "-":
                is_on = False
            elif is_on:
                self._flags |= {char, "u"} if char == "U" else {char}
            else:
                self._flags -= {char}

    def _group_name(self) -> str:
        found = _NAME.match(self._pattern, self._at)
        if found is None:
            raise self._error("capturing group name does not start with a Latin letter", self._at)
        self._at = found.end()
        if not self._take(">"):
            raise self._error("named capturing group is missing trailing '>'", self._at)
        if found[0] in self._names:
            raise self._error(f"Named capturing group <{found[0]}> is already defined", self._at - 1)
        self._names.add(found[0])
        return found[0]

    # -- escapes

    def _escaped_atom(self) -> tuple[str, bool]:
        at = self._at + 1
        char = self._pattern[at : at + 1]
        if not char:
            raise self._error("Unexpected internal error", at)
        self._at = at + 1
        if char in _ASSERTIONS:
            return _ASSERTIONS[char], True
        if char in "bB":
            return (classes.boundary() if char == "b" else f"(?!{classes.boundary()})"), True
        if char == "Q":
            return self._quoted(), False
        if char == "R":
            return _ANY_LINE_END, False
        if char == "X":
            return "\\X", False
        if char == "k":
            return self._named_reference(), False
        if char in "123456789":
            return self._reference(char), False
        item = self._escape(char)
        if isinstance(item, classes.Exact):
            return item, False
        return (re.escape(chr(item)) if isinstance(item, int) else f"[{item}]"), False

    def _quoted(self) -> str:
        end = self._pattern.find("\\E", self._at)
        text = self._pattern[self._at : end if end >= 0 else len(self._pattern)]
        self._at = end + 2 if end >= 0 else len(self._pattern)
        if self._peek() in ("?", "*", "+", "{") and len(text) > 1:
            # a repetition takes the last character alone
            return re.escape(text[:-1]) + self._repeated(re.escape(text[-1]))
        return re.escape(text) or "(?:)"

    def _named_reference(self) -> str:
        if not self._take("<"):
            raise self._error("\\k is not followed by '<' for named capturing group", self._at)
        found = _NAME.match(self._pattern, self._at)
        if found is None:
            raise self._error("capturing group name does not start with a Latin letter", self._at)
        self._at = found.end()
        if not self._take(">"):
            raise self._error("named capturing group is missing trailing '>'", self._at)
        if found[0] not in self._names:
            raise self._error(f"named capturing group <{found[0]}> does not exist", self._at - 1)
        return f"(?P={found[0]})"

    def _reference(self, digit: str) -> str:
        number = int(digit)
        while (
            (more := self._pattern[self._at : self._at + 1])
            and more in string.digits
            and number * 10 + int(more) <= self._groups
        ):
            number = number * 10 + int(more)
            self._at += 1
        # a group that is not there never matches
        return f"(?:\\{number})" if number <= self._groups and number not in self._open else _NEVER

    def _escape(self, char: str) -> int | str:
        """A character's code, or the inside of a class, for what stands behind a backslash here and in classes."""
        if char in "dDwWsShHvV":
            return classes.shorthand(char, is_unicode="U" in self._flags, folds={"i", "u"} <= self._flags)
        if char in "pP":
            inside = self._property()
            return inside if char == "p" else inside[1:] if inside.startswith("^") else "^" + inside
        if char in _CONTROLS:
            return _CONTROLS[char]
        reader = _CODES.get(char)
        if reader is not None:
            return reader(self)
        if char.isascii() and char.isalnum():
            raise self._error("Illegal/unsupported escape sequence", self._at - 1)
        return ord(char)

    def _octal(self) -> int:
        found = _OCTAL.match(self._pattern, self._at)
        if found is None:
            raise self._error("Illegal octal escape sequence", min(self._at, len(self._pattern)))
        self._at = found.end()
        return int(found[0], 8)

    def _hexadecimal(self) -> int:
        found = _HEX.match(self._pattern, self._at)
        if found is None:
            raise self._error("Illegal hexadecimal escape sequence", min(self._at + 1, len(self._pattern)))
        self._at = found.end()
        return int(found[1] or found[2], 16)

    def _unicode(self) -> int:
        found = _UNICODE.match(self._pattern, self._at)
        if found is None:
            raise self._error("Illegal Unicode escape sequence", min(self._at + 2, len(self._pattern)))
        self._at = found.end()
        return int(found[0], 16)

    def _control(self) -> int:
        if self._at >= len(self._pattern):
            raise self._error("Illegal control escape sequence", self._at - 1)
        self._at += 1
        return ord(self._pattern[self._at - 1]) ^ 64

    def _named_character(self) -> int:
        raise Unsupported("\\N in a regular expression")

    def _property(self) -> str:
        """``\\p{..}``."""
        if not self._take("{"):
            name = self._pattern[self._at : self._at + 1]
            self._at += 1
            return self._family(name, self._at - 1)
        end = self._pattern.find("}", self._at)
        if end < 0:
            raise self._error("Unclosed character family", len(self._pattern))
        if end == self._at:
            raise self._error("Empty character family", end)
        name = self._pattern[self._at : end]
        self._at = end + 1
        return self._family(name, end)

    def _family(self, name: str, at: int) -> str:
        try:
            return classes.family(name)
        except classes.UnknownProperty as error:
            raise self._error(str(error), at) from None

    # -- character classes

    def _class(self) -> str:
        """A character class that begins before this place."""
        negated = self._take("^")
        all_of = [classes.Members()]
        is_first = True
        while not (self._pattern.startswith("]", self._at) and not is_first):
            if self._at >= len(self._pattern):
                raise self._error("Unclosed character class", len(self._pattern) - 1)
            if self._take("&&"):
                all_of.append(classes.Members())
            elif self._take("["):
                all_of[-1].sets.append(self._class())
            else:
                self._member(all_of[-1])
            is_first = False
        self._at += 1
        return classes.joined(all_of, negated=negated)

    def _member(self, members: classes.Members) -> None:
        """Take a character, a range or an escape of a class."""
        first = self._item()
        if first is None:
            return
        is_range = self._pattern.startswith("-", self._at) and self._pattern[self._at + 1 : self._at + 2] not in (
            "",
            "]",
            "[",
        )
        if not is_range:
            members.add(first)
            return
        if isinstance(first, str):
            # behind a class a dash means itself
            members.add(first)
            return
        self._at += 1
        last = self._item()
        if not isinstance(last, int) or first > last:
            raise self._error("Illegal character range", self._at - 1)
        members.body += f"{classes.literal(first)}-{classes.literal(last)}"

    def _item(self) -> int | str | None:
        """A character's code or the inside of a class; None for white space and comments under ``(?x)``."""
        char = self._pattern[self._at]
        if "x" in self._flags and (char in _SPACE or char == "#"):
            before = self._at
            self._skip_comments()
            return None if self._at > before else ord(char)
        self._at += 1
        if char != "\\" or self._at >= len(self._pattern):
            return ord(char)
        char = self._pattern[self._at]
        self._at += 1
        if char == "Q":
            end = self._pattern.find("\\E", self._at)
            text = self._pattern[self._at : end if end >= 0 else len(self._pattern)]
            self._at = end + 2 if end >= 0 else len(self._pattern)
            return "".join(classes.literal(ord(one)) for one in text)
        return self._escape(char)


_SPACE = " \t\n\x0b\f\r"
_COMMENTS = re.compile(r"(?:[ \t\n\x0b\f\r]|#[^\n\r\x85\u2028\u2029]*)+")
_COUNTS = re.compile(r"\{(\d+)(,?)(\d*)(\}?)", re.ASCII)
_NAME = re.compile("[A-Za-z][A-Za-z0-9]*")
_OCTAL = re.compile("[0-3]?[0-7]{1,2}")
_HEX = re.compile(r"([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\}")
_UNICODE = re.compile("[0-9a-fA-F]{4}")
_CODES: dict[str, Callable[[Translator], int]] = {
    "0": Translator._octal,
    "x": Translator._hexadecimal,
    "u": Translator._unicode,
    "c": Translator._control,
    "N": Translator._named_character,
}
