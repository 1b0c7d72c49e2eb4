"""Which roles the rules of role mappings give. Source: the pages on role mapping resources."""

from __future__ import annotations

import pytest

from esmock.features.security.role_rules import mapped_roles
from tests.scripts import recorder

ROOT = {"authorization": recorder("security").authorization("elastic:changeme")}
FACTS = {"username": "ann", "dn": "CN=ann, O=acme", "groups": ["ops", "dev"], "metadata.level": 3, "realm.name": "pki1"}
RULES = [
    ({"field": {"username": "ann"}}, True),
    ({"field": {"username": "a*"}}, True),
    ({"field": {"username": "/an+/"}}, True),
    ({"field": {"username": ["bob", "ann"]}}, True),
    ({"field": {"username": "*nn"}}, True),
    ({"field": {"username": "bob"}}, False),
    ({"field": {"groups": "dev"}}, True),
    ({"field": {"groups": "admin"}}, False),
    ({"field": {"metadata.level": 3}}, True),
    ({"field": {"metadata.level": "3"}}, False),
    ({"field": {"metadata.none": None}}, True),
    ({"field": {"dn": "*,*O=acme"}}, True),
    ({"all": [{"field": {"username": "ann"}}, {"except": {"field": {"groups": "admin"}}}]}, True),
    ({"all": [{"field": {"username": "ann"}}, {"except": {"field": {"groups": "ops"}}}]}, False),
    ({"any": [{"field": {"username": "bob"}}, {"field": {"realm.name": "pki1"}}]}, True),
]


@pytest.fixture
def ask(raw):
    return raw("9.5.3", security=True)


def _roles(ask):
    return mapped_roles(ask.server._node.guard.state, FACTS)


@pytest.mark.parametrize(("rules", "met"), RULES)
def test_rules(ask, rules, met):
    assert ask("PUT /_security/role_mapping/m", {"roles": ["r"], "enabled": True, "rules": rules}, ROOT).status == 200
    assert _roles(ask) == (("r",) if met else ())


def test_what_is_not_enabled_gives_nothing(ask):
    ask("PUT /_security/role_mapping/m", {"roles": ["r"], "enabled": False, "rules": {"field": {"username": "*"}}}, ROOT)
    assert _roles(ask) == ()


def test_templates_make_roles(ask):
    templates = [
        {"template": {"source": "_user_{{username}}"}},
        {"template": {"source": "{{#toJson}}groups{{/toJson}}"}, "format": "json"},
    ]
    body = {"role_templates": templates, "enabled": True, "rules": {"field": {"username": "*"}}}
    assert ask("PUT /_security/role_mapping/m", body, ROOT).status == 200
    assert _roles(ask) == ("_user_ann", "ops", "dev")
