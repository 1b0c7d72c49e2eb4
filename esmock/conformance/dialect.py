"""What the runner's eras do differently, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Dialect:
    """One field per difference that a test can see.

    Attributes:
        name: E5, E7, E8 or E9.
        suffix: the ending of suite files; others are refused.
        null_matches_nothing: ``match: {a: null}`` fails for a null or missing value.
        request_covers_bad_request: ``catch: request`` accepts 400, and ``bad_request`` is not a word.
        catches_gone: ``catch: gone`` is a word.
        compares_long_with_int: ``gt`` and its kin accept a long where a small integer is expected.
        resolves_keys: marks in the keys of trees, ``$_path`` and ``_arbitrary_key_`` are known.
        keeps_escaped_marks: ``\\${x}`` is left alone, without the backslash.
        sends_error_trace: every request asks for stack traces unless the step says otherwise.
        omits_false_error_trace: ``error_trace: false`` removes the parameter.
        stashes_request_headers: the headers of a step are stashed as ``request_headers``.
        sibling_calls: the API call may stand beside an empty ``do``.
        exclusive_skip: ``skip`` has either ``version`` or ``features``.
        plain_warnings: Warning headers are compared as they are.
        checks_silent_steps: a step without any list of warnings fails at every warning that is not forgiven.
        forgives_types_removal: warnings that begin with ``[types removal]`` need no announcement; so 7.x suites,
            which call typed APIs freely, pass on a real 7.10.2.
        forgives_legacy_templates: the deprecation of legacy index templates needs no announcement.
    """

    name: str
    suffix: str = ".yml"
    null_matches_nothing: bool = False
    request_covers_bad_request: bool = False
    catches_gone: bool = True
    compares_long_with_int: bool = True
    resolves_keys: bool = True
    keeps_escaped_marks: bool = True
    sends_error_trace: bool = True
    omits_false_error_trace: bool = True
    stashes_request_headers: bool = True
    sibling_calls: bool = False
    exclusive_skip: bool = False
    plain_warnings: bool = False
    checks_silent_steps: bool = True
    forgives_types_removal: bool = False
    forgives_legacy_templates: bool = True


E9 = Dialect("E9")
E8 = replace(E9, name="E8")
E7 = replace(
    E8,
    name="E7",
    catches_gone=False,
    keeps_escaped_marks=False,
    omits_false_error_trace=False,
    stashes_request_headers=False,
    forgives_types_removal=True,
    forgives_legacy_templates=False,
)
E5 = replace(
    E7,
    name="E5",
    suffix=".yaml",
    null_matches_nothing=True,
    request_covers_bad_request=True,
    compares_long_with_int=False,
    resolves_keys=False,
    sends_error_trace=False,
    sibling_calls=True,
    exclusive_skip=True,
    forgives_types_removal=False,
    plain_warnings=True,
)
DIALECTS = {dialect.name: dialect for dialect in (E5, E7, E8, E9)}


def announced_only(dialect: Dialect) -> Dialect:
    """For suites older than the server: only steps with a list of warnings are held to it, with nothing forgiven."""
    return replace(dialect, checks_silent_steps=False, forgives_types_removal=False, forgives_legacy_templates=False)


def dialect_for(version: tuple[int, ...]) -> Dialect:
    """The dialect of the suites that were written for a server version."""
    for dialect, below in ((E5, 6), (E7, 8), (E8, 9)):
        if version < (below,):
            return dialect
    return E9
