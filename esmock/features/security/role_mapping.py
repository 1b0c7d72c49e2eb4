"""Role mappings: rules that give roles to users of other realms. Kept and shown; no realm of esmock's asks them.

Source: answers of 6.8.23. Docs: security-api-put-role-mapping.
"""

from __future__ import annotations

from typing import Any

from esmock.errors import ElasticsearchParse, IllegalState, Parsing, XContentParse
from esmock.xcontent.located import at_name

Json = Any
_KNOWN = ("roles", "role_templates", "rules", "enabled", "metadata", "run_as")
_RULES = ("any", "all", "field", "except")


def parse(name: str, body: Json, end: tuple[int, int]) -> dict[str, Json]:
    """A mapping as it is kept and shown.

    Args:
        end: line and column of the body's last character.

    Raises:
        Parsing: an unknown or a missing key, rules that are none.

    Differs: bad rules are told without their line and column.
    """
    for key in body:
        if key not in _KNOWN:
            where = at_name(body, key)
            text = f"[role-mapping] unknown field [{key}]"
            raise Parsing(f"[{where[0]}:{where[1]}] {text}" if where else text, where, cause=XContentParse(text, where))
    try:
        if body.get("rules") is not None:
            _check_rules(body["rules"], None)
    except ElasticsearchParse as error:
        text = "[role-mapping] failed to parse field [rules]"
        raise Parsing(text, cause=XContentParse(text, cause=error)) from None
    for key in ("roles", "rules", "enabled"):
        if body.get(key) is None and not (key == "roles" and body.get("role_templates")):
            text = f"failed to parse role-mapping [{name}]. missing field [{key}]"
            raise Parsing(text, end, cause=IllegalState(text))
    out: dict[str, Json] = {"enabled": bool(body.get("enabled", False))}
    for key in ("roles", "role_templates"):
        if body.get(key) is not None:
            out[key] = body[key]
    return {**out, "rules": body["rules"], "metadata": body.get("metadata") or {}}


def _check_rules(rules: Json, parent: str | None) -> None:
    what = "failed to parse rules expression."
    if not isinstance(rules, dict):
        raise ElasticsearchParse(f"{what} expected [{parent}] to be an object but found [{rules}] instead")
    if not rules:
        raise ElasticsearchParse(f"{what} object [{parent or 'null'}] does not contain any fields")
    if len(rules) > 1:
        raise ElasticsearchParse(f"{what} object [{parent or 'null'}] contains multiple fields")
    kind, value = next(iter(rules.items()))
    if kind not in _RULES:
        raise ElasticsearchParse(f"{what} field [{kind}] is not recognised in object [{parent or 'null'}]")
    if kind in ("any", "all"):
        for one in value:
            _check_rules(one, kind)
    elif kind == "except":
        _check_rules(value, kind)
