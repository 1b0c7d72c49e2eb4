"""Looking at snapshots, page by page. Docs: get-snapshot-api."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from esmock.api.declare import Endpoints
from esmock.api.params import MASTER_TIMEOUT, Param, boolean, integer, names, string
from esmock.api.request import Request, Response
from esmock.errors import ActionRequestValidation, IllegalArgument, SnapshotMissing
from esmock.shape import snapshots as shape
from esmock.state import snapshots as state
from esmock.state.repositories import RepositoryEntry, find_repositories, repositories
from esmock.state.resolve import matches
from esmock.xcontent.java_number import parse_long

if TYPE_CHECKING:
    from esmock.state.cluster import Cluster
    from esmock.state.snapshots import Snapshot

endpoint = Endpoints()
Json = Any
Found = tuple[RepositoryEntry, "Snapshot"]

_KEYS: dict[str, Callable[[Found], Any]] = {
    "start_time": lambda one: one[1].started_ms,
    "duration": lambda one: 0,
    "name": lambda one: one[1].name,
    "repository": lambda one: one[0].name,
    "index_count": lambda one: len(one[1].indices),
    "shard_count": lambda one: one[1].n_shards,
    "failed_shard_count": lambda one: 0,
}


def _sort(name: str, text: str) -> str:
    if text not in _KEYS:
        raise IllegalArgument(f"unknown sort key [{text}]")
    return text


def _sort_before_8(name: str, text: str) -> str:
    if text not in _KEYS:
        raise IllegalArgument(f"unknown sort order [{text}]")
    return text


def _after_text(name: str, text: str) -> str:
    _position(text)
    return text


def _order(name: str, text: str) -> str:
    if text.lower() not in ("asc", "desc"):
        raise IllegalArgument(f"No enum constant org.elasticsearch.search.sort.SortOrder.{text.upper()}")
    return text


@endpoint(
    "snapshot.get",
    "GET /_snapshot/{repository}/{snapshot}",
    params={
        "ignore_unavailable": boolean(False),
        "verbose": boolean(True),
        "index_details": boolean(False, response=True, since=(7, 13)),
        "include_repository": boolean(True, response=True, since=(7, 14)),
        "sort": Param(_sort, "start_time", since=(7, 14), older=((8, 0), _sort_before_8)),
        "size": integer(-1, since=(7, 14)),
        "offset": integer(0, since=(7, 15)),
        "after": Param(_after_text, None, since=(7, 14)),
        "order": Param(_order, "asc", since=(7, 14)),
        "index_names": boolean(True, since=(8, 3)),
        "from_sort_value": string(since=(7, 16)),
        "slm_policy_filter": names(since=(7, 16)),
        "state": names(since=(9, 1)),
        "master_timeout": MASTER_TIMEOUT,
    },
    docs="modules-snapshots",
    prepare=lambda request: _prepare(request),
    early=("master_timeout",),
    action="cluster:admin/snapshot/get",
)
def get(cluster: Cluster, request: Request) -> Response:
    """Snapshots by name."""
    _check(request)
    found = _found(cluster, request)
    if not cluster.behaviour.product_header:
        shown = [shape.snapshot(cluster, entry.name, one, verbose=request.param("verbose")) for entry, one in found]
        return Response(200, {"snapshots": shown})
    key = _KEYS[request.param("sort")]
    is_descending = request.param("order").lower() == "desc"
    found.sort(key=lambda one: (key(one), one[1].name, one[0].name), reverse=is_descending)
    found = _from(found, key, request.param("from_sort_value"), is_descending=is_descending)
    total = len(found)
    page, skipped = _page(found, key, request, is_descending=is_descending)
    body: dict[str, Json] = {"snapshots": [_shown(cluster, request, *one) for one in page]}
    left = total - skipped - len(page)
    if left and page:
        body["next"] = _after(key, page[-1])
    return Response(200, {**body, "total": total, "remaining": left})


def _found(cluster: Cluster, request: Request) -> list[Found]:
    wanted, ignore = request.part_list("snapshot"), request.param("ignore_unavailable")
    policies = request.params.get("slm_policy_filter")
    states = request.params.get("state")
    out: list[Found] = []
    asked = _asked(cluster, request)
    if request.params.get("from_sort_value") is not None and request.param("sort") not in ("name", "repository"):
        parse_long(request.param("from_sort_value"))
    for entry in asked:
        found = state.find(entry, wanted, ignore_unavailable=ignore)
        if not found and cluster.behaviour.mapping_types and not ignore and not _finds_nothing_gladly(wanted):
            raise SnapshotMissing(f"[{entry.name}:{wanted[0]}] is missing")
        out += [(entry, one) for one in found if _is_of(one, policies) and (not states or one.state in states)]
    return out


def _asked(cluster: Cluster, request: Request) -> list[RepositoryEntry]:
    """The repositories to look into: 7.10 has one, whose name is taken as it stands. Raises RepositoryMissing."""
    if not cluster.behaviour.product_header:
        return [repositories(cluster).repository(request.part("repository"))]
    return find_repositories(cluster, request.part_list("repository"))


def _finds_nothing_gladly(wanted: list[str]) -> bool:
    return wanted in (["_all"], ["*"], ["_current"])


def _is_of(one: Snapshot, policies: list[str] | None) -> bool:
    """Whether the policy that took a snapshot is meant; ``_none`` stands for no policy."""
    if not policies:
        return True
    policy = (one.metadata or {}).get("policy")
    return "_none" in policies if policy is None else matches([one for one in policies if one != "_none"], str(policy))


def _prepare(request: Request) -> None:
    """Raises IllegalArgument for an offset that cannot be."""
    if request.param("offset") < 0:
        raise IllegalArgument(str(request.param("offset")))


def _check(request: Request) -> None:
    """Raises ActionRequestValidation for parameters that do not go together."""
    if "sort" not in request.params:
        return
    sort, order, size = request.param("sort"), request.param("order"), request.param("size")
    problems = []
    if size == 0 or size < -1:
        problems.append("size must be -1 or greater than 0")
    if not request.param("verbose"):
        for is_wrong, what in (
            (sort != "start_time", "non-default sort"),
            (size > 0, "size limit"),
            (request.param("offset") > 0, "offset"),
            (request.param("after") is not None, "after"),
            (order.lower() != "asc", "non-default sort order"),
            (bool(request.params.get("slm_policy_filter")), "slm policy filter"),
            (request.param("from_sort_value") is not None, "from_sort_value"),
        ):
            if is_wrong:
                problems.append(f"can't use {what} with verbose=false")
    if problems:
        raise ActionRequestValidation(*problems)


def _from(found: list[Found], key: Callable[[Found], Any], value: str | None, *, is_descending: bool) -> list[Found]:
    if value is None:
        return found
    least: Any = int(value) if value.lstrip("-").isdecimal() and not isinstance(key(found[0]) if found else 0, str) else value
    return [one for one in found if (key(one) <= least if is_descending else key(one) >= least)]


def _page(
    found: list[Found], key: Callable[[Found], Any], request: Request, *, is_descending: bool
) -> tuple[list[Found], int]:
    """A page, and how many lie before it."""
    start = request.param("offset")
    if request.param("after") is not None:
        value, repository, name = _position(request.param("after"))
        at = next(
            (n for n, one in enumerate(found) if (str(key(one)), one[0].name, one[1].name) == (value, repository, name)), -1
        )
        start = at + 1
    size = request.param("size")
    return (found[start:] if size == -1 else found[start : start + size]), min(start, len(found))


def _after(key: Callable[[Found], Any], one: Found) -> str:
    return base64.urlsafe_b64encode(f"{key(one)},{one[0].name},{one[1].name}".encode()).decode()


def _position(text: str) -> tuple[str, str, str]:
    if len(text) == 1:
        raise IllegalArgument("Input byte[] should at least have 2 bytes for base64 bytes")
    strange = next((letter for letter in text if not (letter.isalnum() or letter in "-_=")), None)
    if strange is not None:
        raise IllegalArgument(f"Illegal base64 character {ord(strange):x}")
    try:
        value, repository, name = base64.urlsafe_b64decode(text.encode()).decode().split(",")
    except (ValueError, binascii.Error):
        raise IllegalArgument(f"invalid ?after parameter [{text}]") from None
    return value, repository, name


def _shown(cluster: Cluster, request: Request, entry: RepositoryEntry, one: Snapshot) -> dict[str, Json]:
    return shape.snapshot(
        cluster,
        entry.name,
        one,
        verbose=request.param("verbose"),
        index_names=request.params.get("index_names", True) is not False,
        index_details=_shows(request, "index_details", default=False),
        with_repository=_shows(request, "include_repository", default=True),
    )


def _shows(request: Request, name: str, *, default: bool) -> bool:
    return bool(request.param(name)) if name in request.params else default
