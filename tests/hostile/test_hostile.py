"""Thousands of malformed requests: no bug shows, nothing hangs, memory stays bounded, and the server answers afterwards.

A sample runs always; ``ESMOCK_HOSTILE=2000`` runs so many, ``ESMOCK_HOSTILE_SEED`` chooses others.
"""

from __future__ import annotations

import gzip
import os
import tracemalloc

import pytest

from esmock.server import Server
from tests.hostile import bodies, generator
from tests.hostile.measure import LIMIT_SECONDS, Victim

COUNT = int(os.environ.get("ESMOCK_HOSTILE", "150"))
SEED = int(os.environ.get("ESMOCK_HOSTILE_SEED", "1"))
MEMORY_BYTES = 600_000_000


@pytest.fixture(scope="module", params=["7.10.2", "9.5.3"])
def victim(request):
    with Server(version=request.param) as server:
        yield Victim(server)


def test_no_request_shows_a_bug_or_hangs(victim):
    met = [victim.meet(one) for one in generator.requests(SEED, COUNT)]
    assert len(met) == COUNT
    assert [one.told() for one in met if one.is_bug] == []
    assert [one.told() for one in met if one.seconds > LIMIT_SECONDS] == []
    assert victim.is_well()


@pytest.mark.parametrize("family", sorted(set(generator.FAMILIES), key=lambda one: one.__name__), ids=lambda one: one.__name__)
def test_every_family_is_met_with_an_answer(family):
    with Server(version="8.19.21") as server:
        victim = Victim(server)
        met = [victim.meet(one) for one in generator.requests(SEED + 1, 4, (family,))]
        assert [one.told() for one in met if one.is_bug] == []
        assert family is generator.broken_http or all(one.status for one in met)
        assert victim.is_well()


def test_a_decompression_bomb_is_not_kept(victim):
    bomb = gzip.compress(b"[" + b" " * 200_000_000 + b"]", 9)
    tracemalloc.start()
    try:
        met = victim.meet(generator.Hostile("bomb", "POST", "/h/_search", [*generator.JSON, ("content-encoding", "gzip")], bomb))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert met.status in (400, 413)
    assert peak < MEMORY_BYTES


def test_a_request_that_comes_byte_by_byte_is_answered(victim):
    data = generator.WHOLE
    met = victim.meet(generator.Hostile("slow", pieces=tuple(data[at : at + 1] for at in range(len(data)))))
    assert met.status == 200
    assert b'"timed_out":false' in met.body


def test_a_request_that_never_ends_takes_nothing_from_others(victim):
    met = victim.meet(generator.Hostile("slow", pieces=(generator.WHOLE[:-5],)))
    assert met.status == 0
    assert victim.is_well()


def test_the_same_seed_makes_the_same_requests():
    first, second = (list(generator.requests(7, 60)) for _ in range(2))
    assert first == second
    assert len({one.family for one in first}) > 10
    assert first != list(generator.requests(8, 60))


def test_the_instrument_sees_a_bug(victim, monkeypatch):
    from esmock.api import search

    def fail(*_: object) -> None:
        raise KeyError("a bug")

    request = generator.Hostile("search", "POST", "/h/_search", generator.JSON, bodies.written({}))
    assert not victim.meet(request).is_bug
    monkeypatch.setattr(search, "run_call", fail)
    assert victim.meet(request).is_bug
