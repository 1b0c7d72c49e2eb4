"""The processor ``inference``: there are no models. Docs: inference-processor.

Source: the makers' tests, which find the reason in a simulation of a model that is missing.
Differs: what ``inference_config`` holds is not read.
"""

from __future__ import annotations

from typing import ClassVar

from esmock.errors import ResourceNotFound
from esmock.ingest.configuration import Configuration
from esmock.ingest.document import IngestDocument
from esmock.ingest.processor import Processor


class Inference(Processor):
    name: ClassVar[str] = "inference"
    since: ClassVar[tuple[int, int]] = (7, 6)

    def __init__(self, config: Configuration) -> None:
        super().__init__(config)
        self.model_id = config.string("model_id")
        config.string("target_field", None)
        config.map("field_map", None)
        config.map("inference_config", None)
        if config.environment.behaviour.has((8, 11)):
            config.any("input_output", None)
            config.boolean("ignore_missing", False)

    def execute(self, document: IngestDocument) -> None:
        raise ResourceNotFound(f"Could not find trained model [{self.model_id}]")


PROCESSORS = (Inference,)
