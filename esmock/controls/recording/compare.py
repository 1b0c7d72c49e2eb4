"""Two servers, the same requests: every difference in status, headers, values and their order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from esmock.conformance.target import Answer, Request, Target
from esmock.controls.recording.file import Spelled
from esmock.controls.recording.normalise import Normaliser

Json = Any
KINDS = ("status", "header", "value", "missing", "extra", "order")
_MARK = re.compile(r"\$\{(\d+)\.([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: its kind, where in the answer, and both sides."""

    kind: str
    place: str
    left: str
    right: str

    def __str__(self) -> str:
        return f"{self.kind} {self.place}: {self.left} | {self.right}"


def compare_answers(left: Answer, right: Answer, names: Iterable[str]) -> list[Difference]:
    """The differences of two lone answers."""
    return list(differences(left, right, Normaliser(names), Normaliser(names)))


def differences(left: Answer, right: Answer, left_names: Normaliser, right_names: Normaliser) -> Iterator[Difference]:
    """Every difference of two answers, each normalised with what its server is known by."""
    if left.status != right.status:
        yield Difference("status", "", str(left.status), str(right.status))
    yield from _headers(dict(_joined(left_names.headers(left.headers))), dict(_joined(right_names.headers(right.headers))))
    one, other = _tree(left.body), _tree(right.body)
    if one is None or other is None:
        texts = left_names.text(left.body.decode("utf-8", "replace")), right_names.text(right.body.decode("utf-8", "replace"))
        if texts[0] != texts[1]:
            yield from _texts(*texts)
        return
    yield from _trees(left_names.body(one[0]), right_names.body(other[0]), "")


def _tree(body: bytes) -> tuple[Json] | None:
    try:
        return (json.loads(body, parse_float=Spelled),)
    except ValueError:
        return None


def _joined(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    names = list(dict.fromkeys(name for name, _ in headers))
    for name in names:
        yield name, ", ".join(value for key, value in headers if key == name)


def _headers(left: dict[str, str], right: dict[str, str]) -> Iterator[Difference]:
    for name in (*left, *(name for name in right if name not in left)):
        one, other = left.get(name), right.get(name)
        if one != other:
            yield Difference("header", name, one or "absent", other or "absent")


def _texts(left: str, right: str) -> Iterator[Difference]:
    lines = left.splitlines(), right.splitlines()
    for number in range(max(map(len, lines))):
        one, other = (side[number] if number < len(side) else "absent" for side in lines)
        if one != other:
            yield Difference("value", f"line {number + 1}", one, other)
            return
    yield Difference("value", "text", _shown(left), _shown(right))


def _trees(left: Json, right: Json, place: str) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        yield from _objects(left, right, place)
    elif isinstance(left, list) and isinstance(right, list):
        for number, (one, other) in enumerate(zip(left, right, strict=False)):
            yield from _trees(one, other, _at(place, str(number)))
        if len(left) != len(right):
            yield Difference("value", _at(place, "length"), str(len(left)), str(len(right)))
    elif _leaf(left) != _leaf(right):
        yield Difference("value", place or "body", _shown(left), _shown(right))


def _objects(left: dict[str, Json], right: dict[str, Json], place: str) -> Iterator[Difference]:
    for key, value in left.items():
        if key in right:
            yield from _trees(value, right[key], _at(place, key))
        else:
            yield Difference("missing", _at(place, key), _shown(value), "absent")
    for key, value in right.items():
        if key not in left:
            yield Difference("extra", _at(place, key), "absent", _shown(value))
    shared = [key for key in left if key in right], [key for key in right if key in left]
    if shared[0] != shared[1]:
        yield Difference("order", place or "body", ", ".join(shared[0]), ", ".join(shared[1]))


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _leaf(value: Json) -> tuple[type, Json]:
    """A value as it was spelled: 1, 1.0 and 1.0E0 are three."""
    return (type(value), value.text) if isinstance(value, Spelled) else (type(value), value)


def _shown(value: Json) -> str:
    text = value.text if isinstance(value, Spelled) else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:197] + "..."


@dataclass(frozen=True, slots=True)
class Compared:
    """One request and its differences."""

    where: str
    request: Request
    differences: tuple[Difference, ...]


class Pair:
    """Two servers that get the same requests."""

    def __init__(self, left: Target, right: Target, names: Iterable[str]) -> None:
        names = frozenset(names)
        self.sides = (left, right)
        self._names = (Normaliser(names), Normaliser(names))
        self._answers: tuple[list[Json], list[Json]] = ([], [])

    def ask(self, request: Request, where: str) -> Compared:
        """Send a request to both; ``${2._scroll_id}`` in it is a value of that server's second answer."""
        answers: list[Answer] = []
        for side, seen in zip(self.sides, self._answers, strict=True):
            target = _MARK.sub(lambda m, seen=seen: quote(_value(seen, m), safe=""), request.target)  # type: ignore[misc]
            body = _MARK.sub(lambda m, seen=seen: _value(seen, m), request.body.decode())  # type: ignore[misc]
            answer = side.send(request.method, target, body.encode(), request.headers)
            found = _tree(answer.body)
            seen.append(found[0] if found is not None else None)
            answers.append(answer)
        return Compared(where, request, tuple(differences(answers[0], answers[1], *self._names)))

    def ask_again(self, request: Request, where: str) -> Compared:
        """Send a recorded request to both, with each server's own names for what the recording numbers."""
        answers = [
            side.send(request.method, names.real(request.target), names.real(request.body.decode()).encode(), request.headers)
            for side, names in zip(self.sides, self._names, strict=True)
        ]
        return self.compare(request, answers[0], answers[1], where)

    def compare(self, request: Request, left: Answer, right: Answer, where: str) -> Compared:
        """Two answers that were asked for elsewhere."""
        return Compared(where, request, tuple(differences(left, right, *self._names)))


def _value(answers: list[Json], mark: re.Match[str]) -> str:
    number = int(mark[1])
    found = answers[number - 1] if 0 < number <= len(answers) else None
    for key in mark[2].split("."):
        if isinstance(found, list) and key.isdigit() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, dict):
            found = found.get(key)
        else:
            return mark[0]
    return found if isinstance(found, str) else json.dumps(found)
