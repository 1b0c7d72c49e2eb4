"""What users ask, one step after another: requests of every family, sent with passwords, keys and tokens, as oneself or as others."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests.conformance.security import people
from tests.conformance.security.people import Plan
from tests.conformance.security.slots import Slots

Json = Any
ROOT = "elastic:changeme"
_KEPT = {"key": ("id", "api_key"), "token": ("access_token", "refresh_token")}
"""What an answer that makes something tells of it."""


class Form(NamedTuple):
    """One way to ask: method, path, body with its places, and what is made by it."""

    method: str
    path: str
    body: Json
    makes: str | None


class Case(NamedTuple):
    """A request in the form of 6.8 and in that of later versions; None: it is not asked there."""

    old: Form | None
    new: Form


class Step(NamedTuple):
    """One request by somebody: ``{{NAME_FIELD}}`` in it stands for what was made before, ``kept`` names what it makes.

    Args:
        sender: ``user:password``, or the value of the header; ``... as OTHER`` runs as another; None sends nothing.
    """

    method: str
    path: str
    sender: str | None
    body: Json
    kept: str | None
    fields: tuple[str, ...]


def families() -> dict[str, tuple[int, list[Case]]]:
    """The requests of ``requests.txt``: by family its weight and its cases."""
    found: dict[str, tuple[int, list[Case]]] = {}
    old: Form | None = None
    cases: list[Case] = []
    for line in Path(__file__).with_name("requests.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            name, weight = line.strip("[]").split()
            cases = []
            found[name] = int(weight), cases
            continue
        version, form = line[:4].strip(), _form(line[4:])
        if version == "6.8":
            old = form
            continue
        cases.append(Case(old if version else form, form))
        old = None
    return found


def _form(line: str) -> Form:
    asked, _, makes = line.partition(" => ")
    method, path, *rest = asked.split(" ", 2)
    return Form(method, path, json.loads(rest[0]) if rest else None, makes or None)


def steps(plan: Plan, *, is_old: bool) -> Iterator[Step]:
    """Endless steps made at random. The same plan asks the same in both forms.

    Args:
        is_old: whether in the form of 6.8.
    """
    r = Random(plan.seed)
    cases = {
        name: (weight, [one for one in known if one.old or not plan.of_six])
        for name, (weight, known) in families().items()
        if plan.is_whole or name != "modules"
    }
    kinds = [name for name, (weight, _) in cases.items() for _ in range(weight)]
    made: dict[str, list[str]] = {}
    for number in itertools.count():
        user = plan.user(r)
        kind = r.choice(kinds)
        case = r.choice(cases[kind][1])
        sender = _sender(r, user, plan, made, kind)
        slots = Slots(Random(r.random()), user, plan, is_old, {name: list(names) for name, names in made.items()})
        form = (case.old if is_old else case.new) or case.new
        path, body = slots.text(form.path), slots.fill(form.body)
        kept = f"{form.makes}{number}" if form.makes else None
        if kept and form.makes and (plan.is_whole or form.makes != "key"):
            made.setdefault(form.makes, []).append(kept)
        yield Step(form.method, path, sender, body, kept, _KEPT.get(form.makes or "", ()))


def _sender(r: Random, user: str, plan: Plan, made: dict[str, list[str]], kind: str) -> str | None:
    own = f"{user}:{people.PASSWORD}"
    chance, other = r.random(), plan.user(r)
    if kind in ("security", "keys") and chance < 0.35:
        return ROOT
    if chance < 0.45 or not made:
        return own
    if chance < 0.6 and "key" in made:
        key = r.choice(made["key"])
        return f"ApiKey b64({{{{{key}_id}}}}:{{{{{key}_api_key}}}})"
    if chance < 0.75 and "token" in made:
        return f"Bearer {{{{{r.choice(made['token'])}_access_token}}}}"
    if chance < 0.8:
        return f"{own} as {other}"
    if chance < 0.84:
        others = ("ApiKey abc", "Bearer abc", "ApiKey b64(a:b)", "Basic zzz", f"{user}:wrong12", None)
        return r.choice((f"{own} as nobody", f"{own} as elastic", *others))
    return own


@dataclass
class Memory:
    """What was made on one side, by name."""

    known: dict[str, str] = field(default_factory=dict)

    def filled(self, value: Json) -> Json:
        """With what was made in place of its names; ``b64(...)`` stands for Base64."""
        if isinstance(value, dict):
            return {key: self.filled(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if not isinstance(value, str):
            return value
        told = re.sub(r"\{\{(\w+)\}\}", lambda found: self.known.get(found[1], "unknown"), value)
        return re.sub(r"b64\(([^)]*)\)", lambda found: base64.b64encode(found[1].encode()).decode(), told)

    def named(self, text: str) -> str:
        """An answer with names in place of what was made."""
        for name, value in sorted(self.known.items(), key=lambda item: -len(item[1])):
            text = text.replace(value, f"{{{{{name}}}}}")
        return text

    def keep(self, step: Step, status: int, text: str) -> None:
        """Remember what a step made."""
        if step.kept and status == 200:
            answer = json.loads(text)
            self.known |= {f"{step.kept}_{name}": answer[name] for name in step.fields if answer.get(name)}
