"""java.util.Locale, its Builder, and language ranges (RFC 4647)."""

from __future__ import annotations

import copy
import functools
import json
import re
from importlib import resources
from types import MappingProxyType
from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import JavaSet
from esmock.script.painless.runtime.enums import JavaEnum, constants_of, enum_constants, enum_statics
from esmock.script.painless.runtime.time import locales
from esmock.script.painless.runtime.values import (
    Char,
    JavaArray,
    binary_name,
    class_of,
    double_text,
    miscast,
    string_hash,
    wrap_int,
)


@functools.cache
def iso_codes() -> MappingProxyType[str, Any]:
    """``countries`` and ``languages``: by two letters [three letters, English name]; ``scripts``: names."""
    text = resources.files(__package__).joinpath("iso_codes.json").read_text("utf-8")
    return MappingProxyType(json.loads(text))


_TAG = re.compile(
    r"(?:([A-Za-z]{2,8})(?:-[A-Za-z]{3})*?)(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|\d{3}))?((?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*)"
    r"((?:-[A-WY-Za-wy-z0-9](?:-[A-Za-z0-9]{2,8})+)*)(?:-[xX]((?:-[A-Za-z0-9]{1,8})+))?"
)


class Locale:
    """A language, script, country, variant and extensions by their letter."""

    java_class = "java.util.Locale"

    def __init__(self, language: str, country: str = "", variant: str = "") -> None:
        for part in (language, country, variant):
            if part is None:
                raise t.NullPointer(None)
        self.language, self.country, self.variant = language.lower(), country.upper(), variant
        self.script = ""
        self.extensions: dict[str, str] = {}

    @classmethod
    def of_tag(cls, tag: str) -> Locale:
        """Locale.forLanguageTag: what is no tag gives the part that is one."""
        if tag is None:
            raise t.NullPointer(None)
        text = tag.replace("_", "-")
        while text:
            found = _TAG.fullmatch(text)
            if found is not None:
                return cls._of_match(found)
            if re.fullmatch(r"[xX]((?:-[A-Za-z0-9]{1,8})+)", text):
                made = cls("")
                made.extensions["x"] = text[2:].lower()
                return made
            text = text.rpartition("-")[0]
        return cls("")

    @classmethod
    def _of_match(cls, found: re.Match[str]) -> Locale:
        language, script, country, variants, extensions, private = found.groups()
        variant = "_".join(part for part in (variants or "").split("-") if part)
        made = cls("" if language.lower() == "und" else language, country or "", variant)
        made.script = (script or "").title()
        for part in re.findall(r"-([A-Za-z0-9](?:-[A-Za-z0-9]{2,8})+)", extensions or ""):
            made.extensions.setdefault(part[0].lower(), part[2:].lower())
        if private:
            made.extensions["x"] = private[1:].lower()
        return made

    def j_getLanguage(self) -> str:
        return self.language

    def j_getCountry(self) -> str:
        return self.country

    def j_getVariant(self) -> str:
        return self.variant

    def j_getScript(self) -> str:
        return self.script

    def j_toLanguageTag(self) -> str:
        parts = [self.language if re.fullmatch("[a-z]{2,8}", self.language) else "und"]
        parts += [self.script] if self.script else []
        parts += [self.country] if re.fullmatch(r"[A-Z]{2}|\d{3}", self.country) else []
        private: list[str] = []
        for variant in self.variant.split("_") if self.variant else []:
            fits = re.fullmatch(r"[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}", variant) and not private
            (parts if fits else private).append(variant)
        for letter in sorted(self.extensions, key=lambda one: (one == "x", one)):
            if letter != "x":
                parts.append(f"{letter}-{self.extensions[letter]}")
        if private:
            parts.append("x-lvariant-" + "-".join(private))
        if "x" in self.extensions:
            parts.append("x-" + self.extensions["x"])
        text = "-".join(parts)
        return text[4:] if text.startswith("und-x-") else text

    def j_toString(self) -> str:
        if not (self.language or self.country) and not self.script and not self.extensions:
            return ""
        tail = f"{self.script}" if self.script else ""
        extras = "-".join(f"{letter}-{text}" for letter, text in sorted(self.extensions.items()))
        text = self.language
        if self.country or ((self.variant or tail or extras) and (self.language or self.country)):
            text += "_" + self.country
        if self.variant and (self.language or self.country):
            text += "_" + self.variant
        if tail or extras:
            text += ("_#" if not text.endswith("_") or self.country or self.variant else "#") + tail
            text += ("_" if tail else "") + extras if extras else ""
        return text

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, Locale) and vars(self) == vars(other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Locale) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.language, self.country, self.variant, self.script))

    def j_hashCode(self) -> int:
        code = string_hash(self.language)
        for part in (self.script, self.country, self.variant):
            code = wrap_int(31 * code + string_hash(part))
        return code

    def j_clone(self) -> Locale:
        return copy.copy(self)

    # -- names

    def j_getISO3Language(self) -> str:
        return self._three("languages", self.language, "language")

    def j_getISO3Country(self) -> str:
        return self._three("countries", self.country, "country")

    def _three(self, table: str, code: str, what: str) -> str:
        if len(code) == 3 and what == "language":
            return code
        found = iso_codes()[table].get(code)
        if found is None and code:
            raised = t.CLASSES["java.util.MissingResourceException"](f"Couldn't find 3-letter {what} code for {code}")
            raised.resource = (f"FormatData_{self.j_toString()}", f"Short{what.title()}")  # type: ignore[attr-defined]
            raise raised
        return str(found[0]) if found else ""

    def j_getDisplayLanguage(self, locale: Any = None) -> str:
        return self._own(locale, 0) or _name("languages", self.language)

    def j_getDisplayCountry(self, locale: Any = None) -> str:
        return self._own(locale, 1) or _name("countries", self.country)

    def j_getDisplayScript(self, locale: Any = None) -> str:
        return str(iso_codes()["scripts"].get(self.script, self.script))

    def j_getDisplayVariant(self, locale: Any = None) -> str:
        return ",".join(self.variant.split("_")) if self.variant else ""

    def j_getDisplayName(self, locale: Any = None) -> str:
        own = self._own(locale, 2)
        if own:
            return own
        names = [self.j_getDisplayLanguage(), self.j_getDisplayScript(), self.j_getDisplayCountry(), *self.variant.split("_")]
        names += [f"{key}:{value}" for key, value in self._keywords().items()]
        first, *rest = [name for name in names if name] or [""]
        return f"{first} ({','.join(rest)})" if rest else first

    def _own(self, locale: Any, at: int) -> str | None:
        """The name in its own language, which is all that is known beside English."""
        if locale is None or locale != self or self.j_toLanguageTag() not in locales.available():
            return None
        return locales.words(self, "names")[at]

    # -- extensions

    def j_hasExtensions(self) -> bool:
        return bool(self.extensions)

    def j_stripExtensions(self) -> Locale:
        made = copy.copy(self)
        made.extensions = {}
        return made

    def j_getExtension(self, key: int) -> str | None:
        if not _EXTENSION_KEY.fullmatch(chr(key)):
            raise t.IllegalArgument(f"Ill-formed extension key: {chr(key)}")
        return self.extensions.get(chr(key).lower())

    def j_getExtensionKeys(self) -> JavaSet:
        return JavaSet(Char(ord(key)) for key in self.extensions)

    def _keywords(self) -> dict[str, str]:
        out: dict[str, str] = {}
        key = ""
        for part in self.extensions.get("u", "").split("-"):
            if len(part) == 2:
                key = part
                out[key] = ""
            elif key:
                out[key] = f"{out[key]}-{part}".strip("-")
        return out

    def j_getUnicodeLocaleKeys(self) -> JavaSet:
        return JavaSet(self._keywords())

    def j_getUnicodeLocaleType(self, key: str) -> str | None:
        if not re.fullmatch("[A-Za-z0-9]{2}", key):
            raise t.IllegalArgument(f"Ill-formed Unicode locale key: {key}")
        return self._keywords().get(key.lower())

    def j_getUnicodeLocaleAttributes(self) -> JavaSet:
        out = []
        for part in self.extensions.get("u", "").split("-"):
            if len(part) == 2:
                break
            if part:
                out.append(part)
        return JavaSet(out)


