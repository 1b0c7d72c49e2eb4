"""Processors about the run itself: other pipelines, scripts, loops, ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from esmock.errors import ApiError, IllegalArgument, IllegalState
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Escaped, Processor, Result, Results, read_script, read_step, run
from esmock.script.tree import check_self_references


class FailProcessor(ApiError):
    package = "org.elasticsearch.ingest.common"
    is_elasticsearch = False


class Drop(Processor):
    name: ClassVar[str] = "drop"

    def execute(self, document: IngestDocument) -> bool:
        return False


class Fail(Processor):
    name: ClassVar[str] = "fail"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.message = config.template_string("message")

    def execute(self, document: IngestDocument) -> None:
        raise FailProcessor(self.message.render(document))


class Missing(Escaped):
    """A pipeline that is not there ends the whole simulation, when every step is told."""

    def __init__(self, name: str) -> None:
        super().__init__(IllegalArgument(f"Pipeline processor configured for non-existent pipeline [{name}]"))


class RunPipeline(Processor):
    name: ClassVar[str] = "pipeline"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.called = config.values.get("name")
        self.template = config.template_string("name")
        has_option = config.environment.behaviour.has((7, 15))
        self.ignore_missing = config.boolean("ignore_missing_pipeline", False) if has_option else False

    def execute(self, document: IngestDocument) -> bool:
        return self._run(document, None)

    def execute_tracked(self, document: IngestDocument, results: Results, result: Callable[[], Result]) -> bool:
        """As ``execute``; the steps of the pipeline follow its own in the record."""
        name = self.template.render(document)
        if self.environment.pipeline(name) is not None and name not in document.pipelines:
            self._check_cycle(document, name)
            results.append(result())
        if self.environment.pipeline(name) is None and not self.ignore_missing:
            raise Missing(name)
        return self._run(document, results)

    def _check_cycle(self, document: IngestDocument, name: str) -> None:
        """A trial run, which finds a pipeline that leads to itself before anything is told."""
        pipeline = self.environment.pipeline(name)
        assert pipeline is not None
        try:
            pipeline.execute(document.copy())
        except ApiError as error:
            peeled = error.peeled()
            if isinstance(peeled, IllegalState) and (peeled.reason or "").startswith("Cycle detected"):
                raise peeled from None

    def _run(self, document: IngestDocument, results: Results | None) -> bool:
        name = self.template.render(document)
        pipeline = self.environment.pipeline(name)
        if pipeline is None:
            if self.ignore_missing:
                return True
            raise IllegalState(f"Pipeline processor configured for non-existent pipeline [{name}]")
        return pipeline.execute(document, results)


class RunScript(Processor):
    name: ClassVar[str] = "script"

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        body = dict(config.values)
        config.values.clear()
        self.script = read_script(body, config)
        self._compiled = config.environment.scripts.compile(self.script, "ingest")
        from esmock.script.painless.runtime.values import hash_maps
        from esmock.script.tree import fixed_params

        self._hash_maps = hash_maps
        self._params = fixed_params(self.script.params)

    def execute(self, document: IngestDocument) -> None:
        # A stored script may have been replaced by now.
        compiled = self.environment.scripts.compile(self.script, "ingest") if self.script.stored else self._compiled
        fields = self._hash_maps(document.fields)
        fields.table = document.table
        fields.timestamp = document.metadata["timestamp"]
        compiled.run(params=self._params, ctx=fields)
        check_self_references(fields, "ingest script")
        document.fields = fields
        document.count()


class Foreach(Processor):
    """One processor for every element of a list (from 7.14: of an object)."""

    name: ClassVar[str] = "foreach"
    names_failures: ClassVar[bool] = True

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.field = config.string("field")
        self.ignore_missing = config.boolean("ignore_missing", False)
        processor = config.map("processor")
        if len(processor) != 1:
            raise config.error("processor", "Must specify exactly one processor type")
        kind, body = next(iter(processor.items()))
        self.step = read_step(kind, body, config.environment)

    def execute(self, document: IngestDocument) -> bool:
        takes_maps = self.environment.behaviour.has((7, 14))
        kind = None if takes_maps else "java.util.List"
        try:
            found = document.get(self.field, kind, ignore_missing=self.ignore_missing)
        except IllegalArgument as error:
            if takes_maps:
                raise
            raise Escaped(error) from None
        if found is None:
            if self.ignore_missing:
                return True
            raise IllegalArgument(f"field [{self.field}] is null, cannot loop over its elements.")
        if isinstance(found, dict):
            return self._over_map(document, found)
        if not isinstance(found, list):
            from esmock.ingest.java import class_name

            raise IllegalArgument(f"field [{self.field}] of type [{class_name(found)}] cannot be cast to a list or map")
        values: list[Any] = []
        for one in list(found):
            kept, value = self._one(document, "_value", one)
            if not kept:
                return False
            values.append(value)
        document.set(self.field, values)
        return True

    def _over_map(self, document: IngestDocument, found: dict[str, Any]) -> bool:
        changed: dict[str, Any] = {}
        before = document.metadata.get("_key")
        for key, one in list(found.items()):
            document.metadata["_key"] = key
            kept, value = self._one(document, "_value", one)
            if not kept:
                return False
            changed[str(document.metadata.get("_key"))] = value
        document.metadata["_key"] = before
        document.set(self.field, changed)
        return True

    def _one(self, document: IngestDocument, name: str, value: Any) -> tuple[bool, Any]:
        before = document.metadata.get(name)
        document.metadata[name] = value
        try:
            kept = run([self.step], (), document)
        finally:
            changed = document.metadata.get(name)
            document.metadata[name] = before
        return kept, changed


class Terminate(Processor):
    """End the current pipeline (8.16)."""

    name: ClassVar[str] = "terminate"
    since: ClassVar[tuple[int, int]] = (8, 16)

    def execute(self, document: IngestDocument) -> bool:
        document.terminated = True
        return True


class Reroute(Processor):
    """Send the document to another index or data stream (8.8)."""

    name: ClassVar[str] = "reroute"
    since: ClassVar[tuple[int, int]] = (8, 8)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.destination = config.string("destination", None)
        if self.destination is not None and any(config.has(one) for one in ("type", "dataset", "namespace")):
            raise config.error("destination", "can only be set if type, dataset, and namespace are not set")
        self.parts = {name: self._part(config, name) for name in ("type", "dataset", "namespace")}

    @staticmethod
    def _part(config: Configuration, name: str) -> list[str]:
        value = config.any(name, None)
        listed = [] if value is None else value if isinstance(value, list) else [value]
        return [str(one) for one in listed] or ["{{data_stream." + name + "}}"]

    def execute(self, document: IngestDocument) -> bool:
        if self.destination is not None:
            document.fields["_index"] = self.destination
            document.rerouted = True
            return True
        index = str(document.fields.get("_index"))
        pieces = index.split("-", 2)
        if len(pieces) != 3:
            raise IllegalArgument(
                f"invalid data stream name: [{index}]; must follow naming scheme <type>-<dataset>-<namespace>"
            )
        chosen = [
            self._choose(document, name, own)
            for name, own in zip(("type", "dataset", "namespace"), pieces, strict=True)
        ]
        document.fields["_index"] = "-".join(chosen)
        for name, value in zip(("type", "dataset", "namespace"), chosen, strict=True):
            document.set(f"data_stream.{name}", value)
        document.rerouted = True
        return True

    def _choose(self, document: IngestDocument, name: str, own: str) -> str:
        for source in self.parts[name]:
            if not (source.startswith("{{") and source.endswith("}}")):
                return source
            path = source.strip("{} ")
            value = document.get(path, ignore_missing=True)
            if isinstance(value, str) and value:
                return _sanitized(value)
        return own


def _sanitized(value: str) -> str:
    import re

    return re.sub(r'[\\/*?"<>| ,#:-]', "_", value.lower())[:100]


PROCESSORS = (Drop, Fail, Foreach, Reroute, RunPipeline, RunScript, Terminate)
