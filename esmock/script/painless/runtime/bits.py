"""java.util.BitSet, on one Python integer."""

from __future__ import annotations

from typing import Any

from esmock.script.painless.runtime import throwables as t
from esmock.script.painless.runtime.containers import MAX_SIZE
from esmock.script.painless.runtime.encoding import byte_array, raw
from esmock.script.painless.runtime.values import JavaArray, wrap_int


class BitSet:
    """A growing row of bits."""

    java_class = "java.util.BitSet"

    def __init__(self, size: int = 64) -> None:
        if size < 0:
            raise t.NegativeArraySize(f"nbits < 0: {size}")
        self.bits = 0
        self._room = size

    def _range(self, start: int, end: int | None) -> int:
        """The mask of a bit or of a range of bits. Raises IndexOutOfBounds."""
        if end is None:
            if start < 0:
                raise t.IndexOutOfBounds(f"bitIndex < 0: {start}")
            end = start + 1
        for name, at in (("fromIndex", start), ("toIndex", end)):
            if at < 0:
                raise t.IndexOutOfBounds(f"{name} < 0: {at}")
        if start > end:
            raise t.IndexOutOfBounds(f"fromIndex: {start} > toIndex: {end}")
        if end > MAX_SIZE:
            raise t.OutOfMemory("Java heap space")
        return (1 << end) - (1 << start)

    def _set(self, mask: int, value: bool) -> None:
        self.bits = self.bits | mask if value else self.bits & ~mask

    def j_set(self, start: int, *rest: Any) -> None:
        value = rest[-1] if rest and isinstance(rest[-1], bool) else True
        end = next((one for one in rest if not isinstance(one, bool)), None)
        self._set(self._range(start, end), value)

    def j_clear(self, *bounds: int) -> None:
        if bounds:
            self._set(self._range(bounds[0], bounds[1] if len(bounds) == 2 else None), False)
        else:
            self.bits = 0

    def j_flip(self, start: int, end: int | None = None) -> None:
        self.bits ^= self._range(start, end)

    def j_get(self, start: int, end: int | None = None) -> Any:
        found = self.bits & self._range(start, end)
        if end is None:
            return found != 0
        part = BitSet()
        part.bits = found >> start
        return part

    def j_and(self, other: BitSet) -> None:
        self.bits &= other.bits

    def j_or(self, other: BitSet) -> None:
        self.bits |= other.bits

    def j_xor(self, other: BitSet) -> None:
        self.bits ^= other.bits

    def j_andNot(self, other: BitSet) -> None:
        self.bits &= ~other.bits

    def j_intersects(self, other: BitSet) -> bool:
        return self.bits & other.bits != 0

    def j_cardinality(self) -> int:
        return self.bits.bit_count()

    def j_isEmpty(self) -> bool:
        return self.bits == 0

    def j_length(self) -> int:
        return self.bits.bit_length()

    def j_size(self) -> int:
        return (max(self._room, self.bits.bit_length()) + 63) // 64 * 64

    def _next(self, start: int, bits: int, refused: str = "fromIndex < 0") -> int:
        if start < 0:
            raise t.IndexOutOfBounds(f"{refused}: {start}")
        rest = bits >> start
        return start + (rest & -rest).bit_length() - 1 if rest else -1

    def j_nextSetBit(self, start: int) -> int:
        return self._next(start, self.bits)

    def j_nextClearBit(self, start: int) -> int:
        return self._next(start, ~self.bits)

    def _previous(self, start: int, bits: int) -> int:
        if start < -1:
            raise t.IndexOutOfBounds(f"fromIndex < -1: {start}")
        return (bits & (1 << start + 1) - 1).bit_length() - 1

    def j_previousSetBit(self, start: int) -> int:
        return self._previous(start, self.bits)

    def j_previousClearBit(self, start: int) -> int:
        return self._previous(start, ~self.bits)

    def j_toByteArray(self) -> JavaArray:
        return byte_array(self.bits.to_bytes((self.bits.bit_length() + 7) // 8, "little"))

    def j_toLongArray(self) -> JavaArray:
        data = self.bits.to_bytes((self.bits.bit_length() + 63) // 64 * 8, "little")
        words = (int.from_bytes(data[at : at + 8], "little", signed=True) for at in range(0, len(data), 8))
        return JavaArray("long", list(words))

    def j_clone(self) -> BitSet:
        copied = BitSet(self._room)
        copied.bits = self.bits
        return copied

    def j_equals(self, other: Any) -> bool:
        return isinstance(other, BitSet) and self.bits == other.bits

    def j_hashCode(self) -> int:
        code = 1234
        for at, word in enumerate(self.j_toLongArray()):
            code ^= (word & (1 << 64) - 1) * (at + 1)
        return wrap_int(code >> 32 ^ code)

    def j_toString(self) -> str:
        return "{" + ", ".join(str(at) for at in range(self.bits.bit_length()) if self.bits >> at & 1) + "}"


def _of_array(values: Any) -> BitSet:
    out = BitSet()
    if values.component == "long":
        data = b"".join((word & (1 << 64) - 1).to_bytes(8, "little") for word in values)
    else:
        data = raw(values)
    out.bits = int.from_bytes(data, "little")
    return out


CONSTRUCTORS: dict[str, Any] = {"BitSet/0": BitSet, "BitSet/1": BitSet}
STATICS: dict[str, Any] = {"BitSet.valueOf/1": _of_array}