def _name(table: str, code: str) -> str:
    found = iso_codes()[table].get(code)
    return str(found[1]) if found else code


_EXTENSION_KEY = re.compile(r"[A-Za-z]")
_EXTENSION_VALUE = re.compile(r"[A-Za-z0-9]{2,8}(-[A-Za-z0-9]{2,8})*")
_KEYWORD = re.compile(r"[A-Za-z0-9]{2}")
_TYPE = re.compile(r"[A-Za-z0-9]{3,8}(-[A-Za-z0-9]{3,8})*")
_ATTRIBUTE = re.compile(r"[A-Za-z0-9]{3,8}")


def _well_formed(form: re.Pattern[str], what: str, text: str) -> None:
    """Raises IllformedLocale."""
    if not form.fullmatch(text):
        raise t.CLASSES["java.util.IllformedLocaleException"](f"Ill-formed {what}: {text} [at index 0]")


class LocaleBuilder:
    """Locale.Builder."""

    java_class = "java.util.Locale.Builder"
    _FORMS = {
        "language": (r"[A-Za-z]{2,8}", "language"),
        "script": (r"[A-Za-z]{4}", "script"),
        "country": (r"[A-Za-z]{2}|\d{3}", "region"),
    }

    def __init__(self) -> None:
        self._made = Locale("")

    def _put(self, part: str, value: str | None) -> LocaleBuilder:
        form, what = self._FORMS[part]
        text = value or ""
        if text and not re.fullmatch(form, text):
            raise t.CLASSES["java.util.IllformedLocaleException"](f"Ill-formed {what}: {text} [at index 0]")
        changed = {"language": str.lower, "script": str.title, "country": str.upper}[part](text)
        setattr(self._made, part, changed)
        return self

    def j_setLanguage(self, value: str) -> LocaleBuilder:
        return self._put("language", value)

    def j_setScript(self, value: str) -> LocaleBuilder:
        return self._put("script", value)

    def j_setRegion(self, value: str) -> LocaleBuilder:
        return self._put("country", value)

    def j_setVariant(self, value: str) -> LocaleBuilder:
        text = (value or "").replace("-", "_")
        for part in text.split("_") if text else []:
            if not re.fullmatch(r"[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}", part):
                raise t.CLASSES["java.util.IllformedLocaleException"](f"Ill-formed variant: {value} [at index 0]")
        self._made.variant = text
        return self

    def j_setLocale(self, locale: Locale) -> LocaleBuilder:
        self._made = copy.copy(locale)
        self._made.extensions = dict(locale.extensions)
        return self

    def j_setLanguageTag(self, tag: str) -> LocaleBuilder:
        self._made = Locale.of_tag(tag or "")
        return self

    def j_setExtension(self, key: int, value: str) -> LocaleBuilder:
        letter = chr(key).lower()
        _well_formed(_EXTENSION_KEY, "extension key", chr(key))
        if value:
            _well_formed(_EXTENSION_VALUE, "extension value", value.replace("_", "-"))
        self._made.extensions.pop(letter, None)
        if value:
            self._made.extensions[letter] = value.lower().replace("_", "-")
        return self

    def j_setUnicodeLocaleKeyword(self, key: str, value: str) -> LocaleBuilder:
        _well_formed(_KEYWORD, "Unicode locale keyword key", key)
        words = self._made._keywords()
        words.pop(key.lower(), None)
        if value:
            _well_formed(_TYPE, "Unicode locale keyword type", value.replace("_", "-"))
        if value is not None:
            words[key.lower()] = value.lower()
        return self._unicode(list(self._made.j_getUnicodeLocaleAttributes()), words)

    def j_addUnicodeLocaleAttribute(self, attribute: str) -> LocaleBuilder:
        _well_formed(_ATTRIBUTE, "Unicode locale attribute", attribute)
        own = [*self._made.j_getUnicodeLocaleAttributes(), attribute.lower()]
        return self._unicode(own, self._made._keywords())

    def j_removeUnicodeLocaleAttribute(self, attribute: str) -> LocaleBuilder:
        _well_formed(_ATTRIBUTE, "Unicode locale attribute", attribute)
        own = [one for one in self._made.j_getUnicodeLocaleAttributes() if one != attribute.lower()]
        return self._unicode(own, self._made._keywords())

    def _unicode(self, attributes: list[str], words: dict[str, str]) -> LocaleBuilder:
        parts = sorted(set(attributes)) + [f"{key}-{value}".rstrip("-") for key, value in sorted(words.items())]
        self._made.extensions.pop("u", None)
        if parts:
            self._made.extensions["u"] = "-".join(parts)
        return self

    def j_clear(self) -> LocaleBuilder:
        self._made = Locale("")
        return self

    def j_clearExtensions(self) -> LocaleBuilder:
        self._made.extensions = {}
        return self

    def j_build(self) -> Locale:
        made = copy.copy(self._made)
        made.extensions = dict(made.extensions)
        return made


