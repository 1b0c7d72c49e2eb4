"""Who may do what: asked once for every request of a space with security on."""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from esmock.errors import ApiError, IllegalArgument, IndexNotFound, RoleRestriction, Security
from esmock.features.security.authentication import Authentication, Authenticator
from esmock.features.security.denial import denied
from esmock.features.security.gate import NOTHING, REMOTE, SEARCH, SEARCH_TEMPLATE, SecurityGate
from esmock.features.security.jwt import JwtRealm
from esmock.features.security.privileges import is_cluster_action
from esmock.features.security.token import is_refresh
from esmock.features.security.user import security_state
from esmock.state.resolve import is_all
from esmock.state.scroll_id import parse as parse_scroll_id
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esmock.api.declare import Endpoint, Route
    from esmock.api.request import Request
    from esmock.features.security.user import ApiKey
    from esmock.state.cluster import Cluster
    from esmock.wire import RawRequest

# what everybody who is authenticated may do, about himself
_OWN = frozenset(
    {"security.authenticate", "security.has_privileges", "security.get_user_privileges", "security.change_password"}
)
# what has been allowed when it was begun, or is told only to who began it
_BEGUN = frozenset({"clear_scroll", "close_point_in_time", "async_search.get", "async_search.delete"})
_MULTIPLE = frozenset({"bulk", "mget", "msearch", "reindex", "msearch_template", "mtermvectors"})
_NAMES_WITHIN = _MULTIPLE | {"index", "create", "delete"}
"""Endpoints that ask the gate about each of the indices that they turn to."""

_LENIENT = frozenset({"search_shards"})
"""Endpoints that leave out what is not there, and so what is not allowed, unless they are told otherwise."""
_NEEDS_SOME = frozenset({"indices.put_settings", "indices.put_mapping"})
_NEEDED_SOME = frozenset({"indices.validate_query"})
"""Endpoints whose wildcards may not be empty (the latter: on 7.x), unless they are told otherwise."""
_SHOWS_ALL = frozenset({"cat.shards"})
"""Endpoints that read the state of the cluster, and show of others' indices that they are there."""
_ASKS_FURTHER = frozenset({"update_by_query", "delete_by_query"})
"""Endpoints whose wildcards mean what may be changed, before it is asked whether that may be read."""
_OWNED = frozenset({"security.get_api_key", "security.invalidate_api_key", "security.query_api_keys"})
_WORKFLOWS = MappingProxyType({"search_application.search": "search_application_query"})
"""Endpoints that are a workflow's. Source: the makers' description of the endpoints and their tests."""
_SHOWS_ALIASES = frozenset({"indices.get_alias", "indices.exists_alias", "cat.aliases"})
_CHANGES_ALIASES = frozenset({"indices.put_alias", "indices.delete_alias", "indices.update_aliases"})
_RESIZES = frozenset({"indices.shrink", "indices.split", "indices.clone"})
_ALIAS_PARTLY = "Alias requests are not allowed for users who have field or document level security enabled on one of the indices"
_ALIAS_MORE = "Adding an alias is not allowed when the alias has more permissions than any of the indices"
_RESIZE_PARTLY = "Resize requests are not allowed for users when field or document level security is enabled on the source index"
_RESIZE_MORE = "Resizing an index is not allowed when the target index has more permissions than the source index"
_OPEN_ONLY = frozenset(
    f"indices.{one}"
    for one in (
        "add_block", "clear_cache", "close", "exists", "flush", "flush_synced", "forcemerge", "get", "get_field_mapping", "get_settings",
        "get_mapping", "refresh", "resolve_index", "segments", "stats", "validate_query",
    )
) | {"ilm.explain_lifecycle", "search_shards"}  # fmt: skip
"""Endpoints whose wildcards mean open indices only, unless they are told otherwise."""
_BY_REQUEST = frozenset({"indices.analyze", "clear_scroll", "security.get_token"})
ALL_INDICES = "indices:*"
_PRIVILEGES_OF_APPLICATIONS = tuple(f"cluster:admin/xpack/security/privilege/{verb}" for verb in ("put", "get", "delete"))


