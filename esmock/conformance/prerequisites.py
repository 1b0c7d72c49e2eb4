"""``skip`` and ``requires`` at the beginning of a section: when its steps are run at all.

Source: behaviour of the Java runner's PrerequisiteSection and Features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from esmock.conformance import document
from esmock.conformance.dialect import Dialect
from esmock.conformance.document import Node, Sequence
from esmock.conformance.facts import Facts
from esmock.conformance.place import LoadError, Where
from esmock.conformance.versionrange import VersionRange

Json = Any

RUNNER_FEATURES = frozenset(
    {
        "allowed_warnings",
        "allowed_warnings_regex",
        "arbitrary_key",
        "capabilities",
        "catch_unauthorized",
        "clean_setup",
        "close_to",
        "contains",
        "default_shards",
        "embedded_stash_key",
        "fips_140",
        "headers",
        "is_after",
        "node_selector",
        "skip_os",
        "stash_in_key",
        "stash_in_path",
        "stash_path_replace",
        "transform_and_set",
        "warnings",
        "warnings_regex",
        "yaml",
    }
)
"""What this runner can do."""

UNSUPPORTED_FEATURES = frozenset({"always_skip", "groovy_scripting"})
"""Known names that no server of today satisfies; a test that wants one is skipped."""

SERVER_FEATURES: Mapping[str, Callable[[Facts], bool]] = {
    "xpack": lambda facts: facts.has_xpack,
    "no_xpack": lambda facts: not facts.has_xpack,
    "requires_replica": lambda facts: facts.data_nodes >= 2,
    "spi_on_classpath_jdk9": lambda facts: True,
}
"""Features that are conditions on the server. Every supported server runs on Java 9 or newer."""

_SKIP_FIELDS = {
    "version",
    "features",
    "os",
    "cluster_features",
    "known_issues",
    "awaits_fix",
    "capabilities",
    "reason",
}
_REQUIRES_FIELDS = {"test_runner_features", "cluster_features", "capabilities", "reason"}
_CAPABILITY_FIELDS = {"method", "path", "parameters", "capabilities"}
_NEED_REASON = {
    "skip": ("version", "os", "cluster_features", "capabilities", "known_issues"),
    "requires": ("cluster_features", "capabilities"),
}


@dataclass(frozen=True, slots=True)
class Conditions:
    """The merged conditions of one section.

    Attributes:
        at: the first condition, or the section.
        features: runner features with the place that names them.
        fields: everything else, as (``skip`` or ``requires``, field, plain value).
        reasons: by ``skip`` and ``requires``.
    """

    at: Where
    features: tuple[tuple[str, Where], ...] = ()
    fields: tuple[tuple[str, str, Json], ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)

    @property
    def feature_names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.features)

    @property
    def unknown_features(self) -> list[tuple[str, Where]]:
        """Names that are neither abilities nor conditions known here."""
        known = RUNNER_FEATURES | UNSUPPORTED_FEATURES | SERVER_FEATURES.keys()
        return [(name, at) for name, at in self.features if name not in known]

    def unmet(self, facts: Facts) -> str | None:
        """Why the section must be skipped on a server, None when it may run."""
        for name, _ in self.features:
            holds = SERVER_FEATURES[name](facts) if name in SERVER_FEATURES else name in RUNNER_FEATURES
            if not holds:
                return f"feature [{name}] is not supported{self._because('skip')}"
        if fix := self._values("skip", "awaits_fix"):
            return f"awaits fix: {fix[0]}"
        return self._missing(facts) or self._skipped(facts)

    def _missing(self, facts: Facts) -> str | None:
        for names in self._values("requires", "cluster_features"):
            for name in names:
                if not facts.has_feature(name, everywhere=True):
                    return f"cluster feature [{name}] is missing{self._because('requires')}"
        for entries in self._values("requires", "capabilities"):
            for entry in entries:
                if facts.is_capable(entry) is not True:
                    return f"capability [{urlencode(entry)}] is missing{self._because('requires')}"
        return None

    def _skipped(self, facts: Facts) -> str | None:
        because = self._because("skip")
        for text in self._values("skip", "version"):
            if VersionRange(text).holds(facts.versions):
                return f"version {'.'.join(map(str, facts.version))} is in [{text}]{because}"
        for names in self._values("skip", "os"):
            if systems := sorted(set(names) & set(facts.operating_systems)):
                return f"operating system {systems}{because}"
        for names in self._values("skip", "cluster_features"):
            if hit := [name for name in names if facts.has_feature(name, everywhere=False)]:
                return f"cluster feature {hit} is present{because}"
        for issues in self._values("skip", "known_issues"):
            for issue in issues:
                if facts.has_feature(issue["cluster_feature"], everywhere=False) and not facts.has_feature(
                    issue["fixed_by"], everywhere=False
                ):
                    return f"known issue [{issue['cluster_feature']}]{because}"
        for entries in self._values("skip", "capabilities"):
            for entry in entries:
                if facts.is_capable(entry) is not False:
                    return f"capability [{urlencode(entry)}] is supported or unknown{because}"
        return None

    def _values(self, kind: str, name: str) -> list[Json]:
        return [value for k, n, value in self.fields if (k, n) == (kind, name)]

    def _because(self, kind: str) -> str:
        return f": {self.reasons[kind]}" if self.reasons.get(kind) else ""


def parse_conditions(section_at: Where, nodes: tuple[Node, ...], dialect: Dialect) -> tuple[Conditions, int]:
    """Read the conditions at the beginning of a section list.

    Args:
        section_at: the section.
        nodes: its list items.
        dialect: the era.

    Returns:
        The merged conditions, and how many items they took.

    Raises:
        LoadError: unknown field, missing reason, contradiction.
    """
    features: list[tuple[str, Where]] = []
    fields: list[tuple[str, str, Json]] = []
    reasons: dict[str, str] = {}
    taken = 0
    for node in nodes:
        if not isinstance(node, document.Mapping) or len(node.entries) != 1:
            break
        entry = node.entries[0]
        if entry.key not in ("skip", "requires"):
            break
        _read_step(entry, dialect, features, fields, reasons)
        taken += 1
    conditions = Conditions(nodes[0].at if taken else section_at, tuple(features), tuple(fields), reasons)
    if taken:
        _validate(conditions, dialect)
    return conditions, taken


def _read_step(
    entry: document.Entry,
    dialect: Dialect,
    features: list[tuple[str, Where]],
    fields: list[tuple[str, str, Json]],
    reasons: dict[str, str],
) -> None:
    known = _SKIP_FIELDS if entry.key == "skip" else _REQUIRES_FIELDS
    count = 0
    for item in document.fields(entry.node, entry.key):
        if item.key not in known:
            raise LoadError(item.at, f"field [{item.key}] is not supported within [{entry.key}]")
        count += item.key != "reason"
        if item.key == "reason":
            reasons[entry.key] = document.text(item.node, "reason")
        elif item.key in ("features", "test_runner_features"):
            features += ((name, item.at) for name in document.texts(item.node, item.key))
        else:
            fields.append((entry.key, item.key, _field(item)))
    if not count:
        raise LoadError(entry.at, f"[{entry.key}] has no condition")
    given = {item.key for item in document.fields(entry.node, entry.key)}
    if dialect.exclusive_skip and {"version", "features"} <= given:
        raise LoadError(entry.at, "version and features are mutually exclusive")


def _field(item: document.Entry) -> Json:
    if item.key in ("os", "cluster_features"):
        return document.texts(item.node, item.key)
    if item.key == "capabilities":
        return [_capability(node) for node in _items(item)]
    if item.key == "known_issues":
        return [_known_issue(node) for node in _items(item)]
    text = document.text(item.node, item.key)
    if item.key == "version":
        try:
            VersionRange(text)
        except ValueError as error:
            raise LoadError(item.at, str(error)) from None
    return text


def _items(item: document.Entry) -> tuple[Node, ...]:
    if not isinstance(item.node, Sequence):
        raise LoadError(item.at, f"[{item.key}] must be a list")
    return item.node.items


def _capability(node: Node) -> dict[str, str]:
    given = {e.key: ",".join(document.texts(e.node, e.key)) for e in document.fields(node, "capabilities")}
    if "path" not in given or given.keys() - _CAPABILITY_FIELDS:
        raise LoadError(node.at, "a capability has a path, and may have method, parameters and capabilities")
    return {"method": "GET"} | given


def _known_issue(node: Node) -> dict[str, str]:
    given = {e.key: document.text(e.node, e.key) for e in document.fields(node, "known_issues")}
    if given.keys() != {"cluster_feature", "fixed_by"}:
        raise LoadError(node.at, "a known issue has exactly the keys cluster_feature and fixed_by")
    return given


def _validate(conditions: Conditions, dialect: Dialect) -> None:
    at = conditions.at
    for kind, names in _NEED_REASON.items():
        used = [name for k, name, _ in conditions.fields if k == kind and name in names]
        if used and not conditions.reasons.get(kind):
            raise LoadError(at, f"reason is mandatory within [{kind}] with {used}")
    used_names = conditions.feature_names
    if any(name == "os" for _, name, _ in conditions.fields) and "skip_os" not in used_names:
        raise LoadError(at, "if os is specified, feature skip_os must be set")
    if {"xpack", "no_xpack"} <= used_names:
        raise LoadError(at, "either xpack or no_xpack can be present, not both")
    skipped, required = (
        {name for k, n, names in conditions.fields if (k, n) == (kind, "cluster_features") for name in names}
        for kind in ("skip", "requires")
    )
    if both := skipped & required:
        raise LoadError(at, f"cluster features {sorted(both)} are in both skip and requires")
