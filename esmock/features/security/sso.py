"""Sign-on by others: OpenID Connect and SAML. There are no such realms, and the answers say so.

Source: answers of 8.19.21 without such realms. Docs: security-api-oidc-prepare-authentication, security-api-saml-prepare-authentication and
their kin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from esmock.errors import ActionRequestValidation, IllegalArgument, NullPointer, Security
from esmock.features.security.body import not_base64
from esmock.features.security.grant import wrong_credentials
from esmock.xcontent.object_parser import Parser, string, strings

if TYPE_CHECKING:
    from esmock.features.security.user import SecurityState
    from esmock.version import Behaviour

Json = Any
Given = Mapping[str, Any]
_ACTION = "cluster:admin/xpack/security/"


@dataclass(frozen=True, slots=True)
class Way:
    """One request of a way to sign on.

    Args:
        parser: of its body.
        check: what is wrong with a body.
        refuse: the answer where no realm is there to take it.
    """

    parser: Parser
    check: Callable[[Given], list[str]]
    refuse: Callable[[SecurityState, Given], Security]


def _nothing(_given: Given) -> list[str]:
    return []


def _needs(*names: str, what: str = "{} parameter is missing") -> Callable[[Given], list[str]]:
    return lambda given: [what.format(name) for name in names if not given.get(name)]


def _one_realm(given: Given) -> list[str]:
    by_realm, by_issuer = given.get("realm"), given.get("iss")
    if by_realm and by_issuer:
        return ["only one of [realm, issuer] can be provided in the same request"]
    return [] if by_realm or by_issuer else ["one of [realm, issuer] must be provided"]


def _no_realm_prepared(_state: SecurityState, given: Given) -> Security:
    by = f"name [{given['realm']}]" if given.get("realm") else f"issuer [{given['iss']}]"
    return Security(f"Cannot find OpenID Connect realm with {by}", status=500)


def _untold(name: str, action: str) -> Callable[[SecurityState, Given], Security]:
    return lambda state, _given: wrong_credentials(state, name, _ACTION + action)


def _invalid_token(_state: SecurityState, _given: Given) -> Security:
    return Security("supplied token is not valid", status=500)


def _no_saml_realm(text: Callable[[Given], str]) -> Callable[[SecurityState, Given], Security]:
    return lambda state, given: Security(f"Cannot find any matching realm {text(given)}", status=_no_realm(state.cluster.behaviour))


def _no_realm(behaviour: Behaviour) -> int:
    return 401 if behaviour.major >= 8 else 500


def _or_null(given: Given, name: str) -> str:
    return "null" if given.get(name) is None else str(given[name])


def _prepared(given: Given) -> str:
    fields = {"realmName": "realm", "assertionConsumerServiceURL": "acs", "relayState": "relay_state"}
    told = ", ".join(f"{shown}={_or_null(given, name)}" for shown, name in fields.items())
    return f"for [SamlPrepareAuthenticationRequest{{{told}}}]"


def _invalidated(given: Given) -> str:
    length = len(given["query_string"])
    return (
        f"for [SamlInvalidateSessionRequest{{realmName='{_or_null(given, 'realm')}', "
        f"assertionConsumerServiceURL='{_or_null(given, 'acs')}', url-query={length} chars}}]"
    )


def _completed(given: Given) -> list[str]:
    problems = [] if given.get("realm") else ["realm may not be empty"]
    if given.get("query_string") and given.get("content"):
        problems.append("query_string and content may not both present")
    elif not given.get("query_string") and not given.get("content"):
        problems.append("query_string and content may not both be empty")
    return problems


def _decoded(given: Given) -> list[str]:
    """Raises NullPointer without the assertion, IllegalArgument for what is not Base64."""
    content = given.get("content")
    if content is None:
        raise NullPointer('Cannot invoke "String.replaceAll(String, String)" because "content" is null')
    text = "".join(content.split())
    illegal = not_base64(text)
    if illegal is not None:
        raise IllegalArgument(illegal)
    return []


def _token_field() -> tuple[Any, ...]:
    return string("token"), string("refresh_token")


_TOKEN = _needs("token", what="{} is missing")
WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "oidc/prepare": Way(
            Parser("oidc_prepare_authentication", *map(string, ("realm", "iss", "login_hint", "state", "nonce"))),
            _one_realm,
            _no_realm_prepared,
        ),
        "oidc/authenticate": Way(
            Parser("oidc_authn", *map(string, ("redirect_uri", "state", "nonce", "realm"))),
            _needs("state", "nonce", "redirect_uri"),
            _untold("<OIDC Token>", "oidc/authenticate"),
        ),
        "oidc/logout": Way(Parser("oidc_logout", *_token_field()), _TOKEN, _invalid_token),
        "saml/prepare": Way(
            Parser("saml_prepare_authn", *map(string, ("acs", "realm", "relay_state"))), _nothing, _no_saml_realm(_prepared)
        ),
        "saml/authenticate": Way(
            Parser("saml_authenticate", string("content"), strings("ids"), string("realm")),
            _decoded,
            _untold("<unauthenticated-saml-user>", "saml/authenticate"),
        ),
        "saml/logout": Way(Parser("saml_logout", *_token_field()), _TOKEN, _invalid_token),
        "saml/invalidate": Way(
            Parser(
                "saml_invalidate_session", string("query_string", deprecated=("queryString",)), string("acs"), string("realm")
            ),
            _needs("query_string", what="{} is missing"),
            _no_saml_realm(_invalidated),
        ),
        "saml/complete_logout": Way(
            Parser(
                "saml_complete_logout", string("query_string", deprecated=("queryString",)), string("content"), strings("ids"), string("realm")
            ),
            _completed,
            _no_saml_realm(lambda given: f"with name [{given['realm']}]"),
        ),
    }
)  # fmt: skip


def check(way: Way, given: Given) -> None:
    """Raises ActionRequestValidation for a body that lacks what it takes."""
    problems = way.check(given)
    if problems:
        raise ActionRequestValidation(*problems)


def refuse(way: Way, state: SecurityState, given: Given) -> NoReturn:
    """Raises Security."""
    raise way.refuse(state, given)


def no_saml_metadata(realm: str, behaviour: Behaviour) -> Security:
    """The answer to a question for the metadata of a realm."""
    return Security(f"Cannot find any matching realm for [{realm}]", status=_no_realm(behaviour))


def no_enrollment() -> Security:
    """The answer to a node or a Kibana that would enroll."""
    told = "Enrollment mode is not enabled. Set [xpack.security.enrollment.enabled] to true, in order to use this API."
    return Security(told, status=403)