class _Plan(NamedTuple):
    """What is asked of every request of an endpoint.

    Args:
        part: of the path that names indices.
        groups: actions; None: they depend on the request.
        is_plain: nothing but the name of an index in the path is to be looked at.
    """

    part: str | None
    groups: tuple[tuple[str, ...], ...] | None
    is_plain: bool


def _is_one_name(text: str) -> bool:
    """Whether a text names one index, alias or data stream, as it is."""
    return text[:1] not in "<-_" and "," not in text and "*" not in text


def _named(request: Request) -> tuple[list[str], list[str]]:
    """The indices and the aliases that the path or the actions of an alias request name."""
    if request.endpoint.name != "indices.update_aliases":
        return request.part_list(_index_part(request.endpoint.routes) or "index"), _aliases(request)
    names: list[str] = []
    aliases: list[str] = []
    for action in request.json().get("actions") or ():
        for kind, options in action.items():
            names += _words(options.get("indices", options.get("index")))
            if kind != "remove_index":
                aliases += _words(options.get("aliases", options.get("alias")))
    return names, [one for one in aliases if "*" not in one]


def _new_aliases(request: Request) -> list[tuple[list[str], list[str]]]:
    """The names that a request adds aliases to, and those aliases."""
    if request.endpoint.name == "indices.put_alias":
        return [(request.part_list("index"), request.part_list("name"))]
    if request.endpoint.name != "indices.update_aliases":
        return []
    added = [action["add"] for action in request.json().get("actions") or () if "add" in action]
    return [
        (_words(one.get("indices", one.get("index"))), _words(one.get("aliases", one.get("alias")))) for one in added
    ]


def _aliases(request: Request) -> list[str]:
    """The aliases that the path names plainly."""
    if request.endpoint.name not in _SHOWS_ALIASES | _CHANGES_ALIASES:
        return []
    return [one for one in request.part_list("name") if "*" not in one and one != "_all"]


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


@functools.lru_cache(1024)
def _index_part(routes: tuple[Route, ...]) -> str | None:
    """The part of the path that names indices or data streams; None for an endpoint whose path names none."""
    paths = [route.path for route in routes]
    if any("{index}" in path for path in paths):
        return "index"
    return "name" if any(path.startswith(("/_resolve/", "/_data_stream/{name}")) for path in paths) else None


