"""One code block with what the directives under it say."""

from __future__ import annotations

from dataclasses import dataclass, field

from esmock.conformance.snippets.directive import BLANK_MARKS, options
from esmock.conformance.snippets.era import Era
from esmock.conformance.snippets.page import Line
from esmock.conformance.snippets.text import TracedText


@dataclass(frozen=True, slots=True)
class Substitution:
    """``s/pattern/replacement/`` as written, and the directive's line."""

    pattern: str
    replacement: str
    line: Line


@dataclass(slots=True)
class Snippet:
    """A block while the scanner fills it, and after.

    Attributes:
        start: the line of the opening delimiter.
        language: None when the block has none.
        id: the name the source line gives, or None.
        testenv: the page's current ``testenv``, or None.
        end: the line of the closing delimiter, None while the block is open.
        console: None, True (``CONSOLE``) or False (``NOTCONSOLE``).
    """

    start: Line
    language: str | None
    id: str | None = None
    testenv: str | None = None
    end: Line | None = None
    rows: list[Line] = field(default_factory=list)
    console: bool | None = None
    test: bool = False
    testresponse: bool = False
    testsetup: bool = False
    teardown: bool = False
    skip: str | None = None
    continued: bool = False
    catch: str | None = None
    setup: str | None = None
    teardown_names: str | None = None
    warnings: list[str] = field(default_factory=list)
    skip_shard_failures: bool = False
    substitutions: list[Substitution] = field(default_factory=list)
    curl: bool = False
    content: TracedText = field(default_factory=lambda: TracedText("", ()))

    def add_test(self, text: str, line: Line, era: Era) -> None:
        """Take the options of one ``TEST[...]``; later ones win or add up.

        Raises:
            OptionError: the text is not made of options.
        """
        for name, value in options(text, era.test_options):
            match name:
                case "s":
                    self.substitutions.append(Substitution(value[0], value[1], line))
                case "catch":
                    self.catch = str(value)
                case "skip":
                    self.skip = str(value)
                case "continued":
                    self.continued = True
                case "setup":
                    self.setup = str(value)
                case "teardown":
                    self.teardown_names = str(value)
                case "warning":
                    self.warnings.append(str(value))
                case "skip_shard_failures":
                    self.skip_shard_failures = True

    def add_response(self, text: str, line: Line, era: Era) -> None:
        """Take the options of one ``TESTRESPONSE[...]``.

        Raises:
            OptionError: the text is not made of options.
        """
        for name, value in options(text, era.response_options):
            if name == "s":
                self.substitutions.append(Substitution(value[0], value[1], line))
            elif name == "skip":
                self.skip = str(value)
            else:
                self.substitutions += [Substitution(pattern, new, line) for pattern, new in BLANK_MARKS]
