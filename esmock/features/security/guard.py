"""Who may do what: asked once for every request of a space with security on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import ApiError, IndexNotFound
from esmock.features.security.authentication import Authentication, Authenticator
from esmock.features.security.denial import denied
from esmock.features.security.gate import NOTHING, SecurityGate
from esmock.features.security.privileges import is_cluster_action
from esmock.features.security.user import security_state
from esmock.state.resolve import is_all
from esmock.state.scroll_id import parse as parse_scroll_id
from esmock.xcontent.java_map import map_order

if TYPE_CHECKING:
    from esmock.api.declare import Endpoint
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster

# what everybody who is authenticated may do, about himself
_OWN = frozenset(
    {"security.authenticate", "security.has_privileges", "security.get_user_privileges", "security.change_password"}
)
_MULTIPLE = frozenset({"bulk", "mget", "msearch", "reindex", "msearch_template", "mtermvectors"})
_NAMES_WITHIN = _MULTIPLE | {"index", "create", "delete"}
"""Endpoints that ask the gate about each of the indices that they turn to."""

_LENIENT = frozenset({"search_shards"})
"""Endpoints that leave out what is not there, and so what is not allowed, unless they are told otherwise."""
_NEEDS_SOME = frozenset({"indices.validate_query"})
"""Endpoints whose wildcards may not be empty, unless they are told otherwise."""
_OWNED = frozenset({"security.get_api_key", "security.invalidate_api_key"})
ALL_INDICES = "indices:*"


def _named(request: Request) -> list[str]:
    """The indices that the path or the actions of an alias request name."""
    if request.endpoint.name != "indices.update_aliases":
        return request.part_list("index")
    names: list[str] = []
    for action in request.json().get("actions") or ():
        for options in action.values():
            given = options.get("indices", options.get("index")) or ()
            names += [given] if isinstance(given, str) else given
    return names


def _has_index(endpoint: Endpoint) -> bool:
    return any("{index}" in route.path for route in endpoint.routes)


class Guard:
    """Authentication and authorization of one space."""

    def __init__(self, cluster: Cluster) -> None:
        settings = cluster.server_settings
        self._cluster = cluster
        self._behaviour = cluster.behaviour
        self.state = security_state(cluster)
        self._authenticator = Authenticator(self.state, self._behaviour, tuple(settings.anonymous_roles))

    @property
    def before_routing(self) -> bool:
        """Whether unknown paths too are only told to who is authenticated."""
        return self._behaviour.authenticates_first

    def authenticate(self, headers: list[tuple[str, str]], uri: str) -> Authentication:
        """Raises Security (401)."""
        return self._authenticator.of(headers, uri)

    def authorize(self, request: Request) -> bool:
        """Let a request pass, its wildcards narrowed to what the user may see.

        Returns:
            whether names were narrowed: what was read from the request before is then to be read again.

        Raises:
            Security: 403.
            IndexNotFound: a wildcard that may not be empty, and is.
        """
        who: Authentication = request.authentication
        if who.refused_run_as is not None:
            action = self._actions(request)[0] if request.endpoint.action else ""
            raise denied(who, action, self.state, self._behaviour, run_as=who.refused_run_as)
        who.check_patterns()
        if not request.endpoint.action or (request.endpoint.name in _OWN and self._is_own(request, who)):
            return False
        narrowed = False
        for action in self._actions(request):
            narrowed |= self._allow(request, action)
        return narrowed

    @staticmethod
    def _is_own(request: Request, who: Authentication) -> bool:
        """Whether a request is about the one who sends it; whose privileges are asked for is told by the handler."""
        return request.endpoint.name != "security.change_password" or (
            request.part("username", who.user.username) == who.user.username and who.key is None
        )

    def _allow(self, request: Request, action: str) -> bool:
        """The same for one action of a request."""
        who: Authentication = request.authentication
        if is_cluster_action(action):
            if not who.permits(action) or (request.endpoint.name in _OWNED and not self._may_own(who, action, request)):
                raise denied(who, action, self.state, self._behaviour)
            return False
        if request.endpoint.name == "scroll":
            self._check_scroll(request, action)
        if who.permits_everything(ALL_INDICES):
            return False
        if not who.permits(action):
            raise denied(who, action, self.state, self._behaviour, indices=self._told(request))
        self._cluster.gate = gate = SecurityGate(self._cluster, who, self.state, action)
        if request.endpoint.name == "indices.update_aliases":
            gate.require_all(action, _named(request))
            return False
        if request.endpoint.name in _NAMES_WITHIN or not _has_index(request.endpoint) or who.permits_everything(action):
            return False
        return self._narrow(gate, action, request)

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

    def _actions(self, request: Request) -> tuple[str, ...]:
        """The actions that a request takes, in the order in which they are asked for."""
        endpoint, behaviour = request.endpoint, self._behaviour
        match endpoint.name:
            case "cluster.get_settings" if behaviour.has((8, 3)):
                return ("cluster:monitor/settings",)
            case "indices.analyze" if not request.part("index"):
                return ("cluster:admin/analyze",)
            case "clear_scroll" if request.part("scroll_id") == "_all":
                return ("cluster:admin/indices/scroll/clear_all",)
            case "search_template":
                return ("indices:data/read/search",)
        return (endpoint.action, *endpoint.then)

    def _told(self, request: Request) -> list[str]:
        """Names of indices that a denial tells where the action is allowed nowhere."""
        if not self._behaviour.denial_tells_all_indices or request.endpoint.name in _MULTIPLE:
            return []
        names = _named(request)
        return [] if is_all(names) or any("*" in name for name in names) else map_order(names)

    def _may_own(self, who: Authentication, action: str, request: Request) -> bool:
        """Whether the user asks for his own keys, or may ask for all."""
        owner = request.params.get("owner") or (isinstance(request.parsed, dict) and request.parsed.get("owner"))
        return bool(owner) or who.permission.permits_cluster(action, own=False)

    def _narrow(self, gate: SecurityGate, action: str, request: Request) -> bool:
        names = request.part_list("index")
        ignores = request.params.get("ignore_unavailable")
        if ignores is None:
            ignores = request.endpoint.name in _LENIENT
        expand = request.params.get("expand_wildcards") or ()
        visible = gate.narrow(action, names, expand, ignore_unavailable=bool(ignores) and bool(names))
        if visible == names:
            return False
        text = ",".join(visible)
        allows_none = request.params.get("allow_no_indices")
        if allows_none is None:
            allows_none = request.endpoint.name not in _NEEDS_SOME
        if text == NOTHING and not allows_none:
            asked = request.part("index", "_all")
            raise IndexNotFound(asked if any("*" in name for name in names) else f"[{asked}]", resource=None)
        parts: dict[str, Any] = {**request.parts, "index": text}
        request.parts = MappingProxyType(parts)
        return True
