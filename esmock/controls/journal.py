"""The journal: what was asked and answered, the last of it, and how a test asks about that."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from esmock.controls.refusal import NotFound

if TYPE_CHECKING:
    from esmock.controls.exchange import Exchange
    from esmock.controls.matcher import Matcher

KEEP = 500
KEEP_BYTES = 2 * 1024 * 1024


class Journal:
    """The last exchanges of a space, bounded in number and in bytes of their bodies.

    Args:
        keep: how many exchanges.
        keep_bytes: how many bytes of bodies; the newest exchange is kept however large it is.
    """

    def __init__(self, keep: int = KEEP, keep_bytes: int = KEEP_BYTES) -> None:
        self.keep_bytes = keep_bytes
        self.count = 0
        self._kept: deque[Exchange] = deque(maxlen=keep)
        self._bytes = 0
        """Of the bodies kept, and of those that have gone since it was last counted: counting is for when it matters."""

    @property
    def keep(self) -> int:
        """How many exchanges are kept."""
        return self._kept.maxlen or 0

    @keep.setter
    def keep(self, keep: int) -> None:
        self._kept = deque(self._kept, maxlen=keep)

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._kept))

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange; the oldest go where there are too many."""
        self._kept.append(exchange)
        answer = exchange.answer
        self._bytes += len(exchange.raw.body) + (len(answer.body) if answer is not None else 0)
        if self._bytes > self.keep_bytes:
            self._trim()

    def _trim(self) -> None:
        """Count anew; where there is too much, make room for some more, so that not every exchange has all of them counted."""
        kept = self._kept
        self._bytes = sum(map(_size, kept))
        if self._bytes > self.keep_bytes:
            while self._bytes > self.keep_bytes * 3 // 4 and len(kept) > 1:
                self._bytes -= _size(kept.popleft())

    def clear(self) -> None:
        """Forget everything; the numbers go on."""
        self._kept.clear()
        self._bytes = 0

    @property
    def dropped(self) -> int:
        """How many exchanges are no longer kept."""
        return self.count - len(self._kept)

    def entry(self, number: int) -> Exchange:
        """One exchange by its number. Raises NotFound."""
        for exchange in reversed(self._kept):
            if exchange.number == number:
                return exchange
        raise NotFound("number", f"the journal has no exchange {number}; it keeps the last {self.keep}")

    def since(self, number: int) -> list[Exchange]:
        """The kept exchanges after a number, oldest first."""
        out: list[Exchange] = []
        for exchange in reversed(self._kept):
            if exchange.number <= number:
                break
            out.append(exchange)
        out.reverse()
        return out

    def calls(self, endpoint: str | list[str] | None = None, **wanted: Any) -> Calls:
        """The exchanges that match; fields as in ``parse_matcher``. Raises ControlError."""
        from esmock.controls.matcher import parse_matcher

        matcher = parse_matcher({"endpoint": endpoint, **wanted}, "")
        return Calls([one for one in self if matcher.matches(one)], self, matcher)


def _size(exchange: Exchange) -> int:
    answer = exchange.answer
    return len(exchange.raw.body) + (len(answer.body) if answer is not None else 0)


class Calls(list["Exchange"]):
    """Exchanges that a question found, with the question."""

    def __init__(self, found: list[Exchange], journal: Journal, matcher: Matcher) -> None:
        super().__init__(found)
        self.journal = journal
        self.matcher = matcher

    @property
    def bodies(self) -> list[Any]:
        """Their request bodies, as trees."""
        return [one.body for one in self]

    @property
    def statuses(self) -> list[int | None]:
        return [one.status for one in self]

    def one(self) -> Exchange:
        """The only one. Raises AssertionError where there are none or several."""
        from esmock.controls.assertions import check_times

        check_times(self, times=1)
        return self[0]
