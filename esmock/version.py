"""The versions that esmock plays, and every difference between them that a client can see.

The only place that compares version numbers, with ``rollup_traits``: everything else asks a named flag of ``Behaviour``.
Source: recordings of 7.10.2, 7.17.29 and 8.19.21; what is said of 9.5.3 follows its published specification.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from esmock.releases import BUILDS, LATEST, ROLLUPS, VERSIONS, Build, Version
from esmock.rollup_traits import RollupTraits, rollup_traits

__all__ = ["LATEST", "ROLLUPS", "VERSIONS", "Behaviour", "Build", "RollupTraits", "Version", "behaviour"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Behaviour:
    """One field per difference. Fields named for what is true of the newer side unless they name an old thing."""

    version: Version
    build: Build
    mapping_types: bool
    """Typed paths and ``_type`` in answers (7.x)."""
    has_apache_build: bool
    """There is a build without x-pack (7.10)."""
    security_absent_when_off: bool
    """A node with security off does not have its endpoints (8.0)."""
    product_header: bool
    """``X-elastic-product`` on every dispatched response (7.14)."""
    charset_in_json: bool
    """``application/json; charset=UTF-8`` (7.x)."""
    vendor_media_types: bool
    """``application/vnd.elasticsearch+json;compatible-with=N`` is read and answered in kind (8.0)."""
    vendor_content_type: bool
    """A vendor type is accepted in Content-Type (7.16)."""
    strict_http: bool
    """The HTTP decoder checks line ends, methods, versions and chunk ends (8.x)."""
    checked_http: bool
    """The HTTP decoder checks header names, values and lengths (7.17)."""
    wide_http_headers: bool
    """16 kB of headers, otherwise 8 (8.0)."""
    authenticates_first: bool
    """With security on, unknown paths are 401 without credentials (8.7)."""
    missing_credentials_word: str
    """What is missing in a request without credentials: a ``token``, or ``credentials`` (7.4)."""
    challenges: tuple[str, ...]
    """``WWW-Authenticate``, one value per way to authenticate."""
    denial_tells_roles: bool
    """A 403 names the roles, the indices and the privileges that would do (7.14)."""
    denial_tells_effective_roles: bool
    """Of them only those that exist, the others apart (8.0)."""
    denial_tells_all_indices: bool
    """Also where the action is allowed on no index whatever (8.0)."""
    auto_create_action: str
    """What a write to a missing index takes besides (7.9: an action of its own)."""
    early_timeouts: bool
    """Timeouts of many requests are read before anything else, ``ignore_unavailable`` after the other options of indices (8.14)."""
    no_nested_source: str
    """What is said of a nested object that the source does not show, whose ``path`` stands in it."""
    body_check: bool
    """A body on an endpoint without one is refused (7.17)."""
    declared_method_order: bool
    """``Allow`` in declaration order (late 8.x), otherwise in a hash set's."""
    path_decoded_first: bool
    """A bad escape in the path is a 400 of the whole path (8.3), otherwise a 405 of the segment."""
    qualified_traces: bool
    """Stack traces name classes with package (8.0)."""
    filters_keep_empty: bool
    """What was empty before survives ``filter_path`` with exclusions (8.15)."""
    document_parsing_exception: bool
    """Document errors are ``document_parsing_exception`` with a position (8.8)."""
    wrapped_syntax_errors: bool
    """Jackson's errors come inside ``x_content_parse_exception`` (8.0)."""
    fractional_byte_sizes: bool
    """``1.5kb`` is read with a deprecation (until 9.0), then as two decimals at most."""
    shortest_decimals: bool
    """Numbers as JDK 19 and later print them, by the Java that the release is shipped with (7.17.29)."""
    newer_jackson: bool
    """Syntax errors have the texts of Jackson 2.15 (7.17)."""
    point_bodies: bool
    """A point in time can be opened with an ``index_filter`` (8.12)."""
    announces_eight: bool
    """What 8.0 changes is announced (7.17)."""
    destructive_requires_name: bool
    """Default of ``action.destructive_requires_name`` (8.0)."""
    chunked_responses: bool
    """Big answers are streamed (late 8.x)."""
    bulk_errors_first: bool
    """``errors`` stands before ``took`` in bulk answers (late 8.x)."""
    bm25_k1_factor: bool
    """Scores carry the factor (k1 + 1) (7.x; Lucene 8 keeps it in Elasticsearch's similarity)."""
    explain_fetches: bool
    """``_explain`` takes queries that refer to other documents (7.17.5, 8.3)."""
    lucene_nine: bool
    """Queries are written and rewritten as Lucene 9 does (8.0)."""
    strict_url_query_options: bool
    """``df`` and its kin without ``q`` are refused (late 8.x)."""
    flood_stage_blocks_metadata: bool
    """``read_only_allow_delete`` also forbids to change mappings and settings (7.x)."""
    unassigned_shards_fail: bool
    """A search lists shards that no node has among its failures (8.0), otherwise it only misses them."""
    sort_format: bool
    """Sorting by a field takes ``format`` (7.13)."""
    negative_size_refused: bool
    """``size=-1`` is an error (8.0)."""
    bucket_count_told: bool
    """The limit on buckets says how many there would have been (until 7.17)."""
    warns_of_negative_size: bool
    """A size of -1 is deprecated (asked of 7.17.29), and an error from 8.0 on."""
    points_in_time_advise: bool
    """What is said of points in time is spelt right, and says what to do (asked of 7.17.29)."""
    pre_filter_fails: bool
    """Where no shard can be searched at all, it is the phase ``can_match`` that failed (7.10), otherwise the query."""
    collapse_tells_types: bool
    """A field that hits cannot be collapsed by is told with its type (asked of 7.17.29)."""
    field_caps_by_parser: bool
    """Bodies of field capabilities are read by a parser of their own (asked of 7.17.29)."""
    invalid_types_told: bool
    """A second mapping type is told as invalid (asked of 7.17.29), not as a mapping that would have two."""
    refusals_are_bare: bool
    """A 403 comes without warnings (asked of 7.17.29 and 8.19.21, not of 7.10.2)."""
    long_keywords_ignored: bool
    """A keyword longer than ``ignore_above`` counts as ignored (asked of 7.17.29)."""
    metadata_fetched: bool
    """``fields`` of a search shows metadata fields (asked of 7.17.29)."""
    nanos_begin_at_zero: bool
    """The least instant in nanoseconds is that of 1970 (asked of 7.17.29)."""
    collapse_goes_on: bool
    """Collapsed hits can be searched after, sorted by the same field (asked of 7.17.29)."""
    shard_doc_needs_point: bool
    """``_shard_doc`` sorts within a point in time alone (asked of 7.17.29; 8.19.21 sorts by it anywhere)."""
    shapes_and_points_alike: bool
    """Queries by box and distance go on any field of places (asked of 7.17.29)."""
    span_field_masking: bool
    """The query ``field_masking_span`` is called ``span_field_masking`` (asked of 7.17.29)."""
    routing_ends_metadata: bool
    """Where no source is asked for, what is kept behind the routing of a hit is not read (7.x)."""
    slices_points_in_time: bool
    """Points in time can be sliced (7.15)."""
    source_streamed: bool
    """Parts are cut out of a source as it streams by (8.x), not out of a map."""
    bare_require_alias: bool
    """``require_alias`` without a value counts in the URL of a bulk (8.x); before, only ``require_alias=true`` does."""
    scroll_names_missing_nodes: bool
    """A scroll on nodes that are gone is a 404 of its own kind (asked of 8.19; the release is not known)."""
    script_fields_api: bool
    """Scripts may call ``field(...)`` and ``$(...)`` (8.0)."""
    vectors_beside_source: bool
    """Vectors are kept beside ``_source``, and answers leave them out (9.2; the makers' tests search.vectors/230 and /240)."""
    vectors_in_bits: bool
    """Vectors of 384 dimensions and more are indexed as ``bbq_hnsw`` where nothing else is said (9.1; the class DenseVectorFieldMapper)."""
    visits_parts_of_vectors: bool
    """Searches of vectors take ``visit_percentage`` (9.2; the class KnnSearchBuilder)."""
    allocate_fixes_replicas: bool
    """The action ``allocate`` takes ``auto_expand_replicas`` away where it sets their number (9.5.1; breaking changes)."""
    substitutes_fail_bare: bool
    """A pipeline that stands in for another in ``_ingest/_simulate`` fails with its own error, a 400 (9.2; breaking changes)."""
    logs_lack_norms: bool
    """Texts of indices of logs and of time series have no norms by default (9.2; breaking changes)."""
    seq_nos_may_be_off: bool
    """``index.disable_sequence_numbers``, on for time series (9.4; breaking changes, the class OCCNotSupportedException)."""
    rows_read_themselves: bool
    """Columns of ``ROW`` may read those before them (9.4; release notes)."""
    columnar_modes: bool
    """Indices may have the modes ``columnar``, ``logsdb_columnar`` and ``vectordb_document`` (9.5; release notes)."""
    look_ahead_time: str
    """How far a backing index of a time series reaches into the future (9.5: breaking changes)."""
    raw_vectors_stay_on_disk: bool
    """``index_options`` take ``on_disk_rescore`` (9.3; the class DenseVectorFieldMapper)."""
    script_fields_in_conditions: bool
    """Conditions of processors may call ``field(...)`` (9.2)."""
    timeouts_are_told: bool
    """A wait that ran out is 429, and says so in the body and in a header (9.0; pulls 116026 and 124936)."""
    strict_bulk_actions: bool
    """Nothing may stand behind the action of a bulk line, and it has an end (9.0; pull 115923)."""
    legacy_range_bounds: bool
    """Ranges take ``from``, ``to`` and whether they are included (until 9.0; pull 116970)."""
    forces_highlight_source: bool
    """Highlighting knows ``force_source`` (until 9.0; pull 116943)."""
    keywords_highlighted_as_given: bool
    """Highlights show keywords as the source has them, not as they are indexed (asked of 7.10.2, not of 8.19.21)."""
    metadata_parameters_ignored: bool
    """Definitions of metadata fields may have parameters without effect, and are warned of them (8.6 to 9.0; pulls 90989, 116944)."""
    mapping_source_mode: bool
    """``mode`` of ``_source`` counts where the settings say nothing (until 9.0; pull 119072)."""
    random_by_seq_no: bool
    """Seeded random scores come from ``_seq_no`` where no field is named, otherwise from ``_id`` (9.0; pull 118671)."""
    dates_of_booleans: bool
    """Aggregations on dates take booleans (until 9.0; pull 118484)."""
    warns_of_boolean_dates: bool
    """They are deprecated there (7.13; asked of 8.19.21; pull 70030)."""
    persian_stems: bool
    """The analyzer ``persian`` ends with its stemmer (9.0; pull 113482)."""
    stems_by_lovins_and_kp: bool
    """The stemmers ``lovins`` and ``dutch_kp`` work (until 9.0: Lucene 10 does not have them, and they let nothing pass)."""
    warns_of_lovins_and_kp: bool
    """They are deprecated (8.16; pull 113143)."""
    one_german_stemmer: bool
    """``german`` is what ``german2`` was: ae, oe and ue are umlauts (9.0, Lucene 10; pull 113614)."""
    metadata_field_caps: bool
    """Field capabilities tell metadata fields from others (7.13)."""
    hides_text_parts: bool
    """What a text field keeps beside itself for prefixes and phrases has no name (7.11; recordings of 7.17.29)."""
    shapes_by_one_parser: bool
    """Documents and queries read shapes alike, and a query by shape goes on points too (7.11)."""
    newest_segments_first: bool
    """Of documents with a time, segments are searched from the newest to the oldest."""
    sources_without_vectors: bool
    """Searches can leave the vectors out of sources."""
    tells_ignored_values: bool
    """``fields`` come with the values that were left out of them (asked of 7.17.29)."""
    empty_fields_unnamed: bool
    """A pattern of a text query names no field without values on the shard (8.1; recordings of 7.17.29 and 8.19.21)."""
    searches_doc_values: bool
    """Fields that are not indexed are searched by their doc values (8.1)."""
    sized_field_caps: bool
    """Field capabilities come in the order of maps made for their number (8.x)."""
    sized_index_maps: bool
    """Tables of indices come in the order of maps made for their number (8.x)."""
    skips_unavailable_remotes: bool
    """Remote clusters may be missing unless told otherwise (8.15)."""
    templates_tell_status: bool
    """Each answer of a multi search by templates has its status (8.x, after 7.17; the class MultiSearchTemplateResponse)."""
    selects_components: bool
    """``::data`` and ``::failures`` after a name tell which part of a data stream is meant (8.19)."""
    data_stream_days: bool
    """Backing indices of data streams bear the day in their names (7.11)."""
    async_completion_time: bool
    """Answers of asynchronous searches tell when they ended (8.6)."""
    fields_unmapped: bool
    """``fields`` of a search takes ``include_unmapped`` (7.11)."""
    nested_fields: bool
    """``fields`` of a search shows nested objects one by one (7.12)."""
    negative_epochs: bool
    """``epoch_millis`` and ``epoch_second`` read instants before 1970 (8.0; recordings of 7.10.2, 7.17.29 and 8.19.21)."""
    format_of_nanos: bool
    """``date_nanos`` has a default format of its own (after 7.10; recordings of 7.10.2 and 7.17.29)."""
    warns_of_locales: bool
    """Date patterns that depend on the locale data of the Java that runs are told (8.16 to 8.19; asked of 8.19.21)."""
    nested_path_field: bool
    """Nested objects carry their path in a field of its own, not in ``_type`` (8.0)."""
    aggregation_misuse_is_400: bool
    """Wrong uses of aggregations are illegal arguments, where they were execution errors (8.x)."""
    norms_stay: bool
    """A document that has not a field is as long as the one before it that has (7.x), where spans of another field are masked as its own."""
    shards_keep_their_numbers: bool
    """Shards are numbered by index and shard, in whatever order they are asked: failures and equal hits stand so."""
    date_range_bounds_round_up: bool
    """Of what a date leaves out, ``gt`` and ``lte`` of an indexed range mean the end."""
    excluded_all_is_none: bool
    """A bool that excludes everything is not built: none of its clauses can fail."""
    boxplot_whiskers: bool
    """Boxplots tell the ends of their whiskers (7.11)."""
    date_ranges_shift_epochs: bool
    """Milliseconds in date ranges are those of the time zone (7.10)."""
    owners_unchecked: bool
    """Aggregations look for owners that they never met behind the ends of their arrays (7.10)."""
    unmapped_min_ends_segments: bool
    """A ``min`` of an unmapped field keeps the aggregations above from collecting (7.10)."""
    composite_below_filter: bool
    """A composite aggregation may stand below filters (7.17)."""
    composite_missing_order: bool
    """Sources of composite aggregations say where what is missing stands (7.16)."""
    p_value_heuristic: bool
    """Significant terms take the heuristic ``p_value`` (7.14)."""
    jackson_2_8: bool
    """Syntax errors have the texts of Jackson 2.8, and are no bad requests (until 7.0)."""
    fields_suggested: bool
    """An unknown field is told with those that resemble it (7.0), not with ``parser not found``."""
    java_time: bool
    """Time zones are those of java.time (7.0), not of Joda time."""
    intervals_told_apart: bool
    """Date histograms have calendar and fixed intervals (7.2)."""
    pipelines_checked_early: bool
    """Pipeline aggregations that lead nowhere are refused with the request (7.0), not by the shards."""
    rollup: RollupTraits
    """The same of rollup, which a server may be told to play as of an older release."""

    @property
    def of_rollup_bodies(self) -> Behaviour:
        """How what is sent to rollup is read: by the parsers of the release whose rollup is played."""
        return self if self.rollup.java_time else _read_by_6(self)

    @property
    def major(self) -> int:
        return self.version.major

    def has(self, since: tuple[int, int]) -> bool:
        """Whether the version is (major, minor) or later: for options that came with a release."""
        return self.version[:2] >= since


