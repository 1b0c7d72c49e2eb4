"""Java patterns against texts.

Source: documentation of java.util.regex; the rows marked (17) were tried on Java 17.
"""

from __future__ import annotations

import pytest

from esmock.conformance.javaregex import PatternError, compile, replace_all


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"a.c", "abc", True),
        (r"a.c", "a\nc", False),
        (r".", "\u2028\u2029\u0085\r\n", False),
        (r"(?s)a.c", "a\nc", True),
        (r"(?d).", "\r", True),
        (r"^b", "a\nb", False),
        (r"(?m)^b$", "a\nb\nc", True),
        (r"x$", "x\n", True),
        (r"x$", "x\r\n", True),
        (r"x$", "x\n\n", False),
        (r"x\z", "x\n", False),
        (r"x\Z", "x\u2028", True),
        (r"\d", "٣", False),
        (r"\w", "é", False),
        (r"\s", "\u00a0", False),
        (r"\bb", "éb", False),
        (r"\h", "\u00a0", True),
        (r"\v", "\u2028", True),
        (r"\R", "\r\n", True),
        (r"\p{L}", "é", True),
        (r"\p{Lu}", "é", False),
        (r"\P{L}", "é", False),
        (r"\p{Alpha}", "é", False),
        (r"\p{IsAlphabetic}", "é", True),
        (r"[\p{L}\d]+x", "é1x", True),
        (r"\x41\u0042\x{43}\0104", "ABCD", True),
        (r"\uD83D\uDE00", "😀", True),
        (r"\Qa.b\E.", "a.bc", True),
        (r"\Qa.b", "axb", False),
        (r"\\Q.", r"\Qx", True),
        (r"(?<y>\d+)-\k<y>", "12-12", True),
        (r"(a)(b)\2", "abb", True),
        (r"(a)\10", "aa0", True),
        (r"a\1", "a", False),
        (r"a(?i)b|c", "C", True),
        (r"a(?i)b|c", "Ab", False),
        (r"(?:(?i)a)b", "Ab", True),
        (r"(?:(?i)a)b", "AB", False),
        (r"(?i)é", "É", False),
        (r"(?iu)é", "É", True),
        (r"(?i)A(?-i)b", "aB", False),
        (r"[a-z&&[^m]]", "m", False),
        (r"[a-z&&[^m]]", "n", True),
        (r"[a[bc]]", "c", True),
        (r"[^a[bc]]", "abc", False),
        (r"[^a[bc]]", "d", True),
        (r"[\w&&[^\d]]", "1", False),
        (r"[^\D]", "1", True),
        (r"[]a]", "]", True),
        (r"[a^]", "^", True),
        (r"[a\-z]", "m", False),
        (r"[a-]", "-", True),
        (r"[+--]", ",", True),
        (r"[[:alpha:]]", ":", True),
        (r"a{2}", "aa", True),
        (r"a++a", "aaa", False),
        (r"(?>a+)a", "aaa", False),
        (r"a{2,3}+a", "aaa", False),
        (r"a+?b", "aab", True),
        (r"\/\"\-\_\<\#", '/"-_<#', True),
        (r"a}", "a}", True),
        (r"a]", "a]", True),
        (r"(?=a)a(?!b)", "ac", True),
        (r"(?<=a)b(?<!c)", "ab", True),
        (r"a||b", "", True),
    ],
)
def test_find(pattern: str, text: str, expected: bool) -> None:
    assert compile(pattern).find(text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"o b", "foo bar", False),
        (r"o b", "foobar", True),
        (r"o\ b", "foo bar", True),
        ("a # comment ( [\n b", "ab", True),
        ("a # all the rest", "a", True),
        (r"a +", "aaa", True),
        (r"\d +", "12 ", True),
        (r"( ?: a ) b", "ab", True),
        ("[a b]+$", "ba", True),
        ("[a b]", " ", False),
        (r"[\ ]", " ", True),
        ("[a#]\n]", "]", False),
        (r"[a\#]", "#", True),
        (r"\#", "#", True),
        (r"\Qa b\E", "a b", True),
        ("(?-x)a b", "a b", True),
    ],
)
def test_find_in_the_extended_flavour(pattern: str, text: str, expected: bool) -> None:
    assert compile(pattern, comments=True).find(text) is expected


def test_a_blank_alone_in_a_class_is_an_error_in_the_extended_flavour() -> None:
    with pytest.raises(PatternError, match="unclosed character class"):
        compile("[ ]", comments=True)
    assert compile("[ ]").find(" ")


@pytest.mark.parametrize(
    "pattern",
    [
        "{",
        "a{",
        "a{x}",
        "a{,3}",
        "*a",
        "+",
        "a**",
        "a{1}{2}",
        "(",
        "a)",
        "(?<1>a)",
        "(?<n>a)(?<n>b)",
        r"\k<n>",
        "(?z)",
        "[a",
        "[z-a]",
        r"[a-\d]",
        "[a&&]",
        r"\y",
        r"\G",
        r"\p{Nope}",
        r"\x4",
        "\\",
        "(?<=a+)b",
    ],
)
def test_what_java_refuses_or_python_cannot_do_is_an_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile(pattern)


def test_a_full_match_is_more_than_a_find() -> None:
    assert compile("a|ab").matches("ab")
    assert not compile("b").matches("ab")
    assert not compile("ab$").matches("ab\n")


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "expected"),
    [
        ("x*", "-", "abc", "-a-b-c-"),
        ("(a)(b)?", r"$2$1\$\\\n", "ab a", "ba$\\n a$\\n"),
        ("(a)", "$10", "a", "a0"),
        ("(?<n>a)", "${n}${n}", "ba", "baa"),
        (r"\.\.\.", '"x": 1', "{ ... }", '{ "x": 1 }'),
        ("^", "PUT i\n", "a\nb", "PUT i\na\nb"),
        (r"\n$", "!", "a\nb\n", "a\nb!"),
    ],
)
def test_replace_all(pattern: str, replacement: str, text: str, expected: str) -> None:
    assert replace_all(pattern, replacement, text) == expected


@pytest.mark.parametrize("replacement", ["$", "$x", "\\", "$2", "${m}", "${n"])
def test_a_bad_replacement_is_an_error_only_where_something_matches(replacement: str) -> None:
    with pytest.raises(PatternError):
        replace_all("(?<n>a)", replacement, "a")
    assert replace_all("(?<n>a)", replacement, "b") == "b"
