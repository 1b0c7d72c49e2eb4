"""What somebody may do, all roles together. Docs: security-api-get-user-privileges. Source: answers of 6.8.23, 7.17.29 and 8.19.21.

Differs: groups of indices stand in the order of the roles; Elasticsearch shows them in the order of a hash.
"""

from __future__ import annotations

from typing import Any

from esmock.features.security.authentication import Authentication
from esmock.features.security.field_level import FieldGrant
from esmock.xcontent.java_order import hash_order

Json = Any


def user_privileges(who: Authentication) -> dict[str, Json]:
    """Privileges without their roles: grants on the same indices are one."""
    roles = who.permission.roles
    groups: dict[tuple[frozenset[str], FieldGrant | None, str | None, bool], tuple[tuple[str, ...], set[str]]] = {}
    for grant in (grant for role in roles for grant in role.indices):
        group = groups.setdefault((frozenset(grant.names), grant.fields, grant.query, grant.allow_restricted), (grant.names, set()))
        group[1].update(grant.privileges)
    applications = {repr(one): one for role in roles for one in role.applications}
    return {
        "cluster": sorted({name for role in roles for name in role.cluster}),
        "global": [],
        "indices": [
            {
                "names": list(names),
                "privileges": sorted(privileges),
                **({} if fields is None else {"field_security": [fields.body()]}),
                **({} if query is None else {"query": [query]}),
                "allow_restricted_indices": restricted,
            }
            for (_, fields, query, restricted), (names, privileges) in groups.items()
        ],
        "applications": list(applications.values()),
        "run_as": hash_order(dict.fromkeys(name for role in roles for name in role.run_as)),
    }
