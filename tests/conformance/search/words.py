"""Text in several languages, and words as users search for them."""

from __future__ import annotations

from tests.conformance.search.drawing import Draw

_ENGLISH = (
    "the quick brown fox jumps over a lazy dog while running dogs quickly jumped foxes house houses city cities search engine"
    " elastic it's U.S.A. e-mail foo-bar wi-fi 3.5 12 of and in to"
)
_OTHERS = {
    "german": "der schnelle braune Fuchs springt über den faulen Hund Häuser Straße größe",
    "french": "l'été le renard brun saute par-dessus chien paresseux élève écoles naïve",
    "spanish": "el rápido zorro marrón niño señales corazón",
    "russian": "быстрая коричневая лиса прыгает через ленивую собаку война",
    "greek": "γρήγορη καφέ αλεπού ΟΔΟΣ σκύλος",
    "turkish": "İstanbul ışık çabuk kahverengi tilki",
    "arabic": "الثعلب البني السريع كلب كتاب",
    "hindi": "तेज भूरी लोमड़ी कुत्ता",
    "chinese": "敏捷的棕色狐狸 跳过懒狗 搜索 引擎 中文",
    "japanese": "東京 キツネ ラーメン すばやい 日本",
    "korean": "빠른 갈색 여우 서울",
    "marks": "😀 👍🏽 €5 #tag user@example.com http://a.example/b?c=d _x_ ﬁne",
}
WORDS = _ENGLISH.split() * 4 + [word for text in _OTHERS.values() for word in text.split()]
"""Each English word four times, as many as of all others."""


def word(draw: Draw) -> str:
    return draw.r.choice(WORDS)


def common(draw: Draw) -> str:
    """A word that many documents have."""
    return draw.r.choice(_ENGLISH.split())


def words(draw: Draw) -> str:
    """One to three words."""
    return " ".join(word(draw) for _ in range(draw.r.randint(1, 3)))


def stem(draw: Draw) -> str:
    """How a word, or two, begin."""
    text = " ".join(word(draw) for _ in range(draw.r.choice((1, 1, 2))))
    return text[: max(1, len(text) - draw.r.randint(0, 4))]


def start(draw: Draw) -> str:
    """One to three letters that a word begins with, none that a grammar of queries knows."""
    letters = "".join(char for char in word(draw) if char.isalnum())
    return letters[: draw.r.randint(1, 3)] or "q"


def misspelt(draw: Draw) -> str:
    """A word with a letter that is wrong, missing or twice."""
    text = word(draw)
    at = draw.r.randrange(len(text))
    return text[:at] + draw.r.choice(("", draw.r.choice("aeinrst"), text[at] * 2)) + text[at + 1 :] or "a"


def sentence(draw: Draw) -> str:
    """One to twenty-five words, some with a mark after them."""
    marks = ("", "", "", "", "", ",", ".", "!", " -")
    return " ".join(word(draw) + draw.r.choice(marks) for _ in range(draw.r.randint(1, 25)))


def passage(draw: Draw) -> str:
    """Several sentences: 30 to 90 words."""
    return " ".join(
        word(draw) + ("." if number % 9 == 8 or draw.r.random() < 0.05 else "")
        for number in range(draw.r.randint(30, 90))
    )
