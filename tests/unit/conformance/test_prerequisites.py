"""``skip`` and ``requires``.

Source: behaviour of the Java runner's PrerequisiteSection and Features; the numbers are cases of the format.
"""

from __future__ import annotations

from typing import Any

import pytest

from esmock.conformance import document
from esmock.conformance.dialect import E5, E9
from esmock.conformance.document import Sequence
from esmock.conformance.facts import Facts
from esmock.conformance.place import LoadError, Where
from esmock.conformance.prerequisites import Conditions, parse_conditions
from esmock.conformance.versionrange import VersionRange

Version = tuple[int, int, int]


def conditions(steps: str, dialect: Any = E9) -> Conditions:
    (node,) = document.parse(f"[{steps}]", "f.yml")
    assert isinstance(node, Sequence)
    return parse_conditions(Where("f.yml", 1), node.items, dialect)[0]


@pytest.fixture
def unmet(scripted: Any, answered: Any) -> Any:
    """Why a section is skipped on a server with given answers to GETs."""

    def ask(steps: str, version: Version = (8, 4, 0), **paths: Any) -> str | None:
        answers = {
            "GET /_nodes/plugins": {"nodes": {"n": {"modules": [{"name": "reindex"}], "plugins": []}}},
            "GET /_nodes/os": {"nodes": {"n": {"os": {"pretty_name": "Debian 12"}}}},
            "GET /_nodes/http": {"nodes": {"n": {"roles": ["data", "master"]}}},
            "GET /_cluster/state": {"nodes_features": [{"node_id": "n", "features": ["f1", "f2"]}]},
            "GET /_capabilities?method=GET&path=%2Fyes": {"supported": True},
            "GET /_capabilities?method=GET&path=%2Fno": {"supported": False},
            "GET /_capabilities?method=GET&path=%2Fdumb": {},
        } | {f"GET {path}": body for path, body in paths.items()}
        target = scripted(paths={path: answered(body) for path, body in answers.items()})
        return conditions(steps).unmet(Facts(target, version))

    return ask


@pytest.mark.parametrize(
    ("steps", "is_skipped"),
    [
        pytest.param('skip: {version: " - 7.99.99", reason: x}', False, id="56"),
        pytest.param('skip: {version: "all", reason: x}', True, id="57"),
        pytest.param("skip: {features: no_such_feature}", True, id="58"),
        ("skip: {version: '8.4.0 - ', reason: x}", True),
        ("skip: {version: ' - 8.3.99, 8.4.1 - ', reason: x}", False),
        ("skip: {version: ' - 8.3.99, 8.3.99 - 8.4.0', reason: x}", True),
        ("skip: {version: current, reason: x}", True),
        ("skip: {version: mixed, reason: x}", False),
        ("skip: {version: non_current, reason: x}", False),
        ("skip: {features: [warnings, headers]}", False),
        ("skip: {features: [warnings, always_skip]}", True),
        ("requires: {test_runner_features: contains}", False),
        ("requires: {test_runner_features: [contains, nothing]}", True),
        ("skip: {features: xpack}", True),
        ("skip: {features: no_xpack}", False),
        ("skip: {features: requires_replica}", True),
        ("skip: {features: skip_os, os: Debian 12, reason: x}", True),
        ("skip: {features: skip_os, os: [Debian 1, Debian], reason: x}", False),
        ("skip: {awaits_fix: 'http://example.org/1'}", True),
        ("skip: {cluster_features: [nope, f1], reason: x}", True),
        ("skip: {cluster_features: nope, reason: x}", False),
        ("requires: {cluster_features: [f1, f2], reason: x}", False),
        ("requires: {cluster_features: [f1, nope], reason: x}", True),
        ("requires: {cluster_features: gte_v8.4.0, reason: x}", False),
        ("requires: {cluster_features: gte_v8.4.1, reason: x}", True),
        ("skip: {known_issues: [{cluster_feature: f1, fixed_by: nope}], reason: x}", True),
        ("skip: {known_issues: [{cluster_feature: f1, fixed_by: f2}], reason: x}", False),
        ("skip: {known_issues: [{cluster_feature: nope, fixed_by: f2}], reason: x}", False),
        ("skip: {capabilities: [{path: /yes}], reason: x}", True),
        ("skip: {capabilities: [{path: /no}], reason: x}", False),
        ("skip: {capabilities: [{path: /no}, {path: /dumb}], reason: x}", True),
        ("requires: {capabilities: [{path: /yes}], reason: x}", False),
        ("requires: {capabilities: [{path: /yes}, {path: /no}], reason: x}", True),
        ("requires: {capabilities: [{path: /dumb}], reason: x}", True),
        ("skip: {features: warnings}, requires: {cluster_features: nope, reason: x}", True),
        ("requires: {cluster_features: f1, reason: x}, skip: {version: all, reason: y}", True),
    ],
)
def test_conditions(steps: str, is_skipped: bool, unmet: Any) -> None:
    assert (unmet(steps) is not None) is is_skipped


