"""Known failures: what esmock is known to answer otherwise, one entry per case, strict both ways.

``python tests/conformance/known.py`` measures anew and rewrites ``known_failures.toml``; look at the difference before you commit it.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

FILE = Path(__file__).parent / "known_failures.toml"


_THAI = "[thai]"


def load(suite: str) -> dict[str, str]:
    """Case to reason, of one suite; without those that only a machine without Java's Thai words has."""
    found: dict[str, str] = tomllib.loads(FILE.read_text("utf-8")).get(suite, {})
    if any(_THAI in why for why in found.values()) and _knows_thai():
        return {case: why for case, why in found.items() if _THAI not in why}
    return found


def _knows_thai() -> bool:
    from esmock.analysis.java_words import thai_word_borders
    from esmock.errors import Unsupported

    try:
        thai_word_borders()
    except Unsupported:
        return False
    return True


def check(suite: str, failed: dict[str, str]) -> None:
    """Compare what failed with what is known to. Raises AssertionError for every difference."""
    known = load(suite)
    unexpected = {case: why for case, why in failed.items() if case not in known}
    healed = sorted(case for case in known if case not in failed)
    print(f"{suite}: {len(failed)} known failures")
    assert not unexpected, "not listed in known_failures.toml:\n" + "\n".join(f"{k}: {v}" for k, v in unexpected.items())
    assert not healed, f"listed in known_failures.toml, and pass or are gone: {healed}"


def _quoted(text: str) -> str:
    shown = "".join(char if char.isprintable() and ord(char) < 0x2028 else " " for char in text)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(suites: dict[str, dict[str, str]]) -> None:
    """Write the file anew."""
    lines = ["# Written by known.py; one entry per case that esmock answers otherwise than the real engine did."]
    for suite, failed in suites.items():
        lines += ["", f"[{_quoted(suite)}]", *(f"{_quoted(case)} = {_quoted(why)}" for case, why in failed.items())]
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.conformance.golden import measure, measure_unadapted
    from tests.conformance.makers import measure_pages, measure_yaml

    shared = Path(__file__).parents[3] / "shared"
    suites = {
        f"{name} {version}": measure(shared, name, version)
        for name, version in (("rest", "7.10.2"), ("rest", "8.19.21"), ("rollup", "7.10.2"))
    }
    suites["rollup as 6.8.23"] = measure_unadapted(shared)
    for corpus in ("yaml-core", "yaml-modules"):
        suites[corpus] = measure_yaml(shared, corpus)
    suites["docs"] = measure_pages(shared)
    write(suites)
    for suite, failed in suites.items():
        print(f"{suite}: {len(failed)}")


if __name__ == "__main__":
    main()
