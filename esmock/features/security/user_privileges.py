"""What somebody may do, all roles together. Docs: security-api-get-user-privileges. Source: answers of 6.8.23, 7.17.29 and 8.19.21.

Differs: groups of indices stand in the order of the roles; Elasticsearch shows them in the order of a hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from esmock.errors import IllegalArgument, UnsupportedOperation
from esmock.features.security.authentication import Authentication
from esmock.xcontent.java_order import hash_order

if TYPE_CHECKING:
    from esmock.features.security.role import Role
    from esmock.version import Behaviour

Json = Any
_OF_A_KEY = (
    "Cannot retrieve privileges for API keys with assigned role descriptors. Please use the Get API key information API"
    " https://ela.st/es-api-get-api-key"
)


def user_privileges(who: Authentication, behaviour: Behaviour) -> dict[str, Json]:
    """Privileges without their roles: grants on the same indices are one.

    Raises:
        UnsupportedOperation, from 8.1 on IllegalArgument: of an API key with roles of its own.
    """
    if who.key is not None and who.key.roles:
        if not behaviour.has((8, 1)):
            raise UnsupportedOperation("cannot retrieve cluster permission on limited role")
        raise IllegalArgument(_OF_A_KEY)
    roles = who.permission.roles
    return {
        "cluster": sorted({name for role in roles for name in role.cluster}),
        "global": [{"application": role.more["global"]["application"]} for role in roles if role.managed_applications],
        "indices": [
            {
                "names": hash_order(dict.fromkeys(group.names)),
                "privileges": sorted({name for grant in group.grants for name in grant.privileges}),
                **({"field_security": told} if (told := [one.body() for one in group.fields if one.grant]) else {}),
                **({"query": list(group.queries)} if group.queries else {}),
                "allow_restricted_indices": group.allow_restricted,
            }
            for group in who.permission.groups()
        ],
        "applications": [{**one, "privileges": sorted(one["privileges"])} for one in who.permission.applications()],
        "run_as": hash_order(dict.fromkeys(name for role in roles for name in role.run_as)),
        **_remote(roles),
    }


def _remote(roles: Iterable[Role]) -> dict[str, Json]:
    """Privileges on other clusters, where there are any."""
    indices = [one for role in roles for one in role.more.get("remote_indices", ())]
    clusters = [one for role in roles for one in role.more.get("remote_cluster", ())]
    told = [
        {
            "names": one["names"],
            "privileges": sorted(one["privileges"]),
            "allow_restricted_indices": one.get("allow_restricted_indices", False),
            "clusters": one["clusters"],
        }
        for one in indices
    ]
    return {**({"remote_indices": told} if told else {}), **({"remote_cluster": clusters} if clusters else {})}