def test_xpack_is_a_module_of_that_name(unmet: Any) -> None:
    plugins = {"nodes": {"n": {"modules": [{"name": "x-pack-core"}]}}}
    assert unmet("skip: {features: xpack}", **{"/_nodes/plugins": plugins}) is None
    assert unmet("skip: {features: no_xpack}", **{"/_nodes/plugins": plugins}) is not None


def test_the_reason_is_said(unmet: Any) -> None:
    reason = unmet("skip: {version: ' - 8.4.0', reason: broken before 8.5}")
    assert reason == "version 8.4.0 is in [ - 8.4.0]: broken before 8.5"


def test_a_synthetic_feature_newer_than_8_14_does_not_exist(unmet: Any) -> None:
    assert unmet("requires: {cluster_features: gte_v8.14.0, reason: x}", (9, 0, 0)) is None
    assert unmet("requires: {cluster_features: gte_v8.15.0, reason: x}", (9, 0, 0)) is not None


def test_unknown_features_have_a_place() -> None:
    found = conditions("skip: {features: [warnings, no_such_feature, always_skip, xpack]}").unknown_features
    assert [(name, str(at)) for name, at in found] == [("no_such_feature", "f.yml:1")]


def test_only_the_beginning_of_a_section_is_read() -> None:
    (node,) = document.parse("- skip: {features: a}\n- skip: {features: b}\n- do: {x: {}}\n- skip: {}\n", "f.yml")
    assert isinstance(node, Sequence)
    found, taken = parse_conditions(Where("f.yml", 1), node.items, E9)
    assert (sorted(found.feature_names), taken) == (["a", "b"], 2)


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("skip: {}", "[skip] has no condition"),
        ("skip: {reason: x}", "[skip] has no condition"),
        ("skip: {versions: all}", "field [versions] is not supported within [skip]"),
        ("requires: {version: all}", "field [version] is not supported within [requires]"),
        ("skip: {version: all}", "reason is mandatory within [skip] with ['version']"),
        ("requires: {cluster_features: a}", "reason is mandatory within [requires] with ['cluster_features']"),
        ("skip: {os: x, reason: x}", "if os is specified, feature skip_os must be set"),
        ("skip: {features: [xpack, no_xpack]}", "either xpack or no_xpack can be present, not both"),
        (
            "skip: {cluster_features: a, reason: x}, requires: {cluster_features: a, reason: x}",
            "cluster features ['a'] are in both skip and requires",
        ),
        ("skip: {version: 7.0.0, reason: x}", "version range malformed: [7.0.0]"),
        ("skip: {version: 7 - 8, reason: x}", "not a version: [7]"),
        ("skip: {version: 5.0.0-alpha1 - , reason: x}", "version range malformed: [5.0.0-alpha1 -]"),
        (
            "skip: {known_issues: [{cluster_feature: a}], reason: x}",
            "a known issue has exactly the keys cluster_feature and fixed_by",
        ),
        (
            "skip: {capabilities: [{method: GET}], reason: x}",
            "a capability has a path, and may have method, parameters and capabilities",
        ),
        ("skip: {capabilities: /x, reason: x}", "[capabilities] must be a list"),
    ],
)
def test_malformed_conditions_are_errors(steps: str, message: str) -> None:
    with pytest.raises(LoadError) as caught:
        conditions(steps)
    assert str(caught.value) == f"f.yml:1: {message}"


def test_version_and_features_exclude_each_other_in_the_oldest_era() -> None:
    step = "skip: {version: all, features: warnings, reason: x}"
    assert conditions(step).feature_names == {"warnings"}
    with pytest.raises(LoadError, match="mutually exclusive"):
        conditions(step, E5)


@pytest.mark.parametrize(
    ("text", "version", "expected"),
    [
        (" - ", (1, 0, 0), True),
        ("7.1.0 - 7.2.0", (7, 1, 0), True),
        ("7.1.0 - 7.2.0", (7, 2, 0), True),
        ("7.1.0 - 7.2.0", (7, 2, 1), False),
        ("7.1.0-7.2.0", (7, 1, 5), True),
        (" - 7.9.99, 8.1.0 - ", (8, 0, 0), False),
        (" - 7.9.99, 8.1.0 - ", (9, 0, 0), True),
    ],
)
def test_version_ranges_include_both_ends(text: str, version: Version, expected: bool) -> None:
    assert VersionRange(text).holds([version]) is expected


def test_the_lowest_version_of_a_mixed_cluster_counts() -> None:
    versions = [(7, 0, 0), (8, 0, 0)]
    assert VersionRange(" - 7.5.0").holds(versions)
    assert VersionRange("mixed").holds(versions)
    assert not VersionRange("current").holds(versions)
