"""Names of indices that Elasticsearch keeps for itself: only grants that say so are about them.

Source: answers of 6.8.23 (standing in for 7.10.2), 7.17.29 and 8.19.21 to who may do all with all indices. Differs: the names that modules of
others (Kibana, Fleet, machine learning ...) keep for themselves from 8.0 on are names like all.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from esmock.features.security.name_pattern import name_matches

if TYPE_CHECKING:
    from esmock.version import Behaviour

_SEARCHES = ".async-search*"
_TEN = (".security", ".security-6", ".security-7", ".security-tokens", ".security-tokens-7", _SEARCHES)
_SEVENTEEN = (".security", "/\\.security-[0-9]+.*/", ".security-tokens", "/\\.security-tokens-[0-9]+.*/", _SEARCHES)
_EIGHT = (*_SEVENTEEN, ".security-profile", "/\\.security-profile-[0-9]+.*/", ".tasks*", ".synonyms*")


def restricted_names(behaviour: Behaviour) -> tuple[str, ...]:
    """Their patterns."""
    if behaviour.major >= 8:
        return _EIGHT
    return _SEVENTEEN if behaviour.has((7, 17)) else _TEN


def is_restricted(name: str, behaviour: Behaviour) -> bool:
    """Whether a name is one of them."""
    return name.startswith(".") and _is_of(name, restricted_names(behaviour))


@functools.lru_cache(512)
def _is_of(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name_matches(one, name) for one in patterns)
