"""What a mapping is read in: the index's analyzers, similarities and limits, and the version's behaviour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esmock.errors import Unsupported
from esmock.mapping.similarity import names_of

if TYPE_CHECKING:
    from esmock.mapping.field import Field
    from esmock.version import Behaviour

NOT_BUILT = frozenset(
    {
        "sparse_vector",
        "counted_keyword", "semantic_text",
        "exponential_histogram",
    }
)
"""Types that some version knows and esmock does not have."""
NOT_BUILT_SINCE = MappingProxyType({"pattern_text": (9, 2), "semantic": (9, 5)})
"""The same, with the first version that knows them."""

SINCE = MappingProxyType({"sparse_vector": (8, 11), "match_only_text": (7, 14), "rank_vectors": (8, 18)})
"""Types that came after the oldest version, and the first version that knows them."""

_SINCE_NINE = MappingProxyType({("flattened", "properties"): (9, 4)})
_SINCE_8 = {
    ("keyword", "time_series_dimension"), ("keyword", "script"), ("keyword", "on_script_error"), ("boolean", "ignore_malformed"),
    ("ip", "time_series_dimension"), ("ip", "script"), ("ip", "on_script_error"), ("date", "script"), ("date", "on_script_error"),
    ("date_nanos", "script"), ("date_nanos", "on_script_error"),
    ("boolean", "script"), ("boolean", "on_script_error"),
    ("flattened", "time_series_dimensions"), ("boolean", "time_series_dimension"), ("geo_point", "time_series_metric"),
    ("geo_point", "script"), ("geo_point", "on_script_error"),
}
_NUMERIC_SINCE_8 = {"time_series_dimension", "time_series_metric", "script", "on_script_error"}
_NUMBERS = {"byte", "short", "integer", "long", "float", "double", "half_float", "scaled_float"}
_OF_LOGSDB = MappingProxyType({"index.mapping.ignore_above": "8191", "index.mapping.ignore_malformed": "true"})


class MappingContext:
    """Shared by the fields of a mapping.

    Args:
        analysis: ``IndexAnalysis``: ``analyzer(name)``, ``normalizer(name)``.
        settings: flat index settings (``index.mapping.total_fields.limit`` ...).
        warn: called with the text of each deprecation.
    """

    __slots__ = ("_warn", "analysis", "behaviour", "settings", "similarities")

    def __init__(
        self,
        analysis: Any,
        behaviour: Behaviour,
        settings: Mapping[str, Any] | None = None,
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.analysis = analysis
        self.behaviour = behaviour
        self.settings: Mapping[str, Any] = settings or {}
        self._warn = warn
        self.similarities = names_of(self.settings)

    def type(self, name: str) -> type[Field] | None:
        """The class of a field type."""
        from esmock.mapping.types import TYPES

        if not self.behaviour.has(SINCE.get(name, (0, 0))):
            return None
        return TYPES.get(name)

    def warn(self, text: str) -> None:
        if self._warn is not None:
            self._warn(text)

    def warn_of_format(self, format: str) -> None:
        """Tell of date patterns that depend on locale data, where the version does."""
        if self.behaviour.warns_of_locales and self._warn is not None:
            from esmock.mapping.dates.specifiers import locale_warnings

            for text in locale_warnings(format, f"{self.behaviour.major}.{self.behaviour.version.minor}"):
                self._warn(text)

    def with_warn(self, warn: Callable[[str], None] | None) -> MappingContext:
        return MappingContext(self.analysis, self.behaviour, self.settings, warn)

    def refuse_known_type(self, name: str) -> None:
        """Raise Unsupported for a type that Elasticsearch has and esmock lacks."""
        since = NOT_BUILT_SINCE.get(name)
        if name in NOT_BUILT or (since is not None and self.behaviour.has(since)):
            raise Unsupported(f"field type [{name}]")

    def has_parameter(self, type_: str, name: str) -> bool:
        """Whether this version knows a parameter of a type."""
        if name == "boost" and self.behaviour.major >= 8:
            return False
        since = _SINCE_NINE.get((type_, name))
        if since is not None:
            return self.behaviour.has(since)
        is_new = (type_, name) in _SINCE_8 or (type_ in _NUMBERS and name in _NUMERIC_SINCE_8)
        return not is_new or self.behaviour.major >= 8

    def limit(self, name: str, default: int) -> int:
        """``index.mapping.NAME.limit``."""
        return int(self.settings.get(f"index.mapping.{name}.limit", default))

    def setting(self, name: str) -> Any:
        """A setting of the index, or what its mode has for it; None: neither."""
        given = self.settings.get(name)
        return _OF_LOGSDB.get(name) if given is None and self.settings.get("index.mode") == "logsdb" else given

    @property
    def is_synthetic(self) -> bool:
        """Whether the index's settings have sources put together."""
        return str(self.settings.get("index.mapping.source.mode")).lower() == "synthetic"

    def flag(self, name: str, default: bool) -> bool:
        """``index.mapping.NAME``."""
        given = self.setting(f"index.mapping.{name}")
        return default if given is None else str(given).lower() == "true"

    @property
    def lacks_norms(self) -> bool:
        """Whether texts have no norms where nothing is said."""
        return self.behaviour.logs_lack_norms and str(self.settings.get("index.mode")).lower() in ("logsdb", "time_series")

    @property
    def lacks_seq_nos(self) -> bool:
        """Whether sequence numbers are let go once all copies have a document: writes cannot depend on them."""
        if not self.behaviour.seq_nos_may_be_off:
            return False
        is_series = str(self.settings.get("index.mode")).lower() == "time_series"
        return str(self.settings.get("index.disable_sequence_numbers", is_series)).lower() == "true"

    @property
    def excludes_vectors(self) -> bool:
        """Whether vectors are kept beside the source, and answers leave them out."""
        return self.behaviour.vectors_beside_source and self.flag("exclude_source_vectors", True)
