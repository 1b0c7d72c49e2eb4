"""What is wrong with the values of a role: told before it is asked whether the sender may put it; its queries are looked at after that.

Source: answers of 7.17.29 and 8.19.21 to put role and create API key requests of users with and without the right to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument
from esmock.features.security.body import RESERVED_METADATA, has_reserved
from esmock.features.security.name_pattern import is_broken_expression
from esmock.features.security.privileges import known_cluster_privilege, known_index_privilege
from esmock.features.security.role import Role, reserved_roles
from esmock.features.security.role_body import application_problems

if TYPE_CHECKING:
    from esmock.version import Behaviour

WORKFLOWS = ("search_application_query",)
"""What keys may be restricted to."""
_LONGEST_DESCRIPTION = 1000


def role_problems(role: Role, behaviour: Behaviour, *, of_key: bool = False) -> list[str]:
    """The problems of a role, in the order in which they are told.

    Args:
        of_key: it is one of an API key, whose name may be anything.
    """
    eight = behaviour.major >= 8
    out = []
    if eight and not of_key and role.name in reserved_roles(behaviour):
        out.append(f"Role [{role.name}] is reserved and may not be used.")
    groups = [(known_cluster_privilege, role.cluster)]
    groups += [(known_index_privilege, grant.privileges) for grant in role.indices]
    for known, names in groups:
        for name in names:
            try:
                known(name, behaviour)
            except IllegalArgument as error:
                out.append(error.reason or "")
    if eight:
        patterns = [name for grant in role.indices for name in grant.names]
        out += [f"invalid regular expression pattern [{name}]" for name in patterns if is_broken_expression(name)]
    out += application_problems(role.applications)
    if has_reserved(role.metadata):
        out.append(f"role descriptor {RESERVED_METADATA}" if eight else RESERVED_METADATA)
    for name in role.workflows:
        if name not in WORKFLOWS:
            out.append(f"Unknown workflow [{name}]. A workflow must be one of the predefined workflow names [{','.join(WORKFLOWS)}].")
    if len(role.more.get("description", "")) > _LONGEST_DESCRIPTION:
        out.append(f"Role description must be less than {_LONGEST_DESCRIPTION} characters.")
    return out


def check_queries(roles: Iterable[Role], behaviour: Behaviour) -> None:
    """Raises ElasticsearchParse for a query that is none; what templates make is seen when they are used."""
    from esmock.features.security.document_level import is_template, parse

    for role in roles:
        for position, grant in enumerate(role.indices):
            if grant.query is None:
                continue
            try:
                if not is_template(grant.query):
                    parse(grant.query, behaviour)
            except ApiError as error:
                where = f"indices [{','.join(grant.names)}] at index privilege [{position}] of role descriptor"
                raise ElasticsearchParse(f"failed to parse field 'query' for {where}", cause=error) from None
