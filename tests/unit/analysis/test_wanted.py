"""The wanted words of a text are those of its whole stream."""

from __future__ import annotations

import random

import pytest

from esmock.analysis.index_analysis import IndexAnalysis
from esmock.version import behaviour

ANALYSIS = IndexAnalysis(
    {
        "index.analysis.analyzer.ends.tokenizer": "standard",
        "index.analysis.analyzer.ends.filter": ["lowercase", "stop", "porter_stem"],
        "index.analysis.analyzer.shape.tokenizer": "standard",
        "index.analysis.analyzer.shape.filter": ["lowercase", "shingle"],
        "index.analysis.analyzer.html.tokenizer": "standard",
        "index.analysis.analyzer.html.char_filter": ["html_strip"],
    },
    behaviour("7.10.2"),
)
WORDS = ["The", "running", "dogs", "it's", "3.14", "a_b", "___", "x", "über", "<b>bold</b>", "of", "Dog,", "12:30", "l" * 300]


@pytest.mark.parametrize("name", ["standard", "ends", "shape", "html", "whitespace", "english"])
def test_as_the_whole_stream(name: str) -> None:
    analyzer = ANALYSIS.analyzer(name)
    chosen = random.Random(3)
    for _ in range(200):
        text = " ".join(chosen.choices(WORDS, k=chosen.randrange(12)))
        stream = analyzer.stream(text)
        width = stream.place()
        terms = {token.term for token in stream.tokens if chosen.random() < 0.5}
        found, places = analyzer.wanted(text, terms)
        shown = [(token.term, token.start, token.end, token.position) for token in stream.tokens if token.term in terms]
        assert [(token.term, token.start, token.end, token.position) for token in found] == shown
        assert places == width