class LanguageRange:
    java_class = "java.util.Locale.LanguageRange"

    def __init__(self, text: str, weight: float = 1.0) -> None:
        if not re.fullmatch(r"(\*|[A-Za-z]{1,8})(-(\*|[A-Za-z0-9]{1,8}))*", text):
            raise t.IllegalArgument(f"range={text.lower()}")
        if not 0 <= weight <= 1:
            raise t.IllegalArgument(f"weight={double_text(weight)}")
        self.range, self.weight = text.lower(), weight

    def j_getRange(self) -> str:
        return self.range

    def j_getWeight(self) -> float:
        return self.weight

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, LanguageRange) and (self.range, self.weight) == (other.range, other.weight)

    def j_toString(self) -> str:
        return self.range if self.weight == 1.0 else f"{self.range};q={self.weight}"

    @classmethod
    def parse(cls, text: str, table: Any = None) -> list[LanguageRange]:
        """Of an Accept-Language header; heavier ones first. Raises IllegalArgument."""
        text = text.replace(" ", "").lower()
        text = text[len("accept-language:") :] if text.startswith("accept-language:") else text
        out: list[LanguageRange] = []
        for part in text.split(","):
            name, _, quality = part.partition(";q=")
            try:
                weight = float(quality) if quality else 1.0
            except ValueError:
                raise t.IllegalArgument(f"weight={quality} for language range \"{name}\"") from None
            if all(one.range != name for one in out):
                out.append(cls(name, weight))
        out.sort(key=lambda one: -one.weight)
        return out if table is None else cls.mapped(out, table)

    @classmethod
    def mapped(cls, ranges: Any, table: Any) -> list[Any]:
        out = []
        for one in ranges:
            names = (table or {}).get(one.range)
            out += [cls(name, one.weight) for name in names] if names is not None else [one]
        return out

    def fits(self, tag: str) -> bool:
        """Basic filtering."""
        tag = tag.lower()
        return self.range == "*" or tag == self.range or tag.startswith(self.range + "-")


