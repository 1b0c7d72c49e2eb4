"""Generated requests around scripts, and what 7.10.2 answered to them (fixtures/recorded/7.10.2).

by_query_generated: updates, update by query, delete by query, reindex and searches between them, on five documents at a time.
expressions_and_templates (and _more): expressions in queries, sorts, script fields and aggregations; mustache templates.
ingest_generated_more: simulations of pipelines. ingest_every_processor: with every option of every processor, on values that fit it.
scripts_on_documents: scripts that read doc values, the source and stored fields, in every context of a search.

Cases build on one another and run in order on one cluster. Those marked ``differs`` are known to be answered otherwise: templates
whose output is no JSON, messages of calls that the JVM has already linked, nanoseconds of its clock.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.scripts import FIXTURES, recorder

SETTLED = recorder("cases").settled


def told(text: str) -> Any:
    """An answer without Java's own frames, identity hashes and numbers of local variables."""
    text = re.sub(r"(node\.E\w+|\[?[A-Za-z.;]+)@[0-9a-f]{1,8}", r"\1@HASH", SETTLED(text))
    try:
        return _without_frames(json.loads(re.sub(r"<local\d+>", "<local>", text)))
    except ValueError:
        return text


def _without_frames(tree: Any) -> Any:
    if isinstance(tree, dict):
        kept = {key: _without_frames(value) for key, value in tree.items()}
        if "script_stack" in kept:
            java = re.compile(r"(java\.base/|org\.elasticsearch\.|app//)")
            kept["script_stack"] = [frame for frame in kept["script_stack"] if not java.match(frame)]
        return kept
    return [_without_frames(one) for one in tree] if isinstance(tree, list) else tree


NAMES = ("by_query_generated", "expressions_and_templates", "expressions_and_templates_more", "ingest_every_processor")
NAMES += ("ingest_generated_more", "scripts_on_documents")


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_those_recorded(raw, name):
    ask = raw("7.10.2", node_settings={"script.disable_max_compilations_rate": "true"})
    cases = json.loads((FIXTURES / "recorded" / "7.10.2" / f"{name}.json").read_text("utf-8"))["cases"]
    assert len(cases) >= 400
    wrong = []
    for case in cases:
        answer = ask(case["request"], case.get("body"))
        same = (answer.status, told(answer.body.decode())) == (case["status"], told(case["answer"]))
        if same == ("differs" in case):
            wrong.append(f"{case['request']} {case.get('body')}\n  {case['answer']}\n  {answer.body.decode()}")
    assert not wrong, "\n".join(wrong)