def _challenges(number: Version) -> tuple[str, ...]:
    comma = "," if number >= Version(8, 0, 0) else ""
    basic, bearer, key = f'Basic realm="security"{comma} charset="UTF-8"', 'Bearer realm="security"', "ApiKey"
    return (basic, bearer, key) if number >= Version(7, 17, 0) else (bearer, key, basic)


def behaviour(version: str, rollup_as: str | None = None) -> Behaviour:
    """The behaviour of a profile.

    Args:
        rollup_as: the release whose rollup is played, one of ``ROLLUPS``; None: the profile's own.

    Raises:
        ValueError: in one line, for what is not played.
    """
    if version not in BUILDS:
        raise ValueError(f"unknown version {version!r}; esmock plays {', '.join(VERSIONS)}")
    own = _behaviour(version)
    return own if rollup_as is None else _with_rollup(own, rollup_as)


@functools.cache
def _with_rollup(own: Behaviour, rollup_as: str) -> Behaviour:
    if rollup_as not in ROLLUPS:
        raise ValueError(
            f"unknown rollup {rollup_as!r}; esmock plays that of {', '.join(ROLLUPS)} besides each version's own"
        )
    if own.major != 7:
        raise ValueError(f"the rollup of {rollup_as} goes with a 7.x; {own.version} has its own only")
    return replace(own, rollup=rollup_traits(Version.parse(rollup_as), ROLLUPS[rollup_as]))


