"""How 6.8.23, which stands in for 7.10.2 in recordings with security, differs from 7.x: in words, and in what it does.

``WORDS`` are applied to both answers; ``OTHERWISE`` is asked of answers that differ after that. Both have names.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

Json = Any

_OBJECT = r"\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\}"
WORDS: dict[str, tuple[str, str]] = {
    "documents have no types": (r'"_type":"_doc",|,"_type":"_doc"', ""),
    "conflicts name no type": (r"\[_doc\](\[\w+\]: version conflict)", r"\1"),
    "the missing index is told in the reason": (r"no such index (?:\[\[[^\]]*\]\]|\[[^\]]*\])", "no such index"),
    "the way of authentication is told": (r',"authentication_type":"\w+"', ""),
    "what is missing is called credentials": ("missing authentication (token|credentials)", "missing authentication"),
    "writes are asked for by their kind": (r"indices:data/write/index:op_type/\w+", "indices:data/write/index"),
    "indices are made by an action of their own": ("indices:admin/auto_create", "indices:admin/create"),
    "a key is named where it is refused": (r"API key id \[[^\]]*\] of user", "user"),
    "unknown fields have no parser": (r"(unknown field \[\w+\])(, parser not found| did you mean \[\w+\]\?)", r"\1"),
    "the name of a key is called so": (r"(\d: )(?:api key )?name (may not|is required)", r"\1name \2"),
    "an owner may be asked for, and several keys": (r" if \[owner\] flag is false|(?<=api key id)\(s\)", ""),
    "invalidation tells of no creation": (r'"created":(true|false),("invalidated_tokens")', r"\2"),
    "a put user is answered in one way": (r'"user":\{"created":(true|false)\},', ""),
    "an alias of several indices is told in other words": (
        r"[Aa]lias \[(\w+)\] has more than one (?:indices|index) associated with it \[\[?[^\]]*\]\]?", r"alias [\1] of several",
    ),
    "Kerberos is a way to a token": (r"\[password, _kerberos, refresh", "[password, refresh"),
    "rollover has targets": (r"source alias|rollover target", "rollover target"),
    "a write without effect tells its number": (r'("result":"noop","_shards":\{[^}]*\}),"_\w+":\d+,"_primary_term":\d+', r"\1"),
    "indices have one shard": (r'"_shards":\{"total":\d+,"successful":\d+', '"_shards":{"total":0,"successful":0'),
    "the sum of nothing is nothing": (r'("avg":null,"sum":)(?:null|0\.0)', r"\1null"),
    "totals have a relation": (r'"total":\{"value":(\d+),"relation":"eq"\}', r'"total":\1'),
    "the index of security is hidden": (rf'"\.security-6":{_OBJECT},|,?"\.security-6":{_OBJECT}|\.security[^\n]*\n', ""),
}  # fmt: skip
_WORDS = [(re.compile(pattern), told) for pattern, told in WORDS.values()]


def as_seven(text: str) -> str:
    """An answer without what differs in words."""
    for pattern, told in _WORDS:
        text = pattern.sub(told, text)
    return text


class Exchange(NamedTuple):
    """What was asked, and both answers: status and text."""

    method: str
    path: str
    user: str
    wanted: str
    got: str


Rule = Callable[[Exchange], bool]


def _asks(pattern: str, *, says: str = "", here: str = "") -> Rule:
    asked, said, answered = map(re.compile, (pattern, says, here))

    def is_met(one: Exchange) -> bool:
        line = f"{one.method} {one.path}"
        return all(found.search(text) for found, text in ((asked, line), (said, one.wanted), (answered, one.got)))

    return is_met


def _apart_from(pattern: str, asked: str) -> Rule:
    """The answers to some requests are one but for what a pattern matches, and for the order of keys."""
    what, line = re.compile(pattern), re.compile(asked)

    def bare(text: str) -> Json:
        status, _, body = what.sub("", text).partition(" ")
        with contextlib.suppress(ValueError):
            return status, json.loads(body)
        return status, body

    return lambda one: line.search(f"{one.method} {one.path}") is not None and bare(one.wanted) == bare(one.got)


def _is_reordered(one: Exchange, name: str) -> bool:
    """Whether the answers are one but for the order of a list."""
    bodies = []
    for text in (one.wanted, one.got):
        try:
            body = json.loads(text.partition(" ")[2])
        except ValueError:
            return False
        if not isinstance(body, dict) or name not in body:
            return False
        bodies.append(sorted(json.dumps(found) for found in body[name]))
    return bodies[0] == bodies[1]


OTHERWISE: dict[str, Rule] = {
    # actions and privileges
    "aliases are read by the action that gets indices": _asks(r"^(GET|HEAD) /(_alias|_cat/aliases|[^/]+/_alias)"),
    "indices are listed by way of the cluster state": _asks(r"^GET /_cat/(indices|shards|segments)"),
    "who may monitor does not read templates": _asks(r"^(GET|HEAD) /(_cat/templates|_template)"),
    "names of keys are no patterns": _asks(r"^GET /_security/api_key\?name=[^&]*\*", says=r'\{"api_keys":\[\]\}'),
    "keys are found in the order of Lucene's documents": lambda one: _is_reordered(one, "api_keys"),
    "of a key's owner the name and address are not told": _apart_from(
        r'"full_name":("[^"]*"|null),"email":("[^"]*"|null)(?=.*"_es_api_key")', "^GET /_security/_authenticate"
    ),
    "what is no token is refused": _asks(
        "^DELETE /_security/oauth2/token", says="^40[01] .*(token malformed|could not refresh)", here=r'^404 \{"invalidated_tokens":0'
    ),
    "tokens are looked for as their reader": _asks("^DELETE /_security/oauth2/token", says=r"indices:data/read/search\]"),
    "names of indices stand in the order of a hash": lambda one: "_privileges" in one.path and sorted(one.wanted) == sorted(one.got),
    "keys are looked for as their reader": _asks("^(GET|DELETE) /_security/api_key", says=r"indices:data/read/search\]"),
    "who may manage is not told of fields": _asks("/_field_caps", says=r"indices:data/read/field_caps\]"),
    "manage_saml is not about the metadata of providers": _asks("_has_privileges", says=r'"manage_saml":true', here=r'"manage_saml":false'),
    "who administers Logstash has a privilege for it": _apart_from(r',\s*"manage_logstash_pipelines"', "_privileges"),
    "who may nothing has the privilege none": _asks("_has_privileges", says=r'"none":true', here=r'"none":false'),
    # closed indices are not replicated, and their shards nowhere
    "closed indices have no shards": _asks(r"/_(recovery|search_shards|flush|segments|stats|validate|analyze)", says="closed|^200"),
    # one for all
    "one bad document fails all term vectors": _asks("^POST /_mtermvectors", says="^4"),
    "one alias without an index fails a bulk": _asks("^POST /_bulk", says="^400 .*no write index is defined"),
    "a missing index is told without its resource": _asks("^POST /_mtermvectors", here='"resource.type":"index_expression"'),
    # searching
    "an index without fields cannot be collapsed by one": _asks("_search", says="search_context_exception"),
    "text fields are told of in other words": _asks("_search", says="Fielddata is disabled on text fields by default"),
    "emptied segments go": _apart_from(r'"sort":\[\d+\]', "_search"),
    "fields stand in the order of a hash": _apart_from("(?!)", "_search|_termvectors|_source|_mget"),
    "scores are computed otherwise": _apart_from(r'(?<=\d\.\d{4})\d+|"score":[\d.E-]+', "_search"),
    "a scroll whose search failed is kept": _asks("^DELETE /_search/scroll"),
    "the fields of mappings are others": _asks("/_mapping/field/"),
}


def rule_of(one: Exchange) -> str | None:
    """The name of the rule for a difference; None: there is none."""
    return next((name for name, is_met in OTHERWISE.items() if is_met(one)), None)
