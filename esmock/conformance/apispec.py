"""The machine-readable API: from an API name and its parameters to one HTTP request.

A description is loaded from the published files (one JSON per API, or one JSON of all; old and new layout), or from the
compact facts in ``data/``: names, methods, paths, parameter names and whether a body belongs to a call.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from esmock.conformance.place import LoadError, StepError

Json = Any

BUNDLED = ("7.10.2", "9.5.3")
_PATH_SAFE = "*,:@+$&=;!'()~"
_GLOBAL = ("pretty", "human", "error_trace", "source", "filter_path")


@dataclass(frozen=True, slots=True)
class Route:
    """One path of an API; ``parts`` are the names of its placeholders."""

    path: str
    methods: tuple[str, ...]
    parts: tuple[str, ...]
    is_deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Api:
    """One API. ``body`` is None, ``optional`` or ``required``."""

    name: str
    routes: tuple[Route, ...]
    params: frozenset[str]
    required: frozenset[str]
    body: str | None


@dataclass(frozen=True, slots=True)
class HttpCall:
    """What is sent: the path is encoded, the query is not."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def target(self) -> str:
        """Path and query, encoded."""
        query = "&".join(f"{quote_plus(key, safe='*')}={quote_plus(text, safe='*')}" for key, text in self.query)
        return f"{self.path}{'&' if '?' in self.path else '?'}{query}" if query else self.path


@dataclass(frozen=True, slots=True)
class ApiDescription:
    """All APIs of one version.

    Attributes:
        apis: by name.
        common: query parameters that every API takes.
        fallback: asked for names that are missing here.
    """

    apis: Mapping[str, Api]
    common: frozenset[str]
    fallback: ApiDescription | None = None

    def find(self, name: str) -> Api | None:
        return self.apis.get(name) or (self.fallback.find(name) if self.fallback else None)

    def call(self, name: str, params: Mapping[str, str], *, has_body: bool) -> HttpCall:
        """The request for a call.

        Args:
            name: API name.
            params: texts with all marks filled in.
            has_body: whether a body will be sent.

        Raises:
            StepError: unknown API or parameter, no path for the parameters, a body too many or too few.
        """
        api = self.find(name)
        if api is None:
            raise StepError(f"rest api [{name}] doesn't exist in the API description")
        if has_body and api.body is None:
            raise StepError(f"body is not supported by [{name}] api")
        if not has_body and api.body == "required":
            raise StepError(f"body is required by [{name}] api")
        route = _choose(api, params)
        unknown = [key for key in params if key not in route.parts and key not in api.params | self.common]
        if unknown:
            raise StepError(f"unknown parameter(s) {unknown} of [{name}] api")
        if missing := sorted(api.required - params.keys()):
            raise StepError(f"missing required parameter(s) {missing} of [{name}] api")
        query = tuple((key, text) for key, text in params.items() if key not in route.parts)
        return HttpCall(_method(route, has_body), _fill(route, params), query)


def _choose(api: Api, params: Mapping[str, str]) -> Route:
    """The path with most parts among those that can be filled; not deprecated, then first in the file."""
    candidates = [route for route in api.routes if params.keys() >= set(route.parts)]
    if not candidates:
        raise StepError(f"no path of [{api.name}] api can be filled from the parameters {sorted(params)}")
    return min(candidates, key=lambda route: (-len(route.parts), route.is_deprecated))


def _method(route: Route, has_body: bool) -> str:
    if has_body:
        return next((method for method in ("POST", "PUT") if method in route.methods), route.methods[0])
    return route.methods[0]


def _fill(route: Route, params: Mapping[str, str]) -> str:
    """The path with each part percent-encoded on its own; a slash inside a part is encoded too."""
    return "/".join(
        quote(params[piece[1:-1]], safe=_PATH_SAFE) if piece.startswith("{") else piece
        for piece in route.path.split("/")
    )


@lru_cache(maxsize=4)
def bundled(version: str) -> ApiDescription:
    """The compact description in the package; names missing from 7.10.2 (x-pack) are looked up in 9.5.3."""
    if version not in BUNDLED:
        raise ValueError(f"no API description for [{version}], only for {', '.join(BUNDLED)}")
    packed = files("esmock.conformance").joinpath("data", f"api-{version}.json.xz").read_bytes()
    description = unpack(json.loads(lzma.decompress(packed)))
    if version == BUNDLED[-1]:
        return description
    return ApiDescription(description.apis, description.common, bundled(BUNDLED[-1]))


def bundled_for(version: tuple[int, ...]) -> ApiDescription:
    """The bundled description that fits a server version."""
    return bundled("7.10.2" if version < (8,) else "9.5.3")


def load(path: Path) -> ApiDescription:
    """Read a description: a JSON file with all APIs by name, or a folder of one JSON file per API.

    Raises:
        LoadError: unreadable, or not an API description.
    """
    try:
        if path.is_dir():
            documents: dict[str, Json] = {}
            for file in sorted(path.glob("*.json")):
                documents |= _named(file, json.loads(file.read_bytes()))
        else:
            documents = json.loads(path.read_bytes())
        if not documents:
            raise LoadError(str(path), "no API in this description")
        return unpack(documents if "apis" in documents else pack(documents))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(str(path), f"not an API description: {type(error).__name__}: {error}") from None


def _named(file: Path, content: dict[str, Json]) -> dict[str, Json]:
    if file.stem == "_common":
        return {"_common": content}
    if list(content) != [file.stem]:
        raise LoadError(str(file), "the file must be named like the single API in it")
    return content


def pack(documents: Mapping[str, Json]) -> dict[str, Json]:
    """The facts of published descriptions, without their texts; the form of the files in ``data/``."""
    common = documents.get("_common", {}).get("params", dict.fromkeys(_GLOBAL))
    apis = {name: _pack_api(api) for name, api in documents.items() if name != "_common"}
    return {"common": sorted(common), "apis": apis}


def _pack_api(api: Mapping[str, Json]) -> dict[str, Json]:
    params = api.get("params") or api["url"].get("params") or {}
    body = api.get("body")
    return {
        "paths": [_pack_path(api, path) for path in api["url"]["paths"]],
        "params": {name: str(about.get("type", "")) for name, about in params.items()},
        "required": sorted(name for name, about in params.items() if about.get("required")),
        "body": None if body is None else "required" if body.get("required") else "optional",
    }


def _pack_path(api: Mapping[str, Json], path: Json) -> list[Json]:
    if isinstance(path, str):
        return [path, list(api["methods"]), False]
    return [path["path"], list(path["methods"]), "deprecated" in path]


def unpack(packed: Mapping[str, Json]) -> ApiDescription:
    """The description from its packed form."""
    apis = {name: _unpack_api(name, facts) for name, facts in packed["apis"].items()}
    return ApiDescription(apis, frozenset(packed["common"]))


def _unpack_api(name: str, facts: Mapping[str, Json]) -> Api:
    routes = tuple(
        Route(path, tuple(methods), tuple(p[1:-1] for p in path.split("/") if p.startswith("{")), deprecated)
        for path, methods, deprecated in facts["paths"]
    )
    return Api(name, routes, frozenset(facts["params"]), frozenset(facts["required"]), facts["body"])