def _cast(value: Any, kind: type) -> Any:
    """Raises ClassCast: the value is of another class."""
    if not isinstance(value, kind):
        raise miscast(binary_name(class_of(value)), binary_name(kind.java_class))  # type: ignore[attr-defined]
    return value


def _filter_tags(ranges: Any, tags: Any) -> list[str]:
    out: list[str] = []
    for one in ranges:
        for tag in tags:
            if one.fits(tag) and tag.lower() not in (known.lower() for known in out):
                out.append(tag)
    return out


def _filter(ranges: Any, given: Any) -> list[Locale]:
    by_tag = {_cast(locale, Locale).j_toLanguageTag(): locale for locale in given}
    return [by_tag[tag] for tag in _filter_tags(ranges, by_tag)]


def _lookup_tag(ranges: Any, tags: Any) -> str | None:
    for one in ranges:
        name = _cast(one, LanguageRange).range
        while name and name != "*":
            found = next((tag for tag in tags if tag.lower() == name), None)
            if found is not None:
                return found.lower()
            name = name.rpartition("-")[0]
            name = name[:-2] if re.search(r"-[a-z0-9]$", name) else name
    return None


def _lookup(ranges: Any, given: Any) -> Locale | None:
    if not ranges:
        return None
    by_tag = {_cast(locale, Locale).j_toLanguageTag(): locale for locale in given}
    found = _lookup_tag(ranges, by_tag)
    return next((locale for tag, locale in by_tag.items() if tag.lower() == found), None)


