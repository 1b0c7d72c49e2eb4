"""What rollup does otherwise from release to release.

Source: recordings of 6.8.23; 7.x and later follow their published tests, documentation and classes.
"""

from __future__ import annotations

from dataclasses import dataclass

from esmock.releases import Version


@dataclass(frozen=True, slots=True)
class RollupTraits:
    """What rollup does otherwise from release to release; one field per difference, named for the newer side as in ``Behaviour``."""

    version: Version
    index_created: str
    """``index.version.created`` of a new rollup index."""
    old_paths_deprecated: bool
    """``/_xpack/rollup`` is announced to go (7.0)."""
    missing_indices_named: bool
    """``no such index`` says which one (7.0)."""
    cron_checked: bool
    """A job with a cron that cannot be read is refused (until 7.0), otherwise it vanishes."""
    java_time: bool
    """Zones are those of java.time (7.0), not of Joda time, which has names and errors of its own."""
    zones_compared_by_rules: bool
    """A job answers in each zone of its rules (7.0), not only under the zone's name."""
    buckets_printed_alike: bool
    """Buckets of histograms over live and rolled documents are printed alike (7.0), not each as where it comes from."""
    zones_kept: bool
    """Rolled histograms are cut in the zone that was asked for (7.0), not in UTC, and of jobs in that zone only."""
    intervals_told_apart: bool
    """Intervals are calendar or fixed (7.2), not just intervals."""
    deprecated_zones_warned: bool
    """A job in a zone that the IANA has deprecated warns of it (7.2)."""
    counts_processing: bool
    """Statistics tell of processing (7.7)."""
    date_nanos: bool
    """Dates may have nanoseconds (7.9)."""
    live_errors_unwrapped: bool
    """What fails in live indices is told as searches tell it (7.0), not within another error."""
    unmapped_target_is_empty: bool
    """A target index without a mapping has an empty one (7.0), not none at all."""
    default_shards: int
    """Of a new rollup index (5 until 7.0)."""
    search_action: str
    """The action of a rollup search, as privileges name it."""
    doc_ids_told: bool
    """The status of a job says that its documents have the ids of 6.4 (until 8.0)."""
    start_is_idempotent: bool
    """Starting a started job is fine (8.0)."""
    patterns_split: bool
    """A job's index pattern may be a comma list (8.x after 8.1)."""
    usage_required: bool
    """New jobs need existing rollup use (8.11 by the documentation, 8.15 in the code)."""
    removal_warned: bool
    """Put and start of a job announce the removal (8.16)."""


def rollup_traits(number: Version, index_created: str) -> RollupTraits:
    """The traits of a release."""
    seven, eight = number.major >= 7, number.major >= 8
    return RollupTraits(
        version=number,
        index_created=index_created,
        old_paths_deprecated=seven,
        missing_indices_named=seven,
        cron_checked=not seven,
        java_time=seven,
        zones_compared_by_rules=seven,
        buckets_printed_alike=seven,
        zones_kept=seven,
        intervals_told_apart=number >= Version(7, 2, 0),
        deprecated_zones_warned=number >= Version(7, 2, 0),
        counts_processing=number >= Version(7, 7, 0),
        date_nanos=number >= Version(7, 9, 0),
        live_errors_unwrapped=seven,
        unmapped_target_is_empty=seven,
        default_shards=1 if seven else 5,
        search_action="indices:data/read/xpack/rollup/search" if seven else "indices:admin/xpack/rollup/search",
        doc_ids_told=not eight,
        start_is_idempotent=eight,
        patterns_split=number >= Version(8, 2, 0),
        usage_required=number >= Version(8, 11, 0),
        removal_warned=number >= Version(8, 16, 0),
    )
