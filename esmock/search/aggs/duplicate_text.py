"""Finds passages that have been read before: runs of six tokens, each told by one byte of its hash.

Docs: search-aggregations-bucket-significanttext-aggregation, "filter_duplicate_text".
"""

from __future__ import annotations

from collections.abc import Sequence

from esmock.murmur import murmur3_x64_128

_RUN = 6


class DuplicateFilter:
    """Remembers every run of tokens; tokens of a run that comes again are dropped."""

    def __init__(self) -> None:
        self._seen: dict[bytes, int] = {}
        self._bytes: dict[str, int] = {}

    def fresh(self, tokens: Sequence[str]) -> list[str]:
        """The tokens of one text that are in no run seen before, in this text or an earlier one."""
        codes = bytes(map(self._byte, tokens))
        is_fresh = [True] * len(tokens)
        for end in range(_RUN, len(tokens) + 1):
            run = codes[end - _RUN : end]
            sightings = self._seen.get(run, 0)
            self._seen[run] = sightings + 1
            if sightings:
                is_fresh[end - _RUN : end] = [False] * _RUN
        return [token for token, keep in zip(tokens, is_fresh, strict=True) if keep]

    def _byte(self, token: str) -> int:
        found = self._bytes.get(token)
        if found is None:
            hashed = murmur3_x64_128(token.encode("utf-8", "surrogatepass"))
            found = self._bytes[token] = hashed[0] & 0xFF
        return found
