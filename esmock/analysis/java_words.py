"""Where Java finds the borders of Thai words and of sentences: its own BreakIterator, run in this process (the extra ``thai``).

Lucene's tokenizer asks the dictionary of the Java it runs on, and no other library agrees with that dictionary. The Java is the one
of ``JAVA_HOME``, or else the machine's; it must have Thai among its locales.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from esmock.errors import Unsupported

Borders = Callable[[str], list[int]]
"""The borders in a text, in Java's offsets, with its beginning and end."""

_OPTIONS = (
    # Signals stay with Python.
    "-Xrs",
    "-Xmx64m",
    "-XX:+UseSerialGC",
    # The rules of words that Elasticsearch's own Java is told to take.
    "-Djava.locale.providers=SPI,COMPAT",
    "--enable-native-access=ALL-UNNAMED",
)


@functools.cache
def _java() -> Any:
    """The JPype package with a Java that runs. Raises Unsupported."""
    try:
        import jpype
    except ModuleNotFoundError:
        raise Unsupported("the thai tokenizer without the extra [thai]") from None
    if not jpype.isJVMStarted():
        try:
            jpype.startJVM(*_OPTIONS, ignoreUnrecognized=True, convertStrings=False)
        except (OSError, ValueError, jpype.JVMNotFoundException):
            raise Unsupported("the thai tokenizer without a Java") from None
    if _borders(jpype, "getWordInstance", "th")("ภาษาไทย") != [0, 4, 7]:
        raise Unsupported("the thai tokenizer with a Java that has no Thai dictionary")
    return jpype


def _borders(java: Any, kind: str, language: str) -> Borders:
    iterator = getattr(java.JClass("java.text.BreakIterator"), kind)(java.JClass("java.util.Locale")(language))

    def borders(text: str) -> list[int]:
        iterator.setText(java.JString(text))
        out = [iterator.first()]
        while (border := iterator.next()) >= 0:
            out.append(border)
        return out

    return borders


def sentence_borders() -> Borders:
    """Borders of sentences of no language in particular. Raises Unsupported."""
    return _borders(_java(), "getSentenceInstance", "")


def thai_word_borders() -> Borders:
    """Borders of words, in Thai by dictionary. Raises Unsupported."""
    return _borders(_java(), "getWordInstance", "th")
