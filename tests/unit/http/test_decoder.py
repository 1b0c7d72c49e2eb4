"""What a decoder remembers of earlier heads changes nothing.

Source: each request decoded alone, which ``test_decoding_recorded`` holds against the engine's answers.
"""

from __future__ import annotations

import pytest

from esmock.http.decoder import Decoded, Decoder, Interim
from esmock.http.netty import Rules
from esmock.version import behaviour
from tests.scripts import recorder

REQUESTS = [text.encode("latin-1") for text in recorder("http").cases().values()]
LOOKALIKES = [
    b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /b HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /c http/1.1\r\nx: y HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET /d HTTP/1.1\r\nhost: x\r\n\r\n",
    b"GET  /e\tf HTTP/1.1\r\nhost: x\r\n\r\n",
    b"POST /g HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi",
    b"POST /h HTTP/1.1\r\ncontent-length: 2\r\n\r\nho",
    b"PUT /i HTTP/1.0\r\ncontent-length: 2\r\n\r\nha",
    b"GET /j HTTP/1.1\r\nconnection: close\r\ncontent-encoding: gzip\r\naccept-encoding: gzip\r\n\r\n",
    b"HEAD /k HTTP/1.1\r\nconnection: close\r\ncontent-encoding: gzip\r\naccept-encoding: gzip\r\n\r\n",
]


def shown(events: list[Decoded | Interim]) -> list[object]:
    return [
        (one.raw.method, one.raw.target, one.raw.headers, one.raw.body, str(one.raw.malformed), one.head) if isinstance(one, Decoded) else one
        for one in events
    ]


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
@pytest.mark.parametrize("piece", [1 << 20, 30])
def test_a_head_that_came_before_is_read_as_if_it_had_not(version, piece):
    rules = Rules.of(behaviour(version))
    regular = []
    for request in [*LOOKALIKES, *REQUESTS]:
        alone = shown(Decoder(rules).feed(request))
        if alone and shown(Decoder(rules).feed(request + LOOKALIKES[0]))[len(alone) :] == shown(Decoder(rules).feed(LOOKALIKES[0])):
            regular.append((request, alone))
    assert len(regular) > 50
    shared = Decoder(rules)
    for request, alone in [*regular, *reversed(regular), *regular]:
        events = [event for at in range(0, len(request), piece) for event in shared.feed(request[at : at + piece])]
        assert shown(events) == alone, request


def test_a_body_that_comes_later_belongs_to_its_head():
    decoder = Decoder(Rules.of(behaviour("8.19.21")))
    first, second = LOOKALIKES[5:7]
    assert [one.raw.body for one in decoder.feed(first)] == [b"hi"]
    assert decoder.feed(second[:-1]) == []
    (found,) = decoder.feed(second[-1:] + first)[:1]
    assert (found.raw.target, found.raw.body) == ("/h", b"ho")


def test_no_more_heads_are_kept_than_a_connection_needs():
    decoder = Decoder(Rules.of(behaviour("8.19.21")))
    for number in range(100):
        (found,) = decoder.feed(b"GET / HTTP/1.1\r\nx-opaque-id: %d\r\n\r\n" % number)
        assert found.raw.headers == [("x-opaque-id", str(number))]
    assert len(decoder._heads) <= 16
