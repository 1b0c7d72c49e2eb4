"""Filters of machine learning: lists of items, kept for rules. Docs: ml-put-filter.

Source: the makers' YAML tests (filter_crud) and the class MlFilter; no engine that could be asked has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.indices import acknowledged
from esmock.api.params import integer
from esmock.api.request import Request, Response
from esmock.errors import IllegalArgument, ResourceAlreadyExists, ResourceNotFound, Status
from esmock.state.resolve import glob
from esmock.xcontent.object_parser import Parser, string, strings
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster

endpoint = Endpoints()
Json = Any
_ACTION = "cluster:admin/xpack/ml/filters/"
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_\-.]*[a-z0-9])?\Z")
_MOST_ITEMS = 10_000
_PUT = Parser(
    "ml_filter_parser",
    string("filter_id", argument=True),
    string("description", argument=True, nullable=True),
    strings("items", argument=True),
)
_UPDATE = Parser(
    "update_filter_request",
    string("filter_id", argument=True),
    string("description", nullable=True),
    strings("add_items"),
    strings("remove_items"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter; its items are sorted."""

    id: str
    items: tuple[str, ...]
    description: str | None = None

    def body(self) -> dict[str, Json]:
        """As it is printed."""
        described = {} if self.description is None else {"description": self.description}
        return {"filter_id": self.id, **described, "items": list(self.items)}


class Filters:
    """The slot ``ml_filters`` of a cluster."""

    def __init__(self, filters: Mapping[str, Filter] | None = None) -> None:
        self.filters = dict(filters or {})

    def clone(self, cluster: Cluster) -> Filters:
        return Filters(self.filters)


def _filters(cluster: Cluster) -> dict[str, Filter]:
    found: Filters = cluster.slot("ml_filters", Filters)
    return found.filters


def check_id(name: str, id_: str) -> None:
    """Refuse an id that no thing of machine learning may bear. Raises IllegalArgument."""
    if not _ID.match(id_):
        raise IllegalArgument(
            f"Invalid {name}; '{id_}' can contain lowercase alphanumeric (a-z and 0-9), hyphens or underscores; must start and end "
            "with alphanumeric"
        )
    if len(id_) > 64:
        raise IllegalArgument(f"Invalid {name}; '{id_}' cannot contain more than 64 characters.")


def check_same(name: str, given: Mapping[str, Json], id_: str) -> None:
    """Refuse an id in the body that is not that of the path. Raises IllegalArgument."""
    if given.get(name) not in (None, id_):
        raise IllegalArgument(
            f"Inconsistent {name}; '{given[name]}' specified in the body differs from '{id_}' specified as a URL argument"
        )


def chosen(known: Mapping[str, Any], expression: str | None, missing: str) -> list[Any]:
    """Those that an expression names, by id. Raises ResourceNotFound."""
    found: dict[str, Any] = {}
    for name in (expression or "*").split(","):
        if name == "_all" or "*" in name:
            regex = glob("*" if name == "_all" else name)
            found |= {id_: one for id_, one in known.items() if regex.match(id_)}
        elif name in known:
            found[name] = known[name]
        else:
            raise ResourceNotFound(missing.format(name))
    return [found[id_] for id_ in sorted(found)]


def _body(request: Request) -> Filter:
    id_ = request.part("filter_id")
    given = _PUT.parse(request.required_json(), Reading(request.behaviour, request.warn))
    check_same("filter_id", given, id_)
    check_id("filter_id", id_)
    items = tuple(sorted(set(given.get("items") or ())))
    if len(items) > _MOST_ITEMS:
        raise IllegalArgument(f"Filter [{id_}] contains too many items; up to [{_MOST_ITEMS}] items are allowed")
    return Filter(id_, items, given.get("description"))


@endpoint("ml.put_filter", "PUT /_ml/filters/{filter_id}", docs="ml-put-filter", body=_body, action=f"{_ACTION}put")
def put_filter(cluster: Cluster, request: Request) -> Response:
    """Store a filter."""
    known, one = _filters(cluster), request.parsed
    if one.id in known:
        raise ResourceAlreadyExists(f"A filter with id [{one.id}] already exists")
    known[one.id] = one
    return Response(200, one.body())


@endpoint(
    "ml.get_filters",
    "GET /_ml/filters",
    "GET /_ml/filters/{filter_id}",
    params={"from": integer(0), "size": integer(100)},
    docs="ml-get-filter",
    action=f"{_ACTION}get",
)
def get_filters(cluster: Cluster, request: Request) -> Response:
    """Filters by id."""
    found = chosen(_filters(cluster), request.part("filter_id"), "Unable to find filter [{}]")
    first, size = request.param("from"), request.param("size")
    return Response(200, {"count": len(found), "filters": [one.body() for one in found[first : first + size]]})


@endpoint(
    "ml.update_filter",
    "POST /_ml/filters/{filter_id}/_update",
    docs="ml-update-filter",
    body=lambda request: _UPDATE.parse(request.required_json(), Reading(request.behaviour, request.warn)),
    action=f"{_ACTION}update",
)
def update_filter(cluster: Cluster, request: Request) -> Response:
    """Change a filter's items or description."""
    known, asked = _filters(cluster), request.parsed
    one = known.get(request.part("filter_id"))
    if one is None:
        raise ResourceNotFound(f"No filter with id [{request.part('filter_id')}] exists")
    removed = asked.get("remove_items") or ()
    absent = [item for item in removed if item not in one.items]
    if absent:
        raise Status(f"Cannot remove item [{absent[0]}] as it is not present in filter [{one.id}]", status=400)
    items = tuple(sorted((set(one.items) | set(asked.get("add_items") or ())) - set(removed)))
    known[one.id] = replace(one, items=items, description=asked.get("description") or one.description)
    return Response(200, known[one.id].body())


@endpoint("ml.delete_filter", "DELETE /_ml/filters/{filter_id}", docs="ml-delete-filter", action=f"{_ACTION}delete")
def delete_filter(cluster: Cluster, request: Request) -> Response:
    """Forget a filter."""
    if _filters(cluster).pop(request.part("filter_id"), None) is None:
        raise ResourceNotFound(
            f"Could not delete filter with ID [{request.part('filter_id')}] because it does not exist"
        )
    return acknowledged()
