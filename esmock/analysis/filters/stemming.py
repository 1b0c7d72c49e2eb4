"""Stemming filters.

Pages: analysis-stemmer-tokenfilter, analysis-snowball-tokenfilter, analysis-porterstem-tokenfilter.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from esmock.analysis.component import StemFilter
from esmock.analysis.parameter import Settings
from esmock.analysis.stemmers import (
    bengali,
    brazilian,
    caumanns,
    krovetz,
    light,
    lovins,
    porter,
    rslp,
    script,
    spanish_plural,
    suffix,
    uralic,
)
from esmock.analysis.stemmers.snowball import SNOWBALL, greek, snowball
from esmock.errors import ClassNotFound, IllegalArgument

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder
    from esmock.analysis.token import Stream
    from esmock.version import Behaviour

Stem = Callable[[str], str]


def strip_possessive(term: str) -> str:
    """Without an English 's at its end."""
    if len(term) >= 2 and term[-1] in "sS" and term[-2] in "'\u2019\uff07":
        return term[:-2]
    return term


_ENGLISH = ("english", "porter")
_STEMS: MappingProxyType[str, Stem] = MappingProxyType(
    {
        "arabic": script.arabic,
        "bengali": bengali.bengali,
        "brazilian": brazilian.brazilian,
        "bulgarian": script.bulgarian,
        "czech": script.czech,
        "greek": greek,
        "hindi": script.hindi,
        "indonesian": script.indonesian,
        "latvian": suffix.latvian,
        "sorani": suffix.sorani,
        "light_french": light.french_light,
        "minimal_french": light.french_minimal,
        "light_german": light.german_light,
        "minimal_german": light.german_minimal,
        "light_finnish": uralic.finnish_light,
        "light_hungarian": uralic.hungarian_light,
        "light_nynorsk": light.nynorsk_light,
        "minimal_nynorsk": light.nynorsk_minimal,
        "light_italian": light.italian_light,
        "galician": rslp.galician,
        "minimal_galician": rslp.galician_minimal,
        "portuguese_rslp": rslp.portuguese,
        "light_portuguese": light.portuguese_light,
        "minimal_portuguese": rslp.portuguese_minimal,
        "light_russian": light.russian_light,
        "light_spanish": light.spanish_light,
        "light_swedish": light.swedish_light,
        "light_norwegian": light.norwegian_light,
        "minimal_norwegian": light.norwegian_minimal,
        "light_english": krovetz.krovetz,
        "minimal_english": light.english_minimal,
        "possessive_english": strip_possessive,
    }
)
_SINCE_EIGHT: MappingProxyType[str, Stem] = MappingProxyType(
    {
        "minimal_french": light.french_minimal_of_letters,
        "persian": script.persian,
        "serbian": lambda word: snowball("serbian")(word),
        "spanish_plural": spanish_plural.spanish_plural,
    }
)
"""Source: Lucene's and Elasticsearch's classes (StemmerTokenFilterFactory); no engine was asked."""
_ALIASES = MappingProxyType(
    {
        "porter2": "english",
        "dutch_kp": "kp",
        "dutchkp": "kp",
        # The misspelling is Elasticsearch's.
        "light_finish": "light_finnish",
        "lightfinish": "light_finnish",
        "kstem": "light_english",
        **{name.replace("_", ""): name for name in _STEMS if name.startswith(("light_", "minimal_", "possessive_"))},
    }
)


_LOWERING = (brazilian.brazilian, caumanns.caumanns)
"""Stemmers that make words lower case first."""
_GONE = MappingProxyType({"kp": "dutch_kp", "lovins": "lovins"})
"""Stemmers that Lucene 10 has no more, by what the warning calls them: filters of theirs let nothing pass."""
_FOLDED = (
    "The 'german2' stemmer has been deprecated and folded into the 'german' Stemmer. "
    "Replace all usages of 'german2' with 'german'."
)


def _nothing(term: str) -> None:
    """What the stemmers that are gone leave of a term."""


def find_stem(language: str, behaviour: Behaviour) -> Stem:
    """The stemmer of a ``language`` setting.

    Raises:
        IllegalArgument: Elasticsearch has none of that name.
    """
    name = language.lower()
    if name in _ENGLISH:
        return porter.porter
    name = _ALIASES.get(name, name)
    if behaviour.major >= 8 and name in _SINCE_EIGHT:
        return _SINCE_EIGHT[name]
    if name in _STEMS:
        return _STEMS[name]
    known = name.capitalize() in SNOWBALL or name == "lovins"
    return find_snowball(name.capitalize() if known else language[:1].upper() + language[1:], behaviour)


