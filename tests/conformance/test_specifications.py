"""The worked examples that the specification of documentation tests prints, read from its text where it lies beside this checkout.

The same forms with pages and names of our own are in tests/unit/conformance/snippets.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from esmock.conformance.snippets.convert import convert
from esmock.conformance.snippets.era import ERAS
from esmock.conformance.snippets.setups import Block, Setups
from esmock.conformance.snippets.substitution import Build

HEADER = """\
  - skip:
      features:
        - default_shards
        - stash_in_key
        - stash_in_path
        - stash_path_replace
        - warnings
"""
_EXAMPLE = re.compile(
    r"^\*\*(\d+)\. [^\n]*\*\*[^\n]*\n\n(?:```|~~~)(asciidoc|mdx)\n(.*?)\n(?:```|~~~)\n\n```yaml\n(.*?)\n```$",
    re.M | re.S,
)
_SETUPS = Setups(
    {
        "lib": Block("  - do:\n      indices.create:\n        index: books\n", "setups.yml", 1),
        "extra": Block("  - do:\n      indices.refresh: {}\n", "setups.yml", 1),
        "ab": Block("  - do:\n      indices.create:\n        index: a\n", "setups.yml", 1),
    },
    {"drop_t1": Block("  - do:\n      indices.delete_index_template:\n        name: t1\n", "setups.yml", 1)},
)
N_EXAMPLES = 31


def _rows(yaml: str) -> list[str]:
    """Lines without blanks at their ends; HEADER stands for the step that names the features."""
    extended = yaml.replace("  HEADER, its feature list extended by:\n", HEADER)
    return [row.rstrip() for row in extended.replace("  HEADER\n", HEADER).strip("\n").split("\n")]


@pytest.mark.parametrize("number", range(1, N_EXAMPLES + 1))
def test_a_worked_example_of_a_page_becomes_the_printed_yaml(shared_dir: Path, number: int) -> None:
    text = (shared_dir / "spec" / "doc-tests.md").read_text("utf-8")
    found = {int(one[0]): one[1:] for one in _EXAMPLE.findall(text)}
    assert len(found) == N_EXAMPLES
    kind, page, yaml = found[number]
    era = "E7" if number == 2 else "E8"
    result = convert(f"page.{kind}", page + "\n", era=ERAS[era], setups=_SETUPS, build=Build("8.1.2"), strict=True)
    assert [row.rstrip() for row in result.yaml().strip("\n").split("\n")] == _rows(yaml)