class Category(JavaEnum):
    java_class = "java.util.Locale.Category"
    __slots__ = ()


class FilteringMode(JavaEnum):
    java_class = "java.util.Locale.FilteringMode"
    __slots__ = ()


_CATEGORIES = constants_of(Category, "DISPLAY FORMAT")
_MODES = constants_of(
    FilteringMode,
    "AUTOSELECT_FILTERING EXTENDED_FILTERING IGNORE_EXTENDED_RANGES MAP_EXTENDED_RANGES REJECT_EXTENDED_RANGES",
)
DEFAULT = Locale("en")


def available_locales() -> list[Locale]:
    return [Locale.of_tag(tag) for tag in locales.available()]


def _codes(table: str) -> Any:
    return lambda: JavaArray("java.lang.String", iso_codes()[table])


STATICS: dict[str, Any] = {
    "Locale.forLanguageTag/1": Locale.of_tag,
    "Locale.getDefault/0": lambda: DEFAULT,
    "Locale.getDefault/1": lambda category: DEFAULT,
    "Locale.getAvailableLocales/0": lambda: JavaArray("java.util.Locale", available_locales()),
    "Locale.getISOCountries/0": _codes("countries"),
    "Locale.getISOLanguages/0": _codes("languages"),
    "Locale.filter/2": _filter,
    "Locale.filterTags/2": _filter_tags,
    "Locale.lookup/2": _lookup,
    "Locale.lookupTag/2": _lookup_tag,
    "Locale.LanguageRange.parse/1": LanguageRange.parse,
    "Locale.LanguageRange.parse/2": LanguageRange.parse,
    "Locale.LanguageRange.mapEquivalents/2": LanguageRange.mapped,
} | enum_statics(_CATEGORIES) | enum_statics(_MODES)
CONSTRUCTORS: dict[str, Any] = {
    "Locale/1": Locale,
    "Locale/2": Locale,
    "Locale/3": Locale,
    "Locale.Builder/0": LocaleBuilder,
    "Locale.LanguageRange/1": LanguageRange,
    "Locale.LanguageRange/2": LanguageRange,
}
CONSTANTS: dict[str, Any] = {
    f"Locale.{name}": Locale(*tag.split("_"))
    for name, tag in (
        part.split(":")
        for part in (
            "ROOT: ENGLISH:en US:en_US UK:en_GB CANADA:en_CA CANADA_FRENCH:fr_CA CHINA:zh_CN CHINESE:zh FRANCE:fr_FR FRENCH:fr "
            "GERMAN:de GERMANY:de_DE ITALIAN:it ITALY:it_IT JAPAN:ja_JP JAPANESE:ja KOREA:ko_KR KOREAN:ko PRC:zh_CN "
            "SIMPLIFIED_CHINESE:zh_CN TAIWAN:zh_TW TRADITIONAL_CHINESE:zh_TW"
        ).split()
    )
} | {
    "Locale.PRIVATE_USE_EXTENSION": Char(ord("x")),
    "Locale.UNICODE_LOCALE_EXTENSION": Char(ord("u")),
    "Locale.LanguageRange.MAX_WEIGHT": 1.0,
    "Locale.LanguageRange.MIN_WEIGHT": 0.0,
} | enum_constants(_CATEGORIES) | enum_constants(_MODES)
METHODS: dict[str, Any] = {
    "IllformedLocaleException.getErrorIndex/0": lambda error: getattr(error, "index", -1),
    "MissingResourceException.getClassName/0": lambda error: getattr(error, "resource", (None, None))[0],
    "MissingResourceException.getKey/0": lambda error: getattr(error, "resource", (None, None))[1],
}
