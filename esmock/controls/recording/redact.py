"""Credentials never reach a recording: which headers are left out, and which values are masked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Json = Any
MASK = "<secret>"
SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "es-secondary-authorization",
        "es-secondary-x-client-authentication",
        "x-client-authentication",
        "x-found-cluster",
        "x-esmock-token",
    }
)
_SECRET_KEYS = re.compile(
    r"(password|passwd|password_hash|api_key|apikey|encoded|access_token|refresh_token|secret|secret_key|access_key|client_secret|"
    r"private_key|authorization|credentials|sas_token|bearer_token|service_token|keystore_password|shared_secret|ssh_key)\Z",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/@\s\"]+:[^/@\s\"]*@")
_IN_TEXT = re.compile(r'("(?:\w*(?:password|secret|api_key|token|authorization))"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_TOKENS = frozenset({"value", "token", "id_token", "kerberos_authentication_response_token"})


def headers(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers without credentials."""
    return [(name, value) for name, value in pairs if name.lower() not in SECRET_HEADERS]


def target(text: str) -> str:
    """A path and query without credentials."""
    return re.sub(r"((?:^|[?&])(?:token|password|api_key|access_token)=)[^&]*", rf"\g<1>{MASK}", _USER_INFO.sub(f"{MASK}@", text))


def body(text: str, is_security: bool) -> str:
    """A body without credentials.

    Args:
        is_security: the request is about users, keys or tokens: there ``value`` and ``token`` are secrets as well.
    """
    import json

    try:
        tree = json.loads(text)
    except ValueError:
        return _lines(text, is_security)
    cleaned = tree_without(tree, is_security)
    return text if cleaned == tree else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))


def _lines(text: str, is_security: bool) -> str:
    """NDJSON line by line, everything else by pattern."""
    import json

    out = []
    for line in text.split("\n"):
        try:
            out.append(body(line, is_security) if line.strip() and isinstance(json.loads(line), dict) else line)
        except ValueError:
            out.append(_USER_INFO.sub(f"{MASK}@", _IN_TEXT.sub(rf'\1"{MASK}"', line)))
    return "\n".join(out)


def tree_without(tree: Json, is_security: bool) -> Json:
    """A tree with secrets masked."""
    if isinstance(tree, dict):
        return {key: _masked(key, value, is_security) for key, value in tree.items()}
    if isinstance(tree, list):
        return [tree_without(one, is_security) for one in tree]
    return _USER_INFO.sub(f"{MASK}@", tree) if isinstance(tree, str) else tree


def _masked(key: str, value: Json, is_security: bool) -> Json:
    last = key.rpartition(".")[2]
    secret = _SECRET_KEYS.search(last) is not None or (is_security and last in _TOKENS)
    if secret and isinstance(value, str | int) and not isinstance(value, bool):
        return MASK
    return tree_without(value, is_security)
