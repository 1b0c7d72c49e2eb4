"""User profiles: what applications keep about users, whoever they are. Docs: user-profile, security-api-activate-user-profile and its kin.

Source: answers of 8.19.21 to bodies right and wrong, where it has no index of profiles yet; answers with profiles by documentation.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from esmock.errors import ActionRequestValidation, DocumentMissing, IllegalArgument, VersionConflictEngine
from esmock.features.security.grant import FIELDS, granted
from esmock.features.security.has_privileges import has_all, read_privileges
from esmock.xcontent.java_order import hash_order
from esmock.xcontent.object_parser import Parser, custom, integer, mapping, object_, string, strings
from esmock.xcontent.source_filter import filter_source
from esmock.xcontent.value_reader import Key, Reading

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState, User
    from esmock.version import Behaviour

Json = Any


@dataclass(frozen=True, slots=True)
class Profile:
    """A user as applications know him."""

    uid: str
    user: User
    synchronized_ms: int
    enabled: bool = True
    labels: Json = field(default_factory=dict)
    data: Json = field(default_factory=dict)
    seq_no: int = 0

    def shown_user(self) -> dict[str, Json]:
        """As profiles show their user."""
        user = self.user
        optional = {"full_name": user.full_name, "email": user.email}
        return {
            "username": user.username,
            "roles": list(user.roles),
            "realm_name": user.realm_name,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def body(self, data: str | None) -> dict[str, Json]:
        """As the get API shows it; ``data``: which of the data to show."""
        return {
            "uid": self.uid,
            "enabled": self.enabled,
            "last_synchronized": self.synchronized_ms,
            "user": self.shown_user(),
            "labels": self.labels,
            "data": _shown_data(self.data, data),
            "_doc": {"_primary_term": 1, "_seq_no": self.seq_no},
        }


def _shown_data(data: Json, wanted: str | None) -> Json:
    if not wanted:
        return {}
    return filter_source(data, tuple(wanted.split(",")), (), streamed=False)


def uid_of(user: User) -> str:
    """The id of a user's profile: it is made of his name and realm, and ends with the number of such ids before it."""
    digest = hashlib.sha256(f"{user.username}\0{user.realm}".encode()).digest()
    return f"u_{base64.urlsafe_b64encode(digest).decode().rstrip('=')}_0"


ACTIVATE = Parser("activate_profile_request", *FIELDS)
_HINT = Parser("suggest_profile_request_payload_hint", strings("uids"), mapping("labels"))
SUGGEST = Parser("suggest_profile_request_payload", string("name"), integer("size"), object_("hint", _HINT), string("data"))
DATA = Parser("update_profile_data_request_payload", mapping("labels"), mapping("data"))


def _privileges(body: Json, key: Key, reading: Reading) -> Any:
    return read_privileges("profile_has_privileges_request", body[key], reading.behaviour)


HAS_PRIVILEGES = Parser(
    "profile_has_privileges_request",
    strings("uids", argument=True, required=True),
    custom("privileges", ("START_OBJECT",), _privileges, argument=True, required=True),
)


def activate(state: SecurityState, body: Mapping[str, Any]) -> dict[str, Json]:
    """Make or refresh the profile of a user whose credentials the request tells. Raises as ``granted``."""
    user = granted(state, body, "cluster:admin/xpack/security/profile/activate").user
    uid = uid_of(user)
    old = state.profiles.get(uid)
    now = state.cluster.clock.now_ms()
    changed = Profile(uid, user, now) if old is None else replace(old, user=user, synchronized_ms=now, enabled=True)
    return _kept(state, changed).body(None)


def _kept(state: SecurityState, profile: Profile) -> Profile:
    numbered = replace(profile, seq_no=state.next_profile_seq_no())
    state.profiles[profile.uid] = numbered
    return numbered


def get(state: SecurityState, uids: Iterable[str], data: str | None) -> dict[str, Json]:
    """Profiles by id, and what is wrong with the others."""
    found, errors = [], {}
    for uid in dict.fromkeys(uids):
        profile = state.profiles.get(uid)
        if profile is not None:
            found.append(profile.body(data))
        elif state.profiles:
            errors[uid] = {"type": "resource_not_found_exception", "reason": "profile document not found"}
        else:
            errors[uid] = {"type": "exception", "reason": "profile index does not exist"}
    out: dict[str, Json] = {"profiles": found}
    return {**out, "errors": {"count": len(errors), "details": errors}} if errors else out


