"""The words of a 403. Source: answers of 6.8.23 and 8.19.21; those between by documentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from esmock.errors import Security
from esmock.features.security.privileges import granting, is_cluster_action

if TYPE_CHECKING:
    from esmock.features.security.authentication import Authentication
    from esmock.features.security.user import SecurityState
    from esmock.version import Behaviour


def denied(
    who: Authentication,
    action: str,
    state: SecurityState,
    behaviour: Behaviour,
    *,
    indices: Sequence[str] = (),
    run_as: str | None = None,
    own: bool = True,
) -> Security:
    """The error of an action that nothing grants.

    Args:
        indices: those that are not allowed, as the request names them.
        run_as: another user that the user is not allowed to be.
        own: whether it is about what belongs to the user himself.
    """
    roles = "" if who.key is not None else _roles(who, state, behaviour)
    if run_as is not None:
        if behaviour.denial_tells_roles and not behaviour.has((8, 0)):
            user = state.users.get(run_as)
            wanted = roles_text(() if user is None else user.roles, behaviour)
            # ES: a query for keys means the sender's own only once it is known who he is
            own = own and not action.endswith("/api_key/query")
            return Security(denial(action, f"{_name(who)} run as [{run_as}]", wanted, behaviour, own=own), status=403)
        because = f", because user [{who.user.username}] is unauthorized to run as [{run_as}]"
        told = roles + because if behaviour.denial_tells_roles else f" run as [{run_as}]"
        return Security(f"action [{action}] is unauthorized for {_name(who)}{told}", status=403)
    return Security(denial(action, _name(who), roles, behaviour, indices, own=own), status=403)


def denial(action: str, name: str, roles: str, behaviour: Behaviour, indices: Sequence[str] = (), *, own: bool = True) -> str:
    """The text of a 403.

    Args:
        name, roles: of who is refused, as the text names them.
    """
    text = f"action [{action}] is unauthorized for {name}"
    if not behaviour.denial_tells_roles:
        return text
    text += roles
    if indices:
        text += f" on indices [{','.join(indices)}]"
    names = [name for name in granting(action, behaviour) if own or name != "manage_own_api_key"]
    if names:
        kind = "cluster" if is_cluster_action(action) else "index"
        text += f", this action is granted by the {kind} privileges [{','.join(names)}]"
    return text


def roles_text(roles: Sequence[str], behaviour: Behaviour) -> str:
    """Roles that all exist, as a 403 names them."""
    return f" with {'effective ' if behaviour.denial_tells_effective_roles else ''}roles [{','.join(roles)}]"


def _name(who: Authentication) -> str:
    if who.key is not None:
        return f"API key id [{who.key.id}] of user [{who.user.username}]"
    if who.real_user is not None:
        return f"user [{who.real_user.username}] run as [{who.user.username}]"
    return f"user [{who.user.username}]"


def _roles(who: Authentication, state: SecurityState, behaviour: Behaviour) -> str:
    known, missing = state.known_roles(who.user.roles)
    if not behaviour.denial_tells_effective_roles:
        return roles_text(who.user.roles, behaviour)
    text = roles_text(known, behaviour)
    return text + (f" (assigned roles [{','.join(missing)}] were not found)" if missing else "")
