"""Pipelines: reading and running them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalState, Unsupported
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Metric, Results, Step, read_steps, run
from esmock.state.failure_place import marked
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.ingest.environment import Environment

Json = Any


class Pipeline:
    """A pipeline that can run."""

    def __init__(
        self, id_: str, steps: list[Step], on_failure: list[Step], description: str | None, version: int | None
    ):
        self.id = id_
        self.steps = steps
        self.on_failure = on_failure
        self.description = description
        self.version = version
        self.metric = Metric()

    def take_over(self, older: Pipeline) -> None:
        """Go on counting where the pipeline that this one replaces stopped: processors that kept their places keep their counts."""
        self.metric = older.metric
        for mine, theirs in zip(self.steps, older.steps, strict=False):
            if mine.key == theirs.key:
                mine.metric = theirs.metric

    def statistics(self) -> dict[str, Json]:
        """The entry of node stats."""
        shown = [
            {one.key: {"type": "conditional" if one.condition else one.kind, "stats": one.metric.to_json()}}
            for one in self.steps
        ]
        return {**self.metric.to_json(), "processors": shown}

    @classmethod
    def read(cls, id_: str, body: dict[str, Json], environment: Environment) -> Pipeline:
        """Read a pipeline's body. Raises ElasticsearchParse, and the errors of its scripts."""
        config = Configuration(None, dict(body), environment)
        description = config.string("description", None)
        version = config.integer("version", None)
        behaviour = environment.behaviour
        if behaviour.has((7, 16)):
            config.map("_meta", None)
        if behaviour.has((8, 12)):
            config.boolean("deprecated", False)
        if behaviour.has((9, 2)) and config.string("field_access_pattern", "classic") != "classic":
            raise Unsupported("field_access_pattern flexible in a pipeline")
        steps = read_steps(config.list("processors"), environment)
        on_failure_configs = config.list("on_failure", None)
        on_failure = read_steps(on_failure_configs or [], environment)
        if on_failure_configs is not None and not on_failure_configs:
            raise ElasticsearchParse(f"pipeline [{id_}] cannot have an empty on_failure option defined")
        if config.values:
            left = ", ".join(hash_order(config.values))
            raise ElasticsearchParse(
                f"pipeline [{id_}] doesn't support one or more provided configuration parameters [{left}]"
            )
        return cls(id_, steps, on_failure, description, version)

    def execute(self, document: IngestDocument, results: Results | None = None) -> bool:
        """Run on a document. False: dropped. Raises Failure; IllegalState for a pipeline that leads to itself."""
        if self.id in document.pipelines:
            raise IllegalState(f"Cycle detected for pipeline: {self.id}")
        before = document.metadata.get("pipeline")
        document.pipelines.append(self.id)
        document.metadata["pipeline"] = self.id
        try:
            return self.metric.measure(lambda one: run(self.steps, self.on_failure, one, results), document)
        except ApiError as error:
            marked(error, document.pipelines)
            raise
        finally:
            document.terminated = False
            document.pipelines.pop()
            if before is None:
                document.metadata.pop("pipeline", None)
            else:
                document.metadata["pipeline"] = before
