"""Stemming filters.

Pages: analysis-stemmer-tokenfilter, analysis-snowball-tokenfilter, analysis-porterstem-tokenfilter.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from esmock.analysis.component import StemFilter
from esmock.analysis.parameter import Settings
from esmock.analysis.stemmers import bengali, brazilian, caumanns, krovetz, light, lovins, rslp, script, suffix, uralic
from esmock.analysis.stemmers.snowball import SNOWBALL, greek, snowball
from esmock.errors import ClassNotFound, IllegalArgument, Unsupported

if TYPE_CHECKING:
    from esmock.analysis.index_analysis import Builder

Stem = Callable[[str], str]


def strip_possessive(term: str) -> str:
    """Without an English 's at its end."""
    if len(term) >= 2 and term[-1] in "sS" and term[-2] in "'\u2019\uff07":
        return term[:-2]
    return term


def porter(term: str) -> str:
    """Porter's first algorithm; words of one or two letters stay."""
    return term if len(term) <= 2 else snowball("porter")(term)


OWN: MappingProxyType[str, Stem] = MappingProxyType(
    {
        "english": porter,
        "porter": porter,
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
        "lightFrench": light.french_light,
        "minimal_french": light.french_minimal,
        "minimalFrench": light.french_minimal,
        "light_german": light.german_light,
        "lightGerman": light.german_light,
        "minimal_german": light.german_minimal,
        "minimalGerman": light.german_minimal,
        "light_finnish": uralic.finnish_light,
        "lightFinish": uralic.finnish_light,
        "light_hungarian": uralic.hungarian_light,
        "lightHungarian": uralic.hungarian_light,
        "light_nynorsk": light.nynorsk_light,
        "lightNynorsk": light.nynorsk_light,
        "minimal_nynorsk": light.nynorsk_minimal,
        "minimalNynorsk": light.nynorsk_minimal,
        "light_italian": light.italian_light,
        "lightItalian": light.italian_light,
        "galician": rslp.galician,
        "minimal_galician": rslp.galician_minimal,
        "minimalGalician": rslp.galician_minimal,
        "portuguese_rslp": rslp.portuguese,
        "light_portuguese": light.portuguese_light,
        "lightPortuguese": light.portuguese_light,
        "minimal_portuguese": rslp.portuguese_minimal,
        "minimalPortuguese": rslp.portuguese_minimal,
        "light_russian": light.russian_light,
        "lightRussian": light.russian_light,
        "light_spanish": light.spanish_light,
        "lightSpanish": light.spanish_light,
        "light_swedish": light.swedish_light,
        "lightSwedish": light.swedish_light,
        "light_norwegian": light.norwegian_light,
        "lightNorwegian": light.norwegian_light,
        "minimal_norwegian": light.norwegian_minimal,
        "minimalNorwegian": light.norwegian_minimal,
        "light_english": krovetz.krovetz,
        "lightEnglish": krovetz.krovetz,
        "minimal_english": light.english_minimal,
        "minimalEnglish": light.english_minimal,
        "possessive_english": strip_possessive,
        "possessiveEnglish": strip_possessive,
    }
)
MISSING = frozenset(
    {
        "persian",
        "plural_english",
        "spanish_plural",
        "minimal_swedish",
        "telugu",
    }
)
"""Known to Elasticsearch and not built."""
_ALIASES = MappingProxyType({"porter2": "english", "dutch_kp": "kp", "dutchKp": "kp"})


def find_stem(language: str) -> Stem:
    """The stemmer of a ``language`` setting.

    Raises:
        IllegalArgument: Elasticsearch has none of that name.
        Unsupported: esmock has none.
    """
    if language in OWN:
        return OWN[language]
    if language in MISSING:
        raise Unsupported(f"the stemmer [{language}]")
    name = _ALIASES.get(language, language)
    return find_snowball(name[:1].upper() + name[1:])


def find_snowball(name: str) -> Stem:
    """A Snowball stemmer by Lucene's class name without ``Stemmer``. Raises as ``find_stem``."""
    if name in SNOWBALL:
        return snowball(SNOWBALL[name])
    if name == "Lovins":
        return lovins.lovins
    raise IllegalArgument(
        f"Invalid stemmer class specified: {name}",
        cause=ClassNotFound(f"org.tartarus.snowball.ext.{name}Stemmer"),
    )


class Stemmer(StemFilter):
    name = "stemmer"

    def prepare(self, settings: Settings, builder: Builder) -> None:
        language = settings.get("language") or settings.get("name") or "porter"
        self.map = find_stem(language)  # type: ignore[assignment, method-assign]
        self.uses_keyword = self.map is not strip_possessive  # type: ignore[misc]


class Snowball(StemFilter):
    name = "snowball"

    def prepare(self, settings: Settings, builder: Builder) -> None:
        language = settings.get("language") or settings.get("name") or "English"
        self.language = language[:1].upper() + language[1:]
        try:
            self.map = find_snowball(self.language)  # type: ignore[assignment, method-assign]
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
        self.map = find_stem(self.stem)  # type: ignore[assignment, method-assign]


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

    def prepare(self, settings: Settings, builder: Builder) -> None:
        self.map = caumanns.caumanns  # type: ignore[assignment, method-assign]


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
    RussianStem,
)
