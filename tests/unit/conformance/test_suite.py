"""Files, sections, discovery.

Source: behaviour of the Java runner's ClientYamlTestSuite; layout of elasticsearch-clients-tests.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from esmock.conformance.dialect import E5, E7
from esmock.conformance.place import LoadError
from esmock.conformance.suite import Suite, collect, lint, parse_suite

FULL = """\
---
setup:
  - skip: {features: warnings}
  - do: {indices.create: {index: i}}
  - set: {index: name}
---
teardown:
  - do: {indices.delete: {index: i}}
---
"b test":
  - match: {a: 1}
---
"a test":
  - skip: {features: headers}
  - do: {search: {}}
"""


def suite(source: str) -> Suite:
    return parse_suite(source, "f.yml", "api/f")


def test_setup_teardown_and_tests_are_told_apart_by_position() -> None:
    found = suite(FULL)
    assert [step.name for step in found.setup.steps] == ["do", "set"] if found.setup else False
    assert [step.name for step in found.teardown.steps] == ["do"] if found.teardown else False
    assert [(test.name, str(test.at), len(test.steps)) for test in found.tests] == [
        ("b test", "f.yml:10", 1),
        ("a test", "f.yml:13", 1),
    ]


def test_a_setup_after_a_teardown_is_a_test() -> None:
    found = suite("teardown:\n  - do: {search: {}}\n---\nsetup:\n  - do: {search: {}}\n  - do: {count: {}}\n")
    assert found.setup is None
    assert [test.name for test in found.tests] == ["setup"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("a: []\n---\na: []\n", "f.yml:3: duplicate test section [a]"),
        ("a: []\nb: []\n", "f.yml:1: [section] must have exactly one key, found a, b"),
        ("a: {}\n", "f.yml:1: section [a] must be a list of steps"),
        ("- a\n", "f.yml:1: [section] must be a mapping"),
        ("a: []\n---\n", "f.yml:3: [section] must be a mapping"),
        ("setup:\n  - do: {search: {}}\n", "f.yml:1: the file has no test section"),
        ("setup:\n  - do: {search: {}}\n  - match: {a: 1}\n", "f.yml:3: section [setup] may not have the step [match]"),
        ("teardown:\n  - set: {a: b}\n", "f.yml:2: section [teardown] may not have the step [set]"),
        ("a:\n  - do: {search: {}}\n  - nonsense: {}\n", "f.yml:3: unknown step [nonsense]"),
        ("a:\n  - do: {search: {}}\n  - skip: {features: x}\n", "f.yml:3: unknown step [skip]"),
        (
            "requires: {cloud: true}\n---\na: []\n",
            "f.yml:1: field ['cloud'] is not supported within the document [requires]",
        ),
    ],
)
def test_malformed_files_are_errors_with_their_place(source: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        suite(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("document", "unfit"),
    [
        ("{serverless: true, stack: true}", None),
        ("{serverless: true, stack: false}", "not for a stack"),
        ("{serverless: true}", "not for a stack"),
        ("{stack: true, feature_flag: es.x}", "needs the feature flag [es.x]"),
    ],
)
def test_the_requires_document_of_the_client_suites(document: str, unfit: str | None) -> None:
    assert suite(f"requires: {document}\n---\na:\n  - do: {{search: {{}}}}\n").unfit == unfit


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.api/10_x.yml", "a/20_y.yml", "a/10_z.yml"):
        file = tmp_path / "test" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FULL)
    (tmp_path / "LICENSE.txt").write_text("x")
    return tmp_path


def test_all_tests_below_a_folder_are_found_sorted_by_path(tree: Path) -> None:
    expected = [
        "a/10_z/a test",
        "a/10_z/b test",
        "a/20_y/a test",
        "a/20_y/b test",
        "b.api/10_x/a test",
        "b.api/10_x/b test",
    ]
    assert [case.id for case in collect(tree)] == expected
    assert [case.id for case in collect(tree / "test")] == expected
    assert [case.id for case in collect(tree / "test" / "a" / "20_y.yml")] == ["a/20_y/a test", "a/20_y/b test"]


def test_conditions_of_setup_and_test_both_count(tree: Path) -> None:
    names = [condition.feature_names for condition in collect(tree)[0].conditions]
    assert names == [{"warnings"}, set(), {"headers"}]


def test_no_tests_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="no tests found"):
        collect(tmp_path)
    with pytest.raises(LoadError, match="no such file or folder"):
        collect(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("content", "message"),
    [("", "the file is empty"), ("a: []", "the file must end with a newline"), ("\xff\n", "the file is not UTF-8")],
)
def test_unreadable_files_are_errors(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_bytes(content.encode("latin-1"))
    with pytest.raises(LoadError, match=message):
        collect(tmp_path)


def test_files_of_another_era_are_refused(tree: Path) -> None:
    (tree / "test" / "a" / "30.yaml").write_text(FULL)
    with pytest.raises(LoadError, match=r"files of tests end in \.yml in the dialect E9"):
        collect(tree)
    with pytest.raises(LoadError, match=r"files of tests end in \.yaml in the dialect E5"):
        collect(tree, dialect=E5)


def test_an_unknown_feature_is_an_error_unless_let_pass(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a:\n  - skip:\n      features: [no_such]\n  - do: {search: {}}\n")
    with pytest.raises(LoadError, match=r"x\.yml:3: unknown feature \[no_such\]"):
        collect(tmp_path)
    assert len(collect(tmp_path, unknown_features=True)) == 1


def test_features_that_are_used_but_not_named_are_found() -> None:
    source = """\
setup:
  - skip: {features: headers}
  - do: {headers: {a: b}, search: {}}
---
a:
  - do: {headers: {a: b}, warnings: [x], search: {}}
  - contains: {a: b}
---
b:
  - skip: {features: [warnings, contains]}
  - do: {warnings: [x], node_selector: {version: current}, search: {}}
  - contains: {a: b}
"""
    assert [(str(at), text) for at, text in lint(suite(source))] == [
        ("f.yml:6", "the feature [warnings] is used but not named"),
        ("f.yml:7", "the feature [contains] is used but not named"),
        ("f.yml:11", "the feature [node_selector] is used but not named"),
    ]


@pytest.mark.parametrize("corpus", ["yaml-core", "yaml-modules"])
def test_the_tests_of_a_real_suite_are_all_found(corpus: str, shared_dir: Path) -> None:
    """Evidence: the list of outcomes measured on a real 7.10.2."""
    folder = shared_dir / "corpus" / corpus
    measured = json.loads((folder / "expected-on-7.10.2.json").read_bytes())
    expected = {f"{file.removesuffix('.yml')}/{name}" for file, tests in measured.items() for name in tests}
    assert {case.id for case in collect(folder, dialect=E7)} == expected
