"""The comparison with real servers over 25 users and roles: the same plan asks the same, and rules are met by what they are about only."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from tests.conformance.security.people import N_ROLES, N_USERS, Plan, roles, setup, users
from tests.conformance.security.rules import Exchange, Rule, Rules
from tests.conformance.security.steps import Memory, Step, families, steps


def _first(plan, *, is_old):
    return list(islice(steps(plan, is_old=is_old), 400))


def test_the_same_plan_asks_the_same_in_both_forms():
    plan = Plan(7, of_six=True, is_whole=True)
    old, new = _first(plan, is_old=True), _first(plan, is_old=False)
    assert [one.sender for one in old] == [one.sender for one in new]
    assert old == _first(plan, is_old=True)
    assert any(one.path != other.path for one, other in zip(old, new, strict=True))
    assert not any("$" in json.dumps(one) for one in old + new)
    assert len({one.sender for one in old}) > N_USERS


def test_other_plans_ask_otherwise():
    assert _first(Plan(1, of_six=True, is_whole=True), is_old=True) != _first(Plan(2, of_six=True, is_whole=True), is_old=True)


def test_an_engine_in_part_is_not_asked_for_modules_or_with_keys():
    asked = _first(Plan(3, of_six=False, is_whole=False), is_old=False)
    assert not any(one.path.startswith(("/_rollup", "/_ilm")) for one in asked)
    assert not any((one.sender or "").startswith("ApiKey b64({{key") for one in asked)
    assert set(families()) >= {"searches", "documents", "writes", "keys", "modules"}


def test_a_plan_has_twenty_five_users_and_roles(raw):
    from random import Random

    from tests.scripts import recorder

    plan, r, one = Plan(5, of_six=True, is_whole=True), Random(5), recorder("security")
    made, held = roles(r, of_six=True), users(r, plan)
    server = raw("7.10.2", security=True).server

    def status(method, path, body):
        from esmock.http.receive import RawRequest

        headers = list(one.headers_of(path, "elastic:changeme", body).items())
        return server.handle(RawRequest(method, path, headers, one.content_of(body))).status

    assert (len(made), len(held)) == (N_ROLES, N_USERS)
    assert all(status("PUT", f"/_security/role/{name}", role) == 200 for name, role in made.items())
    assert all(status(*sent) < 300 for sent in setup(r, is_old=False))


def test_what_was_made_is_remembered():
    memory = Memory()
    memory.keep(Step("POST", "/_security/api_key", None, {}, "key1", ("id", "api_key")), 200, '{"id":"abc","api_key":"xyz"}')
    assert memory.filled({"a": ["{{key1_id}}", "b64({{key1_id}}:{{key1_api_key}})"]}) == {"a": ["abc", "YWJjOnh5eg=="]}
    assert memory.named('{"id":"abc"}') == '{"id":"{{key1_id}}"}'


def test_a_rule_is_about_all_that_it_gives():
    rule = Rule("one", "somewhere", asks="^GET /a", real="^403", here="^200")
    assert rule.is_met(Exchange("GET", "/a", "x", "403 {}", "200 {}"))
    assert not rule.is_met(Exchange("GET", "/b", "x", "403 {}", "200 {}"))
    assert not rule.is_met(Exchange("GET", "/a", "x", "200 {}", "200 {}"))
    assert not rule.is_met(Exchange("GET", "/a", "x", "403 {}", "200 {}", ["Basic"], []))


def test_a_rule_may_leave_out_a_part_or_an_order():
    apart, order = Rule("one", "somewhere", apart_from='"x":\\d,'), Rule("two", "somewhere", reordered="keys")
    assert apart.is_met(Exchange("GET", "/", "x", '200 {"x":1,"y":2,"z":3}', '200 {"z":3,"y":2}'))
    assert not apart.is_met(Exchange("GET", "/", "x", '200 {"x":1,"y":2}', '200 {"x":1,"y":3}'))
    assert order.is_met(Exchange("GET", "/", "x", '200 {"keys":[1,2]}', '200 {"keys":[2,1]}'))
    assert not order.is_met(Exchange("GET", "/", "x", '200 {"keys":[1,2]}', '200 {"keys":[2,3]}'))
    assert not order.is_met(Exchange("GET", "/", "x", '200 {"keys":[1,2]}', '201 {"keys":[2,1]}'))


@pytest.mark.parametrize("name", ["rules_of_6_8.toml", "rules_without_index.toml"])
def test_every_rule_has_a_name_and_a_source(name):
    rules = Rules(name)
    assert rules.otherwise
    assert len({rule.name for rule in rules.otherwise}) == len(rules.otherwise)
    assert all(rule.asks or rule.real or rule.here or rule.reordered is not None for rule in rules.otherwise)
