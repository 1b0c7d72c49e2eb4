"""Query rules: which documents are put first or left out, by what a search says of itself. Docs: query-rules.

Source: classes QueryRule, QueryRuleCriteria and QueryRuleCriteriaType of 8.16 to 9.x, and the makers' YAML tests of them; no
engine that could be asked has them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esmock.errors import ElasticsearchParse, IllegalArgument, NumberFormat, ResourceNotFound
from esmock.search.suggest.distance import levenshtein
from esmock.xcontent.java_number import parse_double

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

Json = Any
MOST_DOCS = 100
MOST_PRIORITY = 1_000_000
LIMIT = "xpack.applications.rules.max_rules_per_ruleset"
RULE_TYPES = ("pinned", "exclude")


def _equals(given: str, value: str) -> bool:
    if given == value:
        return True
    one, other = _number(given), _number(value)
    return one is not None and one == other


def _compared(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def matches(given: str, value: str) -> bool:
        one, other = _number(given), _number(value)
        return one is not None and other is not None and compare(one, other)

    return matches


def _number(text: str) -> float | None:
    try:
        return parse_double(text)
    except NumberFormat:
        return None


CRITERIA: Mapping[str, Callable[[str, str], bool]] = {
    "always": lambda given, value: True,
    "exact": _equals,
    "fuzzy": lambda given, value: levenshtein(given, value) > 0.5,
    "prefix": str.startswith,
    "suffix": str.endswith,
    "contains": lambda given, value: value in given,
    "lt": _compared(operator.lt),
    "lte": _compared(operator.le),
    "gt": _compared(operator.gt),
    "gte": _compared(operator.ge),
}
"""Type of a criterion to whether what a search says (as text) meets one of its values, in the order of Elasticsearch's own list."""
_OF_TEXT = ("fuzzy", "prefix", "suffix", "contains")
_OF_NUMBERS = ("lt", "lte", "gt", "gte")


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must hold for a rule to apply.

    Args:
        type: a key of ``CRITERIA``.
        metadata: of which part of what a search says; None with ``always``.
        values: one of which it must meet; None with ``always``.
    """

    type: str
    metadata: str | None = None
    values: tuple[str, ...] | None = None

    def checked(self, *, numbers: bool) -> Criterion:
        """Itself. Raises IllegalArgument.

        Args:
            numbers: whether values of comparisons must be numbers (from 9.1).
        """
        if self.type not in CRITERIA:
            raise IllegalArgument(f"Unknown QueryRuleCriteriaType: {self.type}")
        if self.type != "always":
            if not self.metadata:
                raise IllegalArgument("criteriaMetadata cannot be blank")
            if not self.values:
                raise IllegalArgument("criteriaValues cannot be null or empty")
        if numbers and self.type in _OF_NUMBERS:
            for value in self.values or ():
                if _number(value) is None:
                    raise IllegalArgument(f"Input [{value}] is not valid for CriteriaType [{self.type}]")
        return self

    def meets(self, given: Json) -> bool:
        """Whether what a search says of ``metadata`` meets a value."""
        if self.type == "always":
            return True
        if (self.type in _OF_TEXT and not isinstance(given, str)) or not isinstance(given, str | int | float):
            return False
        matches = CRITERIA[self.type]
        return any(matches(str(given), value) for value in self.values or ())

    def body(self) -> dict[str, Json]:
        out: dict[str, Json] = {"type": self.type}
        if self.metadata is not None:
            out["metadata"] = self.metadata
        if self.values is not None:
            out["values"] = list(self.values)
        return out


@dataclass(frozen=True, slots=True)
class SpecifiedDocument:
    """A document that a rule or a query names; of any index where it names none."""

    doc_id: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class QueryRule:
    """A rule.

    Args:
        type: ``pinned`` or ``exclude``.
        actions: ``ids`` or ``docs``.
        priority: lower ones come first, those without at the end.
    """

    rule_id: str
    type: str
    criteria: tuple[Criterion, ...]
    actions: Mapping[str, Json]
    priority: int | None = None

    def checked(self) -> QueryRule:
        """Itself. Raises IllegalArgument, ElasticsearchParse."""
        if not self.criteria:
            raise IllegalArgument("Query rule criteria cannot be empty")
        if not self.actions:
            raise IllegalArgument("Query rule actions cannot be empty")
        if self.priority is not None and not 0 <= self.priority <= MOST_PRIORITY:
            raise IllegalArgument(f"Priority was {self.priority}, must be between 0 and {MOST_PRIORITY}")
        if ("ids" in self.actions) == ("docs" in self.actions):
            raise ElasticsearchParse(f"{self.type} query rule actions must contain only one of either ids or docs")
        docs = self.actions.get("ids", self.actions.get("docs"))
        if docs is not None:
            if not isinstance(docs, list):
                raise ElasticsearchParse(f"{self.type} query rule actions must be a list")
            if not docs:
                raise ElasticsearchParse(f"{self.type} query rule actions cannot be empty")
            if len(docs) > MOST_DOCS:
                raise ElasticsearchParse(f"{self.type} documents cannot exceed {MOST_DOCS}")
        return self

    def applies(self, given: Mapping[str, Json]) -> bool:
        """Whether all criteria that a search says anything of are met, and there is one."""
        found = [one.meets(given[key]) for one in self.criteria for key in given if one.type == "always" or one.metadata == key]
        return bool(found) and all(found)

    def docs(self) -> list[SpecifiedDocument]:
        """What the rule puts first or leaves out."""
        if "ids" in self.actions:
            return [SpecifiedDocument(one) for one in self.actions["ids"]]
        return [SpecifiedDocument(one.get("_id"), one.get("_index")) for one in self.actions["docs"]]

    def body(self) -> dict[str, Json]:
        out: dict[str, Json] = {
            "rule_id": self.rule_id,
            "type": self.type,
            "criteria": [one.body() for one in self.criteria],
            "actions": dict(self.actions),
        }
        return out if self.priority is None else {**out, "priority": self.priority}


@dataclass(slots=True)
class AppliedRules:
    """The documents that rules put first and leave out, each once."""

    pinned: list[SpecifiedDocument] = field(default_factory=list)
    excluded: list[SpecifiedDocument] = field(default_factory=list)

    @classmethod
    def of(cls, rulesets: Iterable[Sequence[QueryRule]], given: Mapping[str, Json]) -> AppliedRules:
        out = cls()
        for rule in (one for rules in rulesets for one in rules if one.applies(given)):
            (out.pinned if rule.type == "pinned" else out.excluded).extend(rule.docs())
        return cls(list(dict.fromkeys(out.pinned)), list(dict.fromkeys(out.excluded)))


class QueryRulesets:
    """The slot ``query_rules`` of a cluster: ruleset to its rules by priority."""

    def __init__(self, rulesets: Mapping[str, Sequence[QueryRule]] | None = None) -> None:
        self.rulesets = dict(rulesets or {})

    def clone(self, cluster: Cluster) -> QueryRulesets:
        return QueryRulesets(self.rulesets)

    def rules(self, ruleset: str) -> Sequence[QueryRule]:
        """Raises ResourceNotFound."""
        found = self.rulesets.get(ruleset)
        if found is None:
            raise ResourceNotFound(ruleset)
        return found

    def rule(self, ruleset: str, rule_id: str) -> QueryRule:
        """Raises ResourceNotFound."""
        for one in self.rules(ruleset):
            if one.rule_id == rule_id:
                return one
        raise ResourceNotFound(f"rule id {rule_id} not found in ruleset {ruleset}")

    def put(self, ruleset: str, rules: Sequence[QueryRule], most: int) -> bool:
        """Store a ruleset in place of an older one; whether it is new. Raises IllegalArgument for more rules than may be."""
        if len(rules) > most:
            raise IllegalArgument(
                f"The number of rules in a ruleset cannot exceed [{most}].This maximum can be set by changing the [{LIMIT}] setting."
            )
        is_new = ruleset not in self.rulesets
        self.rulesets[ruleset] = tuple(sorted(rules, key=_place))
        return is_new

    def put_rule(self, ruleset: str, rule: QueryRule, most: int) -> bool:
        """Store a rule of a ruleset, which is made where there is none; whether the rule is new."""
        before = self.rulesets.get(ruleset, ())
        others = [one for one in before if one.rule_id != rule.rule_id]
        self.put(ruleset, [*others, rule], most)
        return len(others) == len(before)

    def delete(self, ruleset: str) -> None:
        """Raises ResourceNotFound."""
        self.rules(ruleset)
        del self.rulesets[ruleset]

    def delete_rule(self, ruleset: str, rule_id: str) -> None:
        """Remove a rule, and the ruleset with its last one. Raises ResourceNotFound."""
        self.rule(ruleset, rule_id)
        left = tuple(one for one in self.rulesets[ruleset] if one.rule_id != rule_id)
        if left:
            self.rulesets[ruleset] = left
        else:
            del self.rulesets[ruleset]


def _place(rule: QueryRule) -> float:
    return float("inf") if rule.priority is None else rule.priority


def query_rulesets(cluster: Cluster) -> QueryRulesets:
    """The cluster's rulesets."""
    found: QueryRulesets = cluster.slot("query_rules", QueryRulesets)
    return found
