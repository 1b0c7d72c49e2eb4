"""Answers that are right and bear bad news: searches that timed out, clusters that are yellow or red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from esmock.controls.action import REQUIRED, Action, Option, choice
from esmock.controls.refusal import as_number

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.wire import RawResponse

Json = Any


def changed(answer: RawResponse, change: Any) -> RawResponse:
    """The answer with its tree changed; as it is where it has none."""
    from esmock.controls.spelled import dumps, loads

    try:
        tree = loads(answer.body)
    except ValueError:
        return answer
    return answer.with_body(dumps(tree)) if change(tree) is not False else answer


class TimedOut(Action):
    """The search ran out of its time: what it has found so far is the answer.

    Differs: the hits are those of the whole search; how many a real node had found by then is chance.
    """

    name = "timed_out"
    summary = "timed_out: true in searches and health (408), updates by query and reindex"
    evidence = "recorded"
    endpoints = ("search", "msearch", "cluster.health", "update_by_query", "delete_by_query", "reindex", "search_template")

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        answer = changed(answer, _time_out)
        if exchange.endpoint == "cluster.health" and answer.status == 200:
            answer.status = 408
        return answer


def _time_out(tree: Json) -> bool:
    if not isinstance(tree, dict):
        return False
    found = [one for one in (tree, *tree.get("responses", ())) if isinstance(one, dict) and "timed_out" in one]
    for one in found:
        one["timed_out"] = True
    return bool(found)


class Health(Action):
    """The cluster is not well, as far as it says."""

    name = "health"
    summary = "the cluster's health is yellow or red"
    evidence = "recorded"
    endpoints = ("cluster.health",)
    options: ClassVar = {"status": Option(choice("green", "yellow", "red"), REQUIRED, "green, yellow or red")}
    status: str

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        def change(tree: Json) -> bool:
            if "status" not in tree or "active_shards" not in tree:
                return False
            tree["status"] = self.status
            if self.status == "red":
                tree["unassigned_shards"] += tree["active_shards"]
                tree["active_primary_shards"] = tree["active_shards"] = 0
            if self.status == "yellow":
                tree["unassigned_shards"] = max(tree["unassigned_shards"], 1)
            return True

        return changed(answer, change)


class SlowTook(Action):
    """The server says that it worked long; it does not."""

    name = "took"
    summary = "took says so many milliseconds"
    options: ClassVar = {"milliseconds": Option(lambda v, f: int(as_number(v, f)), REQUIRED, "what took says")}
    milliseconds: int

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        def change(tree: Json) -> bool:
            if not isinstance(tree, dict) or "took" not in tree:
                return False
            tree["took"] = self.milliseconds
            return True

        return changed(answer, change)


class Deprecated(Action):
    """The answer announces a deprecation, as the next release will."""

    name = "deprecation"
    summary = "the answer carries a deprecation warning"
    evidence = "recorded"
    options: ClassVar = {"text": Option(lambda v, f: str(v), "this will be removed", "the warning")}
    text: str

    def after(self, exchange: Exchange, answer: RawResponse) -> RawResponse:
        from esmock.controls.action import behaviour_of

        behaviour = behaviour_of(exchange)
        value = f'299 Elasticsearch-{behaviour.version}-{behaviour.build.hash} "{self.text}"'
        answer.headers = [("Warning", value), *answer.headers]
        return answer


ANSWERS = (TimedOut, Health, SlowTook, Deprecated)