def find_snowball(name: str, behaviour: Behaviour) -> Stem:
    """A Snowball stemmer by Lucene's class name without ``Stemmer``. Raises as ``find_stem``."""
    if name == "German" and behaviour.one_german_stemmer:
        return snowball("german2")
    if name in SNOWBALL:
        return snowball(SNOWBALL[name])
    if name == "Lovins":
        return lovins.lovins
    # Java tells the class of an array by another name.
    found = "org.tartarus.snowball.ext." if "[" not in name else "org/tartarus/snowball/ext/"
    raise IllegalArgument(
        f"Invalid stemmer class specified: {name}",
        cause=ClassNotFound(f"{found}{name}Stemmer"),
    )


class Stemmer(StemFilter):
    name = "stemmer"

    def prepare(self, settings: Settings, builder: Builder) -> None:
        language = settings.get("language", settings.get("name", "porter")) or ""
        self.map = find_stem(language, builder.behaviour)  # type: ignore[assignment, method-assign]
        self.uses_keyword = self.map is not strip_possessive  # type: ignore[misc]
        self.lowers = self.map in _LOWERING
        name = _ALIASES.get(language.lower(), language.lower())
        self.is_gone = name in _GONE and not builder.behaviour.stems_by_lovins_and_kp
        if name in _GONE and builder.behaviour.warns_of_lovins_and_kp:
            builder.warn(f"The [{_GONE[name]}] stemmer is deprecated and will be removed in a future version.")
        if name == "german2" and builder.behaviour.one_german_stemmer:
            builder.warn(_FOLDED)

    def setup(self, settings: Settings, builder: Builder) -> None:
        super().setup(settings, builder)
        if self.is_gone:
            self.term = _nothing

    def apply(self, stream: Stream) -> None:
        if self.is_gone:
            stream.keep(lambda token: False)
        else:
            super().apply(stream)


class Snowball(StemFilter):
    name = "snowball"

    def prepare(self, settings: Settings, builder: Builder) -> None:
        language = settings.get("language", settings.get("name", "English")) or ""
        self.language = language[:1].upper() + language[1:]
        try:
            self.map = find_snowball(self.language, builder.behaviour)  # type: ignore[assignment, method-assign]
        except IllegalArgument as error:
            # ES: the class is looked for only when an analyzer uses the filter.
            self.problem: IllegalArgument | None = error
        else:
            self.problem = None

    def check(self) -> None:
        if self.problem is not None:
            raise self.problem


class _Fixed(StemFilter):
    stem: ClassVar[str]

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.map = find_stem(self.stem, builder.behaviour)  # type: ignore[assignment, method-assign]


class PorterStem(_Fixed):
    name = "porter_stem"
    stem = "porter"


class KStem(_Fixed):
    name = "kstem"
    stem = "light_english"


class ArabicStem(_Fixed):
    name = "arabic_stem"
    stem = "arabic"


class BrazilianStem(_Fixed):
    name = "brazilian_stem"
    lowers = True
    stem = "brazilian"


class CzechStem(_Fixed):
    name = "czech_stem"
    stem = "czech"


class DutchStem(_Fixed):
    name = "dutch_stem"
    stem = "dutch"


class FrenchStem(_Fixed):
    name = "french_stem"
    stem = "french"


class GermanStem(StemFilter):
    """The first German stemmer of Lucene."""

    name = "german_stem"
    lowers = True

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.map = caumanns.caumanns  # type: ignore[assignment, method-assign]


class PersianStem(_Fixed):
    """Source: Elasticsearch's class CommonAnalysisPlugin."""

    name = "persian_stem"
    stem = "persian"
    since = 8


class RussianStem(_Fixed):
    name = "russian_stem"
    stem = "russian"


FAMILY = (
    Stemmer,
    Snowball,
    PorterStem,
    KStem,
    ArabicStem,
    BrazilianStem,
    CzechStem,
    DutchStem,
    FrenchStem,
    GermanStem,
    PersianStem,
    RussianStem,
)