def check_suggest(body: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation for a size or a hint that makes no sense."""
    problems = []
    size, hint = body.get("size"), body.get("hint")
    if size is not None and size < 0:
        problems.append(f"[size] parameter cannot be negative but was [{size}]")
    if hint is not None:
        uids, labels = hint.get("uids"), hint.get("labels")
        if uids is None and labels is None:
            problems.append("[hint] parameter cannot be empty")
        if uids == []:
            problems.append("[uids] hint cannot be empty")
        if labels is not None and len(labels) != 1:
            problems.append(f"[labels] hint supports a single key, got [{','.join(reversed(hash_order(labels)))}]")
        elif labels is not None and next(iter(labels.values())) == []:
            problems.append("[labels] hint value cannot be empty")
    if problems:
        raise ActionRequestValidation(*problems)


def suggest(state: SecurityState, body: Mapping[str, Any], data: str | None) -> dict[str, Json]:
    """Enabled profiles whose user's name begins with the words of a text, those that the hint means first.

    Differs: names are compared by their words' beginnings, and nothing is scored.
    """
    words = (body.get("name") or "").lower().split()
    hint = body.get("hint") or {}
    found = [one for one in state.profiles.values() if one.enabled and _is_meant(one, words)]
    found.sort(key=lambda one: (not _is_hinted(one, hint), -one.synchronized_ms))
    page = found[: 10 if body.get("size") is None else body["size"]]
    shown = [
        {"uid": one.uid, "user": one.shown_user(), "labels": one.labels, "data": _shown_data(one.data, data)} for one in page
    ]
    return {"took": 0, "total": {"value": len(found), "relation": "eq"}, "profiles": shown}


def _is_meant(profile: Profile, words: list[str]) -> bool:
    user = profile.user
    texts = " ".join(one for one in (user.username, user.full_name, user.email) if one).lower()
    begun = [*re.split(r"[\s@._]+", texts), user.username.lower()]
    return all(any(one.startswith(word) for one in begun) for word in words)


def _is_hinted(profile: Profile, hint: Mapping[str, Any]) -> bool:
    if profile.uid in (hint.get("uids") or ()):
        return True
    for path, wanted in (hint.get("labels") or {}).items():
        value: Json = profile.labels
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value in (wanted if isinstance(wanted, list) else [wanted])
    return False


def check_data(body: Mapping[str, Any]) -> None:
    """Raises ActionRequestValidation for names that are not an application's, or nothing to change."""
    names = {**(body.get("labels") or {}), **(body.get("data") or {})}
    problems = [f"application name must not contain dot, but found [{name}]" for name in names if "." in name]
    problems += [f"application name must not start with underscore, but found [{name}]" for name in names if name.startswith("_")]
    if not names:
        problems = ["update request is empty"]
    if problems:
        raise ActionRequestValidation(*problems)


def update_data(state: SecurityState, uid: str, body: Mapping[str, Any], seq_no: int | None, primary_term: int | None) -> None:
    """Change labels and data; what is given is merged into what there is. Raises DocumentMissing, VersionConflictEngine."""
    old = _existing(state, uid)
    if seq_no is not None and seq_no >= 0 and (old.seq_no, 1) != (seq_no, primary_term):
        raise VersionConflictEngine(
            f"[profile_{uid}]: version conflict, required seqNo [{seq_no}], primary term [{primary_term}]. current document has seqNo"
            f" [{old.seq_no}] and primary term [1]"
        )
    _kept(
        state,
        replace(old, labels=_merged(old.labels, body.get("labels") or {}), data=_merged(old.data, body.get("data") or {})),
    )


def _merged(old: Json, new: Json) -> Json:
    """An object with another put into it, as partial updates of documents do."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}


def set_enabled(state: SecurityState, uid: str, *, enabled: bool) -> None:
    """Show a profile to those who look for one, or not. Raises DocumentMissing."""
    _kept(state, replace(_existing(state, uid), enabled=enabled))


def _existing(state: SecurityState, uid: str) -> Profile:
    found = state.profiles.get(uid)
    if found is None:
        raise DocumentMissing(f"[profile_{uid}]: document missing")
    return found


def have_privileges(state: SecurityState, body: Mapping[str, Any], behaviour: Behaviour) -> dict[str, Json]:
    """Which profiles' users have all of some privileges."""
    holders, errors = [], {}
    for uid in dict.fromkeys(body["uids"]):
        profile = state.profiles.get(uid)
        if profile is None:
            if state.profiles:
                errors[uid] = {"type": "resource_not_found_exception", "reason": "profile document not found"}
        elif has_all(state.permission(profile.user.roles), body["privileges"], state.application_privileges, behaviour):
            holders.append(uid)
    out: dict[str, Json] = {"has_privilege_uids": holders}
    return {**out, "errors": {"count": len(errors), "details": errors}} if errors else out


def only_one_data(in_body: str | None, in_path: str | None) -> str | None:
    """Which data are asked for. Raises IllegalArgument where both say."""
    if in_body is not None and in_path is not None:
        raise IllegalArgument("The [data] parameter must be specified in either request body or as query parameter, but not both")
    return in_body if in_body is not None else in_path
