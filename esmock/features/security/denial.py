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
) -> Security:
    """The error of an action that nothing grants.

    Args:
        indices: those that are not allowed, as the request names them.
        run_as: another user that the user is not allowed to be.
    """
    text = f"action [{action}] is unauthorized for {_name(who)}"
    if not behaviour.denial_tells_roles:
        return Security(text, status=403)
    if who.key is None:
        text += _roles(who, state, behaviour)
    if run_as is not None:
        return Security(f"{text}, because user [{who.user.username}] is unauthorized to run as [{run_as}]", status=403)
    if indices:
        text += f" on indices [{','.join(indices)}]"
    names = granting(action, behaviour)
    if names:
        kind = "cluster" if is_cluster_action(action) else "index"
        text += f", this action is granted by the {kind} privileges [{','.join(names)}]"
    return Security(text, status=403)


def _name(who: Authentication) -> str:
    if who.key is not None:
        return f"API key id [{who.key.id}] of user [{who.user.username}]"
    if who.real_user is not None:
        return f"user [{who.real_user.username}] run as [{who.user.username}]"
    return f"user [{who.user.username}]"


def _roles(who: Authentication, state: SecurityState, behaviour: Behaviour) -> str:
    known, missing = state.known_roles(who.user.roles)
    if not behaviour.denial_tells_effective_roles:
        return f" with roles [{','.join(sorted(who.user.roles))}]"
    text = f" with effective roles [{','.join(known)}]"
    return text + (f" (assigned roles [{','.join(missing)}] were not found)" if missing else "")
