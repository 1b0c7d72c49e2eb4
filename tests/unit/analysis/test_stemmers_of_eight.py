"""Stemmers that versions 8 and later add. Source: Lucene's classes PersianStemmer, SpanishPluralStemmer, FrenchMinimalStemmer."""

from __future__ import annotations

import pytest

from esmock.analysis.filters.stemming import find_stem
from esmock.errors import IllegalArgument


@pytest.mark.unverified
@pytest.mark.parametrize(
    ("language", "word", "stem"),
    [
        ("spanish_plural", "casas", "casa"),
        ("spanish_plural", "voces", "voz"),
        ("spanish_plural", "jerseis", "jersey"),
        ("spanish_plural", "árboles", "arbol"),
        ("spanish_plural", "parques", "parque"),
        ("spanish_plural", "leyes", "ley"),
        ("spanish_plural", "jabalíes", "jabali"),
        ("spanish_plural", "paraguas", "paraguas"),
        ("spanish_plural", "relojes", "reloj"),
        ("spanish_plural", "robots", "robot"),
        ("spanish_plural", "más", "más"),
        ("persian", "كتابها", "كتاب"),
        ("persian", "بزرگترين", "بزرگ"),
        ("minimal_french", "numéro2000", "numéro2000"),
        ("minimal_french", "chevaux", "cheval"),
    ],
)
def test_a_word_of_version_eight(language: str, word: str, stem: str) -> None:
    assert find_stem(language, 8)(word) == stem


@pytest.mark.parametrize("language", ["persian", "serbian", "spanish_plural"])
def test_version_seven_does_not_have_it(language: str) -> None:
    with pytest.raises(IllegalArgument) as caught:
        find_stem(language, 7)
    assert caught.value.reason == f"Invalid stemmer class specified: {language.capitalize()}"


def test_no_version_has_what_only_other_programs_have() -> None:
    with pytest.raises(IllegalArgument) as caught:
        find_stem("telugu", 9)
    assert caught.value.reason == "Invalid stemmer class specified: Telugu"
