"""Stemmers that versions 8 and later add. Source: Lucene's classes PersianStemmer, SpanishPluralStemmer, FrenchMinimalStemmer."""

from __future__ import annotations

from typing import Any

import pytest

from esmock.analysis.analyze import AnalyzeRequest, analyze
from esmock.analysis.filters.stemming import find_stem
from esmock.analysis.index_analysis import IndexAnalysis
from esmock.errors import IllegalArgument
from esmock.version import behaviour


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
    assert find_stem(language, behaviour("8.19.21"))(word) == stem


@pytest.mark.parametrize("language", ["persian", "serbian", "spanish_plural"])
def test_version_seven_does_not_have_it(language: str) -> None:
    with pytest.raises(IllegalArgument) as caught:
        find_stem(language, behaviour("7.10.2"))
    assert caught.value.reason == f"Invalid stemmer class specified: {language.capitalize()}"


def test_no_version_has_what_only_other_programs_have() -> None:
    with pytest.raises(IllegalArgument) as caught:
        find_stem("telugu", behaviour("9.5.3"))
    assert caught.value.reason == "Invalid stemmer class specified: Telugu"


def analyzed(version: str, text: str, **chain: Any) -> list[str]:
    found = analyze(AnalyzeRequest.of({**chain, "text": text}), IndexAnalysis({}, behaviour(version)))
    return [token["token"] for token in found["tokens"]]


@pytest.mark.parametrize(
    ("language", "text", "before", "since"),
    [
        ("french", "été est son fût", [], ["été", "est", "son", "fût"]),
        ("finnish", "tällä tallä tuota tuotä", ["tällä", "tuota"], ["tallä", "tuotä"]),
        ("serbian", "bude и ćemo kuća", ["bude", "и", "ćemo", "kuća"], ["kuća"]),
    ],
)
def test_lists_of_stop_words_changed_with_eight(language: str, text: str, before: list[str], since: list[str]) -> None:
    """As 7.10.2 and 8.19.21 answered."""
    chain = {"tokenizer": "standard", "filter": [{"type": "stop", "stopwords": f"_{language}_"}]}
    assert analyzed("7.10.2", text, **chain) == before
    assert analyzed("8.19.21", text, **chain) == since


@pytest.mark.unverified
def test_serbian_is_an_analyzer_of_eight() -> None:
    """Source: Lucene's class SerbianAnalyzer."""
    assert analyzed("8.19.21", "Kuće и knjigama", analyzer="serbian") == ["kuc", "knjig"]
    with pytest.raises(IllegalArgument):
        analyzed("7.10.2", "Kuće", analyzer="serbian")
