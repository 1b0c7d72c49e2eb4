"""Dissect: a string cut at fixed delimiters, for the processor and for scripts. Docs: dissect-processor."""

from __future__ import annotations

import re
from dataclasses import dataclass

from esmock.errors import ApiError

_KEY = re.compile(r"%\{([^}]*)\}")
_MODIFIERS = re.compile(r"[+?*&/]")
_NAMES = {
    "": re.compile(r"(?P<name>.*?)(?P<padding>->)?\Z", re.S),
    "+": re.compile(r"\+(?P<name>.*?)(?P<padding>->)?\Z", re.S),
    "/": re.compile(r"\+(?P<name>.*?)/(?P<order>[0-9]+)(?P<padding>->)?\Z", re.S),
    "?": re.compile(r"\?(?P<name>.*?)(?P<padding>->)?\Z", re.S),
    "*": re.compile(r"\*(?P<name>.*?)(?P<padding>->)?\Z", re.S),
    "&": re.compile(r"&(?P<name>.*?)(?P<padding>->)?\Z", re.S),
}
"""How a key with each modifier is written; ``/`` is an append with its order."""


class KeyParse(ApiError):
    is_elasticsearch = False
    java = "DissectException$KeyParse"
    package = "org.elasticsearch.dissect"
    type = "key_parse"


class PatternParse(ApiError):
    is_elasticsearch = False
    java = "DissectException$PatternParse"
    package = "org.elasticsearch.dissect"
    type = "pattern_parse"


class FindMatch(ApiError):
    is_elasticsearch = False
    java = "DissectException$FindMatch"
    package = "org.elasticsearch.dissect"
    type = "find_match"


@dataclass(frozen=True, slots=True)
class Key:
    """modifier: nothing, ``+``, ``?``, ``*`` or ``&``."""

    name: str
    modifier: str
    order: int
    skips_padding: bool
    delimiter: str


def parse_pattern(pattern: str) -> tuple[str, list[Key]]:
    """The text before the first key, and the keys with the delimiter behind each. Raises PatternParse, KeyParse."""
    found = list(_KEY.finditer(pattern))
    if not found:
        raise PatternParse(f"Unable to parse pattern: {pattern} Reason: Unable to find any keys or delimiters.")
    leading = pattern[: found[0].start()]
    keys: list[Key] = []
    for number, match in enumerate(found):
        end = found[number + 1].start() if number + 1 < len(found) else len(pattern)
        keys.append(_key(match[1], pattern[match.end() : end]))
    if all(key.modifier == "?" for key in keys):
        raise PatternParse(f"Unable to parse pattern: {pattern} Reason: Unable to find any keys or delimiters.")
    _check_references(pattern, keys)
    return leading, keys


def _key(spec: str, delimiter: str) -> Key:
    modifiers = set(_MODIFIERS.findall(spec))
    if len(modifiers) > 1 and modifiers != {"+", "/"}:
        raise KeyParse(f"Unable to parse key: {spec} Reason: multiple modifiers are not allowed.")
    modifier = "/" if "/" in modifiers else next(iter(modifiers), "")
    match = _NAMES[modifier].search(spec)
    name = "" if match is None else match["name"]
    if match is None or (not name and modifier not in ("", "?")):
        raise KeyParse(f"Unable to parse key: {spec} Reason: The key name could be determined")
    order = int(match["order"]) if modifier == "/" else 0
    kept = "+" if modifier == "/" else modifier
    return Key(name, kept if name else "?", order, match["padding"] is not None, delimiter)


def _check_references(pattern: str, keys: list[Key]) -> None:
    for key in keys:
        if key.modifier in ("*", "&"):
            pair = [one for one in keys if one.name == key.name and one.modifier in ("*", "&")]
            if len(pair) != 2 or {one.modifier for one in pair} != {"*", "&"}:
                raise PatternParse(
                    f"Unable to parse pattern: {pattern} Reason: Found invalid key/reference associations: "
                    f"'{key.name}' Please ensure each '*<key>' is matched with a matching '&<key>"
                )


def dissect(leading: str, keys: list[Key], value: str) -> list[str] | None:
    """The text of each key; None where the value does not fit."""
    if not value.startswith(leading):
        return None
    at = len(leading)
    values: list[str] = []
    while len(values) < len(keys):
        key = keys[len(values)]
        if not key.delimiter:
            return [*values, value[at:]] if key is keys[-1] else None
        end = value.find(key.delimiter, at)
        if end < 0:
            return None
        values.append(value[at:end])
        at = end + len(key.delimiter)
        while value.startswith(key.delimiter, at):
            # the same delimiter again: padding, or keys without a text
            at += len(key.delimiter)
            if keys[len(values) - 1].skips_padding:
                continue
            if len(values) == len(keys):
                break
            values.append("")
    return values


def assemble(keys: list[Key], values: list[str], separator: str) -> dict[str, str]:
    """Field to value: appended parts joined, references resolved."""
    out: dict[str, str] = {}
    appended: dict[str, list[tuple[int, int, str]]] = {}
    joined = {key.name for key in keys if key.modifier == "+"}
    references: dict[str, dict[str, str]] = {}
    for number, (key, value) in enumerate(zip(keys, values, strict=True)):
        if key.modifier == "?":
            continue
        if key.name in joined and key.modifier in ("", "+"):
            appended.setdefault(key.name, []).append((key.order, number, value))
            out.setdefault(key.name, "")
        elif key.modifier in ("*", "&"):
            references.setdefault(key.name, {})[key.modifier] = value
        else:
            out[key.name] = value
    for name, parts in appended.items():
        out[name] = separator.join(value for _, _, value in sorted(parts))
    for pair in references.values():
        out[pair["*"]] = pair["&"]
    return out
