"""Brazilian Portuguese: the Snowball algorithm for Portuguese over words without accents.

Source: the published Snowball algorithm; departures (suffixes of Lucene's older form) checked word by word against 7.10.2.
"""

from __future__ import annotations

from esmock.xcontent.java_length import utf16_length

_PLAIN = str.maketrans("áâãéêíóôõúüçñ", "aaaeeiooouucn")
_VOWELS = "aeiou"
_EDGES = "\"'-,;.?!"

# Step 1: suffix, the region it must lie in (a name of a field of _Word), what replaces it, what must stand before it.
_SUFFIXES: tuple[tuple[str, str, str, str], ...] = (
    ("uciones", "r2", "u", ""),
    ("imentos", "r2", "", ""),
    ("amentos", "r2", "", ""),
    ("adores", "r2", "", ""),
    ("adoras", "r2", "", ""),
    ("logias", "r2", "logias", ""),
    ("encias", "r2", "ente", ""),
    ("amente", "r1", "", ""),
    ("idades", "r2", "", ""),
    ("acoes", "r2", "", ""),
    ("imento", "r2", "", ""),
    ("amento", "r2", "", ""),
    ("adora", "r2", "", ""),
    ("ismos", "r2", "", ""),
    ("istas", "r2", "", ""),
    ("logia", "r2", "log", ""),
    ("ucion", "r2", "u", ""),
    ("encia", "r2", "ente", ""),
    ("mente", "r2", "", ""),
    ("idade", "r2", "", ""),
    ("acao", "r2", "", ""),
    ("ezas", "r2", "", ""),
    ("icos", "r2", "", ""),
    ("icas", "r2", "", ""),
    ("ismo", "r2", "", ""),
    ("avel", "r2", "", ""),
    ("ivel", "r2", "", ""),
    ("ista", "r2", "", ""),
    ("osos", "r2", "", ""),
    ("osas", "r2", "", ""),
    ("ador", "r2", "", ""),
    ("ivas", "r2", "", ""),
    ("ivos", "r2", "", ""),
    ("iras", "rv", "ir", "e"),
    ("eza", "r2", "", ""),
    ("ico", "r2", "", ""),
    ("ica", "r2", "", ""),
    ("oso", "r2", "", ""),
    ("osa", "r2", "", ""),
    ("iva", "r2", "", ""),
    ("ivo", "r2", "", ""),
    ("ira", "rv", "ir", "e"),
)

_VERBS = tuple(
    sorted(
        """
        issemos essemos assemos ariamos eriamos iriamos iremos eremos aremos avamos iramos eramos aramos asseis esseis isseis
        arieis erieis irieis irmos iamos armos ermos areis ereis ireis asses esses isses astes estes istes assem essem issem
        ardes erdes irdes ariam eriam iriam arias erias irias ariam avam aria eria iria asse esse isse aste este iste arei erei
        irei aram eram iram avam arem erem irem ando endo indo arao erao irao adas idas aras eras iras avas ares eres ires
        ados idos amos emos imos ieis aveis ada ida ara era iam ado ido ias ais eis ear ia ei am em ar er ir as es is eu iu ou
        """.split(),
        key=lambda one: -len(one),
    )
)


class _Word:
    """A word and its regions, taken once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.r1 = _after_syllable(text)
        self.r2 = _after_syllable(self.r1)
        self.rv = _rv(text)

    def ends(self, region: str, suffix: str) -> bool:
        part: str = getattr(self, region)
        return part.endswith(suffix)


def _after_syllable(text: str) -> str:
    last = len(text) - 1
    at = 0
    while at < last and text[at] not in _VOWELS:
        at += 1
    while at < last and text[at] in _VOWELS:
        at += 1
    return text[at + 1 :] if at < last else ""


def _rv(text: str) -> str:
    last = len(text) - 1
    if last > 0 and text[1] not in _VOWELS:
        at = next((at for at in range(2, last) if text[at] in _VOWELS), last)
        if at < last:
            return text[at + 1 :]
    if last > 1 and text[0] in _VOWELS and text[1] in _VOWELS:
        at = next((at for at in range(2, last) if text[at] not in _VOWELS), last)
        if at < last:
            return text[at + 1 :]
    return text[3:] if last > 2 else ""


def brazilian(word: str) -> str:
    plain = word.lower().translate(_PLAIN)
    if len(plain) > 1:
        plain = plain.removeprefix(plain[0]) if plain[0] in _EDGES else plain
        plain = plain[:-1] if plain and plain[-1] in _EDGES else plain
    if not 2 < utf16_length(plain) < 30:
        return word
    if not all(map(str.isalpha, plain)):
        return plain
    regions = _Word(plain)
    text = _standard(plain, regions)
    if text is None:
        text = _verb(plain, regions)
    if text is not None:
        if regions.ends("rv", "ci"):
            text = text.removesuffix("i")
    else:
        text = plain
        for ending in ("os", "a", "i", "o"):
            if text.endswith(ending) and regions.ends("rv", ending):
                text = text[: -len(ending)]
                break
    if regions.ends("rv", "e") and text.endswith("e"):
        text = text[:-2] if regions.ends("rv", "gue") or regions.ends("rv", "cie") else text[:-1]
    return text


def _standard(text: str, regions: _Word) -> str | None:
    for suffix, region, into, before in _SUFFIXES:
        if text.endswith(suffix) and regions.ends(region, suffix):
            stem = text[: -len(suffix)]
            if before and not stem.endswith(before):
                continue
            return stem + into
    return None


def _verb(text: str, regions: _Word) -> str | None:
    if regions.ends("rv", "ira"):
        # ES: found, and left as it is
        return text
    for suffix in _VERBS:
        if regions.ends("rv", suffix):
            return text[: -len(suffix)]
    return None