@functools.cache
def _read_by_6(own: Behaviour) -> Behaviour:
    return replace(
        own, jackson_2_8=True, fields_suggested=False, java_time=False, intervals_told_apart=False, pipelines_checked_early=False
    )


@functools.cache
def _behaviour(version: str) -> Behaviour:
    number = Version.parse(version)
    eight, nine = number.major >= 8, number.major >= 9
    late_eight = number >= Version(8, 15, 0)
    return Behaviour(
        version=number,
        build=BUILDS[version],
        mapping_types=not eight,
        has_apache_build=number < Version(7, 11, 0),
        security_absent_when_off=eight,
        product_header=number >= Version(7, 14, 0),
        charset_in_json=not eight,
        vendor_media_types=eight,
        vendor_content_type=number >= Version(7, 16, 0),
        strict_http=eight,
        checked_http=number >= Version(7, 17, 0),
        wide_http_headers=eight,
        authenticates_first=number >= Version(8, 7, 0) or Version(7, 17, 0) <= number < Version(8, 0, 0),
        missing_credentials_word="credentials" if number >= Version(7, 4, 0) else "token",
        challenges=_challenges(number),
        denial_tells_roles=number >= Version(7, 14, 0),
        denial_tells_effective_roles=eight,
        denial_tells_all_indices=eight,
        auto_create_action="indices:admin/auto_create" if number >= Version(7, 9, 0) else "indices:admin/create",
        early_timeouts=number >= Version(8, 14, 0),
        no_nested_source=(
            "Couldn't find nested source for path {path}"
            if number >= Version(7, 11, 0)
            else "extracted source isn't an object or an array"
        ),
        body_check=number >= Version(7, 17, 0),
        declared_method_order=eight,
        path_decoded_first=number >= Version(8, 3, 0),
        qualified_traces=eight,
        filters_keep_empty=number >= Version(8, 15, 0),
        document_parsing_exception=number >= Version(8, 8, 0),
        wrapped_syntax_errors=eight,
        fractional_byte_sizes=not nine,
        shortest_decimals=number >= Version(7, 17, 29),
        newer_jackson=number >= Version(7, 17, 0),
        point_bodies=number >= Version(8, 12, 0),
        announces_eight=Version(7, 17, 0) <= number < Version(8, 0, 0),
        destructive_requires_name=eight,
        chunked_responses=late_eight,
        bulk_errors_first=late_eight,
        bm25_k1_factor=True,
        explain_fetches=number >= Version(7, 17, 29),
        lucene_nine=eight,
        strict_url_query_options=late_eight,
        flood_stage_blocks_metadata=not eight,
        unassigned_shards_fail=eight,
        sort_format=number >= Version(7, 13, 0),
        negative_size_refused=eight,
        bucket_count_told=number < Version(7, 17, 0),
        warns_of_negative_size=number >= Version(7, 17, 0),
        points_in_time_advise=number >= Version(7, 17, 0),
        pre_filter_fails=number < Version(7, 17, 0),
        collapse_tells_types=number >= Version(7, 17, 0),
        field_caps_by_parser=number >= Version(7, 17, 0),
        invalid_types_told=number >= Version(7, 17, 0),
        refusals_are_bare=number >= Version(7, 17, 0),
        long_keywords_ignored=number >= Version(7, 17, 0),
        metadata_fetched=number >= Version(7, 17, 0),
        nanos_begin_at_zero=number >= Version(7, 17, 0),
        collapse_goes_on=number >= Version(7, 17, 0),
        shard_doc_needs_point=Version(7, 12, 0) <= number < Version(8, 0, 0),
        shapes_and_points_alike=number >= Version(7, 17, 0),
        span_field_masking=number >= Version(7, 17, 0),
        routing_ends_metadata=not eight,
        slices_points_in_time=number >= Version(7, 15, 0),
        source_streamed=eight,
        bare_require_alias=eight,
        scroll_names_missing_nodes=eight,
        script_fields_api=eight,
        vectors_beside_source=number >= Version(9, 2, 0),
        vectors_in_bits=number >= Version(9, 1, 0),
        visits_parts_of_vectors=number >= Version(9, 2, 0),
        allocate_fixes_replicas=number >= Version(9, 5, 1),
        substitutes_fail_bare=number >= Version(9, 2, 0),
        logs_lack_norms=number >= Version(9, 2, 0),
        seq_nos_may_be_off=number >= Version(9, 4, 0),
        rows_read_themselves=number >= Version(9, 4, 0),
        columnar_modes=number >= Version(9, 5, 0),
        look_ahead_time="9m" if number >= Version(9, 5, 0) else "30m",
        raw_vectors_stay_on_disk=number >= Version(9, 3, 0),
        script_fields_in_conditions=number >= Version(9, 2, 0),
        timeouts_are_told=nine,
        strict_bulk_actions=nine,
        legacy_range_bounds=not nine,
        forces_highlight_source=not nine,
        keywords_highlighted_as_given=number < Version(7, 12, 0),
        metadata_parameters_ignored=Version(8, 6, 0) <= number < Version(9, 0, 0),
        mapping_source_mode=not nine,
        random_by_seq_no=nine,
        dates_of_booleans=not nine,
        warns_of_boolean_dates=Version(7, 13, 0) <= number < Version(9, 0, 0),
        persian_stems=nine,
        stems_by_lovins_and_kp=not nine,
        warns_of_lovins_and_kp=number >= Version(8, 16, 0),
        one_german_stemmer=nine,
        metadata_field_caps=number >= Version(7, 13, 0),
        hides_text_parts=number >= Version(7, 11, 0),
        shapes_by_one_parser=number >= Version(7, 11, 0),
        newest_segments_first=number >= Version(7, 16, 0),
        sources_without_vectors=number >= Version(8, 19, 0),
        tells_ignored_values=number >= Version(7, 17, 0),
        empty_fields_unnamed=number >= Version(8, 1, 0),
        searches_doc_values=number >= Version(8, 1, 0),
        sized_field_caps=eight,
        sized_index_maps=eight,
        skips_unavailable_remotes=number >= Version(8, 15, 0),
        templates_tell_status=eight,
        selects_components=number >= Version(8, 19, 0),
        data_stream_days=number >= Version(7, 11, 0),
        async_completion_time=number >= Version(8, 6, 0),
        fields_unmapped=number >= Version(7, 11, 0),
        nested_fields=number >= Version(7, 12, 0),
        negative_epochs=eight,
        format_of_nanos=number >= Version(7, 11, 0),
        warns_of_locales=Version(8, 16, 0) <= number < Version(9, 0, 0),
        nested_path_field=eight,
        aggregation_misuse_is_400=eight,
        norms_stay=number >= Version(7, 0, 0),
        shards_keep_their_numbers=number >= Version(7, 12, 0),
        date_range_bounds_round_up=eight,
        excluded_all_is_none=eight,
        boxplot_whiskers=number >= Version(7, 11, 0),
        date_ranges_shift_epochs=number < Version(7, 11, 0),
        owners_unchecked=number < Version(7, 11, 0),
        unmapped_min_ends_segments=number < Version(7, 11, 0),
        composite_below_filter=number >= Version(7, 17, 0),
        composite_missing_order=number >= Version(7, 16, 0),
        p_value_heuristic=number >= Version(7, 14, 0),
        jackson_2_8=False,
        fields_suggested=True,
        java_time=True,
        intervals_told_apart=True,
        pipelines_checked_early=True,
        rollup=rollup_traits(number, BUILDS[version].index_created),
    )
