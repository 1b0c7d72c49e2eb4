"""Processors of what is not installed. Source: the makers' tests of inference; an absent plugin's is any unknown type's."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("version", ["7.10.2", "8.19.21", "9.5.3"])
def test_a_model_that_is_missing_fails_the_document_and_not_the_pipeline(simulate, version):
    found = simulate("inference", {"model_id": "m", "target_field": "t", "field_map": {}}, {"a": 1}, version)
    assert (found["type"], found["reason"]) == ("resource_not_found_exception", "Could not find trained model [m]")


def test_a_model_must_be_named(simulate):
    found = simulate("inference", {"inference_config": {"regression": {}}}, {"a": 1})
    assert found["reason"] == "[model_id] required property is missing"


@pytest.mark.parametrize("version", ["7.10.2", "9.5.3"])
def test_attachments_need_a_plugin(simulate, version):
    found = simulate("attachment", {"field": "a"}, {"a": "eA=="}, version)
    assert (found["type"], found["reason"]) == ("parse_exception", "No processor type exists with name [attachment]")
