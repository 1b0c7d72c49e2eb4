"""Reading the body of a put. Docs: rollup-put-job.

Source: recordings of 6.8.23 (P9 to P35); which intervals there are in 7.2 and later follows the published description.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from esmock.errors import NullPointer
from esmock.features.rollup.config import (
    DateHistogramGroup,
    Groups,
    HistogramGroup,
    MetricGroup,
    RollupJobConfig,
    build_terms,
)
from esmock.xcontent import object_parser as o
from esmock.xcontent.units import parse_time
from esmock.xcontent.value_reader import Reading

if TYPE_CHECKING:
    from esmock.version import Behaviour, RollupTraits

Json = Any


def parse_job(body: Json, url_id: str | None, behaviour: Behaviour) -> RollupJobConfig:
    """Read the body of a put.

    Args:
        url_id: the id that a body without one gets.

    Raises:
        XContentParse, IllegalArgument: with layers and places as Elasticsearch's own parsers give them.
    """
    traits = behaviour.rollup
    build = functools.partial(RollupJobConfig.build, url_id, traits)
    given: RollupJobConfig = _job_parser(traits).parse(body, Reading(behaviour), build=build)
    if given.groups is None:
        # Differs: 6.8 never answers such a put
        raise NullPointer(
            'Cannot invoke "org.elasticsearch.xpack.core.rollup.job.GroupConfig.getDateHistogram()" because the '
            'return value of "org.elasticsearch.xpack.core.rollup.job.RollupJobConfig.getGroupConfig()" is null'
        )
    return given


def _timeout(text: str | None) -> str:
    if text is None:
        raise NullPointer(None)
    return parse_time(text, "timeout").string_rep


@functools.cache
def _job_parser(traits: RollupTraits) -> o.Parser:
    metric = o.Parser(
        "metrics", o.string("field", required=True), o.strings("metrics", required=True), build=MetricGroup.build
    )
    return o.Parser(
        "xpack/rollup/jobconfig",
        o.string("id", argument=True),
        o.string("index_pattern", required=True),
        o.string("rollup_index", required=True),
        o.object_("groups", _groups_parser(traits), argument=True),
        o.objects("metrics", metric, argument=True),
        o.string("timeout", nullable=True, then=_timeout, argument=True),
        o.string("cron", required=True),
        o.integer("page_size", required=True),
    )


def _groups_parser(traits: RollupTraits) -> o.Parser:
    told_apart = (o.string("calendar_interval", argument=True), o.string("fixed_interval", argument=True))
    date = o.Parser(
        "date_histogram",
        o.string("field", required=True),
        o.string("interval", argument=True, required=not traits.intervals_told_apart),
        *(told_apart if traits.intervals_told_apart else ()),
        o.string("delay", argument=True),
        o.string("time_zone", argument=True),
        build=functools.partial(DateHistogramGroup.build, traits),
    )
    histogram = o.Parser(
        "histogram", o.long_("interval", required=True), o.strings("fields", required=True), build=HistogramGroup.build
    )
    terms = o.Parser("terms", o.strings("fields", required=True), build=build_terms)
    return o.Parser(
        "groups",
        o.object_("date_histogram", date, required=True),
        o.object_("histogram", histogram, argument=True),
        o.object_("terms", terms, argument=True),
        build=Groups.build,
    )
