"""Who may do what: asked once for every request of a space with security on."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import IndexNotFound, Unsupported
from esmock.features.security.authentication import Authentication, Authenticator
from esmock.features.security.denial import denied
from esmock.features.security.privileges import is_cluster_action
from esmock.features.security.user import security_state
from esmock.state.resolve import glob, is_all
from esmock.xcontent.java_map import map_order

if TYPE_CHECKING:
    from esmock.api.request import Request
    from esmock.state.cluster import Cluster

# what everybody who is authenticated may do, about himself
_OWN = frozenset(
    {"security.authenticate", "security.has_privileges", "security.get_user_privileges", "security.change_password"}
)
_NAMES_IN_BODY = frozenset({"bulk", "mget", "msearch", "reindex", "indices.update_aliases", "msearch_template", "mtermvectors"})


_OWNED = frozenset({"security.get_api_key", "security.invalidate_api_key"})
_ALIAS_READS = frozenset({"indices.get_alias", "indices.exists_alias"})
_RENAMED = MappingProxyType({"cluster.get_settings": ((8, 3), "cluster:monitor/settings")})


def _alias_targets(body: Any) -> list[str]:
    """The indices that the actions of an alias request name."""
    names: list[str] = []
    for action in body.get("actions") or ():
        for options in action.values():
            given = options.get("indices", options.get("index")) or ()
            names += [given] if isinstance(given, str) else given
    return names


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
            Unsupported: names in a body of which only some are allowed.
        """
        who: Authentication = request.authentication
        endpoint, action = request.endpoint, self._action(request)
        if endpoint.name in _OWN or not action:
            return False
        if is_cluster_action(action):
            if not who.permits(action) or (endpoint.name in _OWNED and not self._may_own(who, action, request)):
                raise denied(who, action, self.state, self._behaviour)
            return False
        if who.permits_everything(action):
            return False
        if endpoint.name == "indices.update_aliases":
            self._all_of(who, action, _alias_targets(request.json()))
            return False
        if endpoint.name in _NAMES_IN_BODY:
            raise self._of_body(who, action, endpoint.name)
        if endpoint.name in _ALIAS_READS and not request.part("index") and not who.permits(action):
            raise denied(who, action, self.state, self._behaviour)
        return self._narrow(who, action, request)

    def _action(self, request: Request) -> str:
        renamed = _RENAMED.get(request.endpoint.name)
        if renamed is not None and self._behaviour.has(renamed[0]):
            return renamed[1]
        return request.endpoint.action

    def _may_own(self, who: Authentication, action: str, request: Request) -> bool:
        """Whether the user asks for his own keys, or may ask for all."""
        owner = request.params.get("owner") or (isinstance(request.parsed, dict) and request.parsed.get("owner"))
        return bool(owner) or who.permission.permits_cluster(action, own=False)

    def _all_of(self, who: Authentication, action: str, names: list[str]) -> None:
        refused = [name for name in names if not who.permits(action, name)]
        if refused:
            raise denied(who, action, self.state, self._behaviour, indices=map_order(refused))

    def _of_body(self, who: Authentication, action: str, name: str) -> Exception:
        if not who.permits(action):
            return denied(who, action, self.state, self._behaviour)
        return Unsupported(f"[{name}] by a user whose roles do not allow it on all indices")

    def _narrow(self, who: Authentication, action: str, request: Request) -> bool:
        named = request.part("index")
        names = [one for one in (named or "").split(",") if one]
        if not is_all(names) and not any("*" in one for one in names):
            self._all_of(who, action, names)
            return False
        visible = self._visible(who, action, ["*"] if is_all(names) else names)
        if not visible and not who.permits(action):
            allow_none = request.params.get("allow_no_indices")
            if allow_none is False:
                raise IndexNotFound(named or "_all")
        parts: dict[str, Any] = {**request.parts, "index": ",".join(visible) or "*,-*"}
        request.parts = MappingProxyType(parts)
        return True

    def _visible(self, who: Authentication, action: str, names: list[str]) -> list[str]:
        """Names of indices, aliases and data streams that the expressions mean and the user may use. Raises Security."""
        cluster = self._cluster
        everything = sorted({*cluster.indices, *cluster.aliases(), *cluster.streams})
        chosen: dict[str, None] = {}
        for name in names:
            if name.startswith("-") and chosen:
                pattern = glob(name[1:])
                chosen = {one: None for one in chosen if not pattern.match(one)}
            elif "*" in name or name == "_all":
                pattern = glob("*" if name == "_all" else name)
                chosen.update((one, None) for one in everything if pattern.match(one) and who.permits(action, one))
            elif not who.permits(action, name):
                raise denied(who, action, self.state, self._behaviour, indices=[name])
            else:
                chosen[name] = None
        return list(chosen)
