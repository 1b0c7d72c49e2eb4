"""From API names to requests.

Source: the published API descriptions of 7.10.2 and 9.5.3; choice rules of the Java runner, made deterministic.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from esmock.conformance.apispec import BUNDLED, HttpCall, bundled, bundled_for, load, pack, unpack
from esmock.conformance.place import LoadError, StepError
from tests.scripts import load_script


def line(version: str, name: str, params: dict[str, str], *, body: bool = False) -> str:
    call = bundled(version).call(name, params, has_body=body)
    return f"{call.method} {call.target}"


@pytest.mark.parametrize(
    ("name", "params", "body", "expected"),
    [
        ("search", {}, False, "GET /_search"),
        ("search", {"index": "a"}, True, "POST /a/_search"),
        ("search", {"index": "a", "type": "t"}, False, "GET /a/t/_search"),
        ("index", {"index": "a", "id": "1"}, True, "POST /a/_doc/1"),
        ("index", {"index": "a", "type": "t", "id": "1"}, True, "POST /a/t/1"),
        ("indices.create", {"index": "a"}, False, "PUT /a"),
        ("indices.delete", {"index": "a"}, False, "DELETE /a"),
        ("exists", {"index": "a", "id": "1"}, False, "HEAD /a/_doc/1"),
        ("cluster.health", {"wait_for_status": "green"}, False, "GET /_cluster/health?wait_for_status=green"),
        ("indices.put_mapping", {"index": "a"}, True, "POST /a/_mapping"),
        ("get", {"index": "a/b c", "id": "%ü*"}, False, "GET /a%2Fb%20c/_doc/%25%C3%BC*"),
        ("search", {"q": "a b&c=d*"}, False, "GET /_search?q=a+b%26c%3Dd*"),
        ("rollup.stop_job", {"id": "x"}, False, "POST /_rollup/job/x/_stop"),
    ],
)
def test_requests_of_7_10(name: str, params: dict[str, str], body: bool, expected: str) -> None:
    assert line("7.10.2", name, params, body=body) == expected


def test_requests_of_9_have_no_types() -> None:
    with pytest.raises(StepError, match=r"unknown parameter\(s\) \['type'\] of \[search\] api"):
        bundled("9.5.3").call("search", {"index": "a", "type": "t"}, has_body=False)


@pytest.mark.parametrize(
    ("name", "params", "body", "message"),
    [
        ("nope", {}, False, "rest api [nope] doesn't exist in the API description"),
        ("get", {"index": "a"}, False, "no path of [get] api can be filled from the parameters ['index']"),
        ("get", {"index": "a", "id": "1"}, True, "body is not supported by [get] api"),
        ("bulk", {}, False, "body is required by [bulk] api"),
        ("search", {"nope": "1"}, False, "unknown parameter(s) ['nope'] of [search] api"),
    ],
)
def test_what_the_description_forbids(name: str, params: dict[str, str], body: bool, message: str) -> None:
    with pytest.raises(StepError) as caught:
        bundled("7.10.2").call(name, params, has_body=body)
    assert str(caught.value) == message


def test_required_query_parameters_are_demanded() -> None:
    description = unpack(
        pack(
            {
                "a": {
                    "url": {"paths": [{"path": "/a", "methods": ["GET"]}]},
                    "params": {"p": {"type": "string", "required": True}, "q": {"type": "string"}},
                }
            }
        )
    )
    with pytest.raises(StepError, match=r"missing required parameter\(s\) \['p'\] of \[a\] api"):
        description.call("a", {"q": "1"}, has_body=False)
    assert description.call("a", {"p": "1"}, has_body=False) == HttpCall("GET", "/a", (("p", "1"),))


def test_a_path_that_is_not_deprecated_is_preferred() -> None:
    paths = [
        {"path": "/old/{x}", "methods": ["GET"], "parts": {"x": {}}, "deprecated": {"version": "7.0.0"}},
        {"path": "/new/{x}", "methods": ["GET"], "parts": {"x": {}}},
        {"path": "/newer/{x}", "methods": ["GET"], "parts": {"x": {}}},
    ]
    description = unpack(pack({"a": {"url": {"paths": paths}}}))
    assert description.call("a", {"x": "1"}, has_body=False).path == "/new/1"


def test_the_old_layout_is_read() -> None:
    old = {
        "a.b": {
            "methods": ["GET", "POST"],
            "url": {
                "path": "/_a",
                "paths": ["/_a", "/{index}/_a"],
                "parts": {"index": {"type": "list"}},
                "params": {"size": {"type": "number"}},
            },
            "body": {"description": "x"},
        }
    }
    description = unpack(pack(old))
    assert description.call("a.b", {"index": "i", "size": "1"}, has_body=False).target == "/i/_a?size=1"
    assert description.call("a.b", {}, has_body=True).method == "POST"
    assert description.call("a.b", {"pretty": "true"}, has_body=False).target == "/_a?pretty=true"


def test_a_description_is_loaded_from_a_file_or_a_folder(tmp_path: Path) -> None:
    api: dict[str, Any] = {"url": {"paths": [{"path": "/a", "methods": ["GET"]}]}}
    (tmp_path / "a.json").write_text(json.dumps({"a": api}))
    (tmp_path / "_common.json").write_text(json.dumps({"params": {"human": {"type": "boolean"}}}))
    assert load(tmp_path).call("a", {"human": "true"}, has_body=False).target == "/a?human=true"
    joined = tmp_path / "joined.txt"
    joined.write_text(json.dumps({"a": api}))
    assert load(joined).call("a", {}, has_body=False).target == "/a"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"a": {}}', '{"a": {"url": {}}}'])
def test_a_malformed_description_is_refused(content: str, tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    file.write_text(content)
    with pytest.raises(LoadError):
        load(file)


def test_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"b": {"url": {"paths": []}}}')
    with pytest.raises(LoadError, match="must be named like the single API"):
        load(tmp_path)


def test_the_bundled_description_fits_the_server() -> None:
    assert bundled_for((7, 17, 29)) is bundled("7.10.2")
    assert bundled_for((8, 0, 0)) is bundled("9.5.3")
    assert len(bundled("7.10.2").apis) == 146
    assert len(bundled("9.5.3").apis) == 602
    with pytest.raises(ValueError, match="no API description for"):
        bundled("1.0.0")


@pytest.mark.parametrize("version", BUNDLED)
def test_the_packed_data_are_made_from_the_published_description(version: str, shared_dir: Path) -> None:
    script = Path(__file__).parents[2] / "conformance" / "pack_api_description.py"
    module = load_script(script)
    made = module.packed_bytes(shared_dir / "corpus" / "rest-api" / f"{version}.json")
    packed = (module.DATA / f"api-{version}.json.xz").read_bytes()
    assert json.loads(lzma.decompress(made)) == json.loads(lzma.decompress(packed))
