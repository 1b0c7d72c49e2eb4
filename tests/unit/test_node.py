"""What a request that waits may do afterwards: what its sender may, whoever asked in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from esmock.api.request import Response
from esmock.node import _AsSender


def test_an_answer_that_waits_goes_on_with_the_rights_of_its_sender(raw: Callable[..., Any]) -> None:
    node = raw("9.5.3", security=True).server.node
    gates: list[Any] = []

    async def handler() -> Response:
        for _ in range(3):
            gates.append(node.cluster.gate)
            await asyncio.sleep(0)
        return Response(200, {})

    async def wrapped(gate: Any) -> Response:
        return await _AsSender(node, handler(), gate)

    async def both() -> list[Response]:
        return await asyncio.gather(wrapped("one"), wrapped("two"))

    assert [answer.status for answer in asyncio.run(both())] == [200, 200]
    assert gates == ["one", "two"] * 3
    assert node.cluster.gate is None


def test_what_a_wait_raises_reaches_the_answer(raw: Callable[..., Any]) -> None:
    node = raw("9.5.3", security=True).server.node

    async def handler() -> Response:
        try:
            await asyncio.wait_for(asyncio.sleep(60), timeout=0.001)
        except TimeoutError:
            return Response(200, {"gate": node.cluster.gate})
        return Response(500, {})

    async def wrapped() -> Response:
        return await _AsSender(node, handler(), "one")  # type: ignore[arg-type]

    assert asyncio.run(wrapped()).body == {"gate": "one"}