class Guard:
    """Authentication and authorization of one space."""

    def __init__(self, cluster: Cluster) -> None:
        settings = cluster.server_settings
        self._cluster = cluster
        self._behaviour = cluster.behaviour
        self._plans: dict[str, _Plan] = {}
        self.state = security_state(cluster)
        self.state.cluster = cluster
        realm = None if settings.jwt is None else JwtRealm.of(settings.jwt)
        self._authenticator = Authenticator(self.state, self._behaviour, tuple(settings.anonymous_roles), realm)

    @property
    def before_routing(self) -> bool:
        """Whether unknown paths too are only told to who is authenticated."""
        return self._behaviour.authenticates_first

    def authenticate(self, raw: RawRequest) -> Authentication:
        """Raises Security (401)."""
        return self._authenticator.of(raw.headers, raw.target, raw.certificate)

    def authorize(self, request: Request) -> bool:
        """Let a request pass, its wildcards narrowed to what the user may see.

        Returns:
            whether names were narrowed: what was read from the request before is then to be read again.

        Raises:
            Security: 403.
            IndexNotFound: a wildcard that may not be empty, and is.
        """
        who: Authentication = request.authentication
        self._cluster.sender = who.identity
        if who.refused_run_as is not None and request.endpoint.action:
            actions = next(iter(self._actions(request)), (request.endpoint.action,))
            own, as_whom = request.endpoint.name not in _OWNED or self._is_owner(request), who.refused_run_as
            raise _with_others(
                *(denied(who, action, self.state, self._behaviour, run_as=as_whom, own=own) for action in actions)
            )
        if who.key is not None:
            self._check_workflow(request, who, who.key)
        who.check_roles(self._behaviour)
        if not request.endpoint.action or (request.endpoint.name in _OWN and self._is_own(request, who)):
            return False
        asked, narrowed = request.parts, None
        plan = self._plan(request.endpoint)
        for together in self._actions(request) if plan.groups is None else plan.groups:
            refused: list[Security] = []
            for action in together:
                request.parts = asked
                try:
                    if self._allow(request, action) and narrowed is None:
                        narrowed = request.parts
                except Security as error:
                    refused.append(error)
            if refused:
                raise _with_others(*refused)
        request.parts = asked if narrowed is None else narrowed
        return narrowed is not None

    def _check_workflow(self, request: Request, who: Authentication, key: ApiKey) -> None:
        """Raises Security (403) for a key that is restricted to workflows of which the request is none."""
        workflows = [one for role in key.roles for one in role.workflows]
        if workflows and request.endpoint.action and _WORKFLOWS.get(request.endpoint.name) not in workflows:
            action = next(iter(self._actions(request)), (request.endpoint.action,))[0]
            error = denied(who, action, self.state, self._behaviour)
            error.cause = RoleRestriction("access restricted by workflow")
            raise error

    @staticmethod
    def _is_own(request: Request, who: Authentication) -> bool:
        """Whether a request is about the one who sends it."""
        named = request.part("username") or request.part("user") or who.user.username
        return named == who.user.username and (who.key is None or request.endpoint.name != "security.change_password")

    def _allow(self, request: Request, action: str) -> bool:
        """The same for one action of a request."""
        who: Authentication = request.authentication
        endpoint = request.endpoint
        if is_cluster_action(action):
            if endpoint.name == "security.grant_api_key" and self._behaviour.major < 8:
                _check_own_keys(who, is_told=self._behaviour.denial_tells_roles and not who.permits(action))
            own = endpoint.name not in _OWNED or self._is_owner(request)
            if not who.permits_cluster(action, own=own) and not self._is_managed(request, action):
                raise denied(who, action, self.state, self._behaviour, own=own)
            return False
        if endpoint.name == "scroll" and self._behaviour.has((7, 17)):
            self._check_scroll(request, action)
        part = self._plan(endpoint).part
        if self._permits_everything(request, ALL_INDICES, part) and not self._means_less(request, part):
            return False
        if self._plan(endpoint).is_plain and _is_one_name(request.parts["index"]) and who.permits(action, request.parts["index"]):
            self._cluster.gate = SecurityGate(self._cluster, who, self.state, action, request.warn, (request.parts["index"],))
            return False
        names, aliases = _named(request)
        if action not in REMOTE and not who.permits(action):
            raise denied(who, action, self.state, self._behaviour, indices=self._told(request, action, names))
        self._cluster.gate = gate = SecurityGate(self._cluster, who, self.state, action, request.warn)
        if endpoint.name in _CHANGES_ALIASES:
            if wildcards := [name for name in names if "*" in name]:
                gate.narrow(action, wildcards, allow_none=False)
            gate.require_all(action, [name for name in names if "*" not in name], aliases)
            gate.check_new_names(_new_aliases(request), _ALIAS_PARTLY, _ALIAS_MORE)
        elif endpoint.name in _RESIZES:
            gate.require_all(action, names)
            gate.check_new_names([(names, request.part_list("target"))], _RESIZE_PARTLY, _RESIZE_MORE)
        if endpoint.name in _NAMES_WITHIN or part is None or self._is_of_several(request, action) or _is_kept(request):
            if not who.permits(action):
                raise denied(who, action, self.state, self._behaviour)
            return False
        if endpoint.name not in _ASKS_FURTHER and self._permits_everything(request, action, part) and not self._means_less(request, part):
            return False
        return self._narrow(gate, action, request, part)

    @staticmethod
    def _is_managed(request: Request, action: str) -> bool:
        """Whether a request is about privileges of such applications only as the sender may manage."""
        if not action.startswith(_PRIVILEGES_OF_APPLICATIONS):
            return False
        if request.endpoint.name == "security.put_privileges":
            asked = {application for application, _ in request.parsed}
        else:
            asked = {request.part("application", "*")}
        who: Authentication = request.authentication
        return who.permission.manages(asked) and (who.key is None or who.key.limited_by.manages(asked))

    def _check_scroll(self, request: Request, action: str) -> None:
        """Raises Security for an id that cannot be read, whatever the user may do."""
        body = request.parsed or {}
        scroll_id = body.get("scroll_id") or request.part("scroll_id") or request.param("scroll_id")
        try:
            if scroll_id:
                parse_scroll_id(scroll_id, self._behaviour)
        except ApiError as error:
            refused = denied(request.authentication, action, self.state, self._behaviour)
            refused.cause = error
            raise refused from None

    def _plan(self, endpoint: Endpoint) -> _Plan:
        """What is asked of every request of an endpoint."""
        found = self._plans.get(endpoint.name)
        if found is None:
            name, part = endpoint.name, _index_part(endpoint.routes)
            is_plain = part == "index" and all("{index}" in route.path for route in endpoint.routes)
            special = _NAMES_WITHIN | _CHANGES_ALIASES | _SHOWS_ALIASES | _RESIZES | {"scroll"}
            groups = None if name in _BY_REQUEST else self._groups(endpoint)
            found = self._plans[name] = _Plan(part, groups, is_plain and name not in special)
        return found

    def _actions(self, request: Request) -> tuple[tuple[str, ...], ...]:
        """The actions that a request takes, in the order in which they are asked for; some of them together."""
        if request.endpoint.name == "indices.analyze" and not request.part("index"):
            return (("cluster:admin/analyze",),)
        if request.endpoint.name == "clear_scroll" and request.part("scroll_id") == "_all":
            return (("cluster:admin/indices/scroll/clear_all",),)
        if request.endpoint.name == "security.get_token" and is_refresh(request.parsed):
            return (("cluster:admin/xpack/security/token/refresh",),)
        return self._groups(request.endpoint)

    def _groups(self, endpoint: Endpoint) -> tuple[tuple[str, ...], ...]:
        """The same, whatever is asked for."""
        behaviour = self._behaviour
        eight = behaviour.major >= 8
        match endpoint.name:
            case "cluster.get_settings" if behaviour.has((8, 3)):
                return (("cluster:monitor/settings",),)
            case name if name in _BEGUN:
                return ()
            case "rollup.rollup_search":
                return ((behaviour.rollup.search_action,),)
            case "search_template":
                return ((SEARCH_TEMPLATE,), (SEARCH,))
            case "async_search.submit":
                return ((SEARCH,),)
            case "cat.nodes" if eight:
                return ((endpoint.action, *endpoint.then),)
            case "cat.indices" if eight:
                settings, stats, state, _ = (endpoint.action, *endpoint.then)
                return ((settings, state, stats),)
            case "cat.indices":
                settings, stats, state, health = (endpoint.action, *endpoint.then)
                return ((settings,), (stats, state, health))
            case "cat.shards" if eight:
                return tuple((one,) for one in (*endpoint.then, endpoint.action))
            case "cat.templates" if not behaviour.has((7, 16)):
                return (("cluster:monitor/state",),)
        return tuple((one,) for one in (endpoint.action, *endpoint.then))

    def _is_of_several(self, request: Request, action: str) -> bool:
        """Whether an action is one of requests with indices of their own, which are not looked at yet."""
        return request.endpoint.name in _MULTIPLE or (action == SEARCH_TEMPLATE and self._behaviour.major < 8)

    def _told(self, request: Request, action: str, names: list[str]) -> list[str]:
        """Names of indices that a denial tells where the action is allowed nowhere."""
        if not self._behaviour.denial_tells_all_indices or self._is_of_several(request, action):
            return []
        return hash_order(dict.fromkeys(names))

    @staticmethod
    def _is_owner(request: Request) -> bool:
        """Whether a request is about keys of its sender's alone, by what it says: a key knows of itself, and not who limits it."""
        who: Authentication = request.authentication
        given = {**request.params, **(request.parsed if isinstance(request.parsed, dict) else {})}
        if who.key is not None and given.get("with_limited_by"):
            return False
        if request.endpoint.name == "security.query_api_keys":
            return True
        ids = given.get("ids") or ([given["id"]] if given.get("id") else [])
        if who.key is not None:
            return bool(ids) and all(one == who.key.id for one in ids)
        return bool(given.get("owner")) or (given.get("username"), given.get("realm_name")) == (who.user.username, who.user.realm_name)

    def _allows_none(self, request: Request) -> bool:
        """Whether a wildcard may mean nothing."""
        given = request.params.get("allow_no_indices")
        if given is not None:
            return bool(given)
        name = request.endpoint.name
        return name not in _NEEDS_SOME and (name not in _NEEDED_SOME or self._behaviour.major >= 8)

    def _permits_everything(self, request: Request, action: str, part: str | None) -> bool:
        """Whether an action is allowed on all that a request could be about."""
        who: Authentication = request.authentication
        if not who.permits_everything(action, restricted=False):
            return False
        return not self._may_be_restricted(request, part) or who.permits_everything(action, restricted=True)

    def _may_be_restricted(self, request: Request, part: str | None) -> bool:
        """Whether names of a request could mean what Elasticsearch keeps for itself."""
        if request.endpoint.name in _NAMES_WITHIN:
            return True
        names = request.parts.get(part) if part is not None else None
        if names is not None and _is_one_name(names):
            return names.startswith(".")
        return (bool(names) and "." in (names or "")) or any(one.startswith(".") for one in self._cluster.indices)

    def _means_less(self, request: Request, part: str | None) -> bool:
        """Whether names in this part of the path mean something else where security resolves them, whatever the sender may do.

        What wildcards mean aliases too, whatever the state of their indices is.
        """
        names = request.parts.get(part) if part is not None else None
        expand = request.params.get("expand_wildcards")
        if names is None:
            return expand is not None and not _opens(expand)
        wild = "*" in names or is_all(names.split(","))
        return ",-" in names or not self._allows_none(request) or (wild and expand is not None and not _opens(expand))

    def _narrow(self, gate: SecurityGate, action: str, request: Request, part: str) -> bool:
        endpoint, who = request.endpoint, request.authentication
        names = request.part_list(part)
        ignores = request.params.get("ignore_unavailable")
        if ignores is None:
            ignores = endpoint.name in _LENIENT or (endpoint.name == "cat.indices" and action != endpoint.action)
        allow_none = self._allows_none(request)
        expand = request.params.get("expand_wildcards")
        if expand is None and endpoint.name in _OPEN_ONLY:
            expand = ("open",)
        if endpoint.name in _SHOWS_ALIASES and names and not any("*" in name for name in names):
            gate.require_all(action, gate.evaluated(action, names), _aliases(request))
        visible = gate.narrow(
            action, names, expand, ignore_unavailable=bool(ignores) and bool(names), allow_none=allow_none
        )
        text = ",".join(visible)
        if text == NOTHING and not allow_none:
            raise IndexNotFound(f"[{', '.join(names)}]", resource=None)
        if text == NOTHING and not who.permits(action):
            raise denied(who, action, self.state, self._behaviour)
        if endpoint.name in _SHOWS_ALIASES and text != NOTHING:
            gate.require_all(action, visible, _aliases(request))
        if visible == names or endpoint.name in _SHOWS_ALL:
            return False
        parts: dict[str, Any] = {**request.parts, part: text}
        request.parts = MappingProxyType(parts)
        return True


def _check_own_keys(who: Authentication, *, is_told: bool) -> None:
    """Raises IllegalArgument for a key of another: 7.x knows no answer to whether who may manage his own keys may that.

    Args:
        is_told: a denial is to be told, with the privileges that would do.
    """
    roles = (*who.permission.roles, *(() if who.key is None else who.key.limited_by.roles))
    if is_told or any("manage_own_api_key" in role.cluster for role in roles):
        request = "org.elasticsearch.xpack.core.security.action.GrantApiKeyRequest"
        raise IllegalArgument(f"manage own api key privilege only supports API key requests (not {request})")


def _opens(expand: Sequence[str]) -> bool:
    """Whether wildcards mean open indices at least."""
    return "open" in expand


def _is_kept(request: Request) -> bool:
    """Whether a search is one of a point in time, whose indices were allowed when it was opened."""
    return request.endpoint.name in ("search", "async_search.submit") and request.parsed.request.pit is not None


def _with_others(first: Security, *others: Security) -> Security:
    """The first of some errors, which tells of the others."""
    if others:
        first.extra = {**(first.extra or {}), "suppressed": [one.cause_body() for one in others]}
    return first
