"""A script as a request carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from esmock.errors import ElasticsearchParse, IllegalArgument, NullPointer
from esmock.xcontent import object_parser as parsing
from esmock.xcontent import value_reader
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.located import at_value, standing
from esmock.xcontent.object_parser import Parser
from esmock.xcontent.reading import written_anew
from esmock.xcontent.value_reader import Key, Reading

Json = Any
DEFAULT_LANG = "painless"
_NAMES = ("source", "inline", "id", "stored")
_DEPRECATED = {"inline": "source", "stored": "id"}
_KINDS: dict[str, tuple[type, str]] = {
    "lang": (str, "String"),
    "params": (dict, "Map"),
    "options": (dict, "Map"),
    "source": (str, "String"),
    "id": (str, "String"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """``id_or_code`` is the source, or the id when ``stored``; lang is None for a stored script."""

    id_or_code: str
    lang: str | None = DEFAULT_LANG
    stored: bool = False
    params: dict[str, Json] = field(default_factory=dict)
    options: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def parse(cls, holder: Json, key: Key, reading: Reading, lang: str = DEFAULT_LANG) -> Script:
        """The script under a key: a string, or an object. Raises XContentParse and IllegalArgument as Elasticsearch does."""
        value = holder[key]
        if isinstance(value, str):
            return cls(value, lang)
        return _build(_PARSER.read_next(holder, key, reading), lang)

    @classmethod
    def parse_root(cls, body: Json, reading: Reading) -> Script:
        """The script that a whole body is. Raises as ``parse``."""
        return _build(_PARSER.parse(body, reading), DEFAULT_LANG)

    @classmethod
    def of_settings(cls, flat: Mapping[str, Json], reading: Reading) -> Script:
        """The script that dotted settings hold: they are written as an object, and that is read. Raises as ``parse``."""
        return cls.parse_root(written_anew(_structured(flat), reading.behaviour, "stream"), reading)

    @classmethod
    def of_map(cls, value: Json, reading: Reading) -> Script:
        """The script that a map of settings holds, where no parser reads it any more.

        Raises IllegalArgument, ElasticsearchParse, NullPointer. Unknown names are warned about only.
        """
        if isinstance(value, str):
            return cls(value)
        if not isinstance(value, dict):
            raise IllegalArgument("Script value should be a String or a Map")
        given: dict[str, Any] = {}
        for name in hash_order(value):
            known = _DEPRECATED.get(name, name)
            if known not in _KINDS:
                reading.warn(f"script section does not support [{name}]")
                continue
            if known != name:
                reading.warn(f"Deprecated field [{name}] used, expected [{known}] instead")
            kind, told = _KINDS[known]
            if value[name] is not None and not isinstance(value[name], kind):
                raise ElasticsearchParse(f"Value must be of type {told}: [{name}]")
            given[known] = value[name]
        if given.get("source") is None and given.get("id") is None:
            raise ElasticsearchParse("Expected one of [source] or [id] fields, but found none")
        if given.get("params", {}) is None:
            raise NullPointer(None)
        if given.get("source") is not None:
            return cls(given["source"], given.get("lang", DEFAULT_LANG), False, given.get("params", {}), given.get("options") or {})
        if given.get("lang") is not None:
            raise IllegalArgument("[lang] cannot be specified for stored scripts")
        return cls(given["id"], None, True, given.get("params", {}))

    def shown(self) -> str:
        """As descriptions of tasks show it."""
        from esmock.script.painless.runtime.values import to_text

        kind, lang = ("stored", "null") if self.stored else ("inline", f"'{self.lang}'")
        options = "null" if self.stored else to_text(self.options)
        return f"Script{{type={kind}, lang={lang}, idOrCode='{self.id_or_code}', options={options}, params={to_text(self.params)}}}"

    def to_json(self) -> dict[str, Json]:
        """The object form, as it is stored and shown."""
        body: dict[str, Json] = {"id" if self.stored else "source": self.id_or_code}
        if self.lang is not None:
            body["lang"] = self.lang
        if self.options:
            body["options"] = self.options
        if self.params:
            body["params"] = self.params
        return body


def _source(body: Json, key: Key, reading: Reading) -> tuple[str, bool]:
    _once(body, key)
    value = body[key]
    if isinstance(value, dict):
        import orjson

        return orjson.dumps(value).decode(), True
    return value_reader.text(body, key, reading), False


def _id(body: Json, key: Key, reading: Reading) -> str:
    _once(body, key)
    return value_reader.text(body, key, reading)


def _once(body: Json, key: Key) -> None:
    for earlier in body:
        if earlier == key:
            return
        if earlier in _NAMES:
            refused = IllegalArgument("must only use one of [source, id] when specifying a script")
            raise standing(refused, at_value(body, key))


_PARSER = Parser(
    "script",
    parsing.custom("source", ("VALUE_STRING", "START_OBJECT"), _source, deprecated=("inline",)),
    parsing.custom("id", ("VALUE_STRING",), _id, deprecated=("stored",)),
    parsing.string("lang"),
    parsing.mapping("options"),
    parsing.mapping("params"),
)


def _build(given: dict[str, Any], default_lang: str) -> Script:
    options = dict(given.get("options") or {})
    params = given.get("params") or {}
    if "source" in given:
        code, is_json = given["source"]
        if is_json:
            options["content_type"] = "application/json; charset=UTF-8"
        if len(options) > 1 or (options and "content_type" not in options):
            shown = ", ".join(f"{name}={value}" for name, value in options.items() if name != "content_type")
            raise IllegalArgument(f"illegal compiler options [{{{shown}}}] specified")
        return Script(code, given.get("lang", default_lang), False, params, options)
    if "id" in given:
        if given.get("lang") is not None:
            raise IllegalArgument("illegally specified <lang> for a stored script")
        if options:
            raise IllegalArgument("field [options] cannot be specified using a stored script")
        return Script(given["id"], None, True, params)
    raise IllegalArgument("must specify either [source] for an inline script or [id] for a stored script")


def _structured(flat: Mapping[str, Json]) -> dict[str, Json]:
    """Dotted settings as an object; one whose name another one's goes on from stays dotted."""
    out: dict[str, Json] = {}
    for key in sorted(flat):
        *parents, last = key.split(".")
        holder: Json = out
        for parent in parents:
            holder = holder.setdefault(parent, {}) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder[last] = flat[key]
        else:
            out[key] = flat[key]
    return {key: out[key] for key in hash_order(out, 2)}
