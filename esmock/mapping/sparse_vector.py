"""Weights of tokens. Docs: sparse-vector. Source: recordings of 8.19.21."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from esmock.errors import ApiError, ElasticsearchParse, IllegalArgument, Unsupported, XContentParse
from esmock.mapping.features import RankFeatures
from esmock.mapping.field import HIDDEN
from esmock.mapping.misplaced import Misplaced
from esmock.mapping.parameter import Parameter, Place, boolean, java_class, java_text, meta, read_boolean
from esmock.xcontent.java_number import parse_float
from esmock.xcontent.json_writer import F32
from esmock.xcontent.located import token

Json = Any


_UNBUILT = "Failed to build [{}] after last required field arrived"
RATIO, WEIGHT = 5.0, 0.4
"""What the thresholds of pruning are where they are not given."""
_DEFAULT = MappingProxyType({"tokens_freq_ratio_threshold": RATIO, "tokens_weight_threshold": WEIGHT})


def _index_options(value: Json, place: Place) -> Json:
    """Which tokens queries leave out, as the definition prints it. Raises ApiError."""
    if value is None:
        return None
    if not isinstance(value, dict):
        kind = "java.util.ArrayList" if isinstance(value, list) else java_class(value)
        raise ElasticsearchParse(f"index_options should be a map but was of type: class {kind}")
    out: dict[str, Json] = {}
    for key, one in value.items():
        if key == "prune":
            out[key] = _boolean("index_options", key, one)
        elif key == "pruning_config":
            if not isinstance(one, dict):
                raise _of_type("index_options", key, one)
            try:
                out[key] = _pruning(one)
                if len(out) == 2:
                    _check_prune(out)
            except ApiError as error:
                raise _failed("index_options", key, error) from None
        else:
            raise XContentParse(f"[0:0] [index_options] unknown field [{key}]")
    _check_prune(out)
    return out


def _check_prune(found: dict[str, Json]) -> None:
    if "pruning_config" in found and found.get("prune") is not True:
        cause = IllegalArgument("[index_options] field [pruning_config] should only be set if [prune] is set to true")
        raise XContentParse(_UNBUILT.format("index_options"), cause=cause)


def _pruning(node: dict[str, Json]) -> dict[str, Json]:
    out: dict[str, Json] = dict(_DEFAULT)
    for key, value in node.items():
        if key == "only_score_pruned_tokens":
            if _boolean("pruning_config", key, value):
                out[key] = True
            continue
        if key not in _DEFAULT:
            raise XContentParse(f"[0:0] [pruning_config] unknown field [{key}]")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise _of_type("pruning_config", key, value)
        try:
            out[key] = parse_float(value) if isinstance(value, str) else float(value)
        except ApiError as error:
            raise _failed("pruning_config", key, error) from None
    try:
        check_thresholds(out["tokens_freq_ratio_threshold"], out["tokens_weight_threshold"])
    except IllegalArgument as error:
        raise XContentParse(_UNBUILT.format("pruning_config"), cause=error) from None
    return out


def check_thresholds(ratio: float, weight: float) -> None:
    """How often and how heavy a token has to be to count. Raises IllegalArgument for what is no such threshold."""
    if not 1 <= ratio <= 100:
        raise IllegalArgument(f"[tokens_freq_ratio_threshold] must be between [1] and [100], got {java_text(ratio)}")
    if not 0 <= weight <= 1:
        raise IllegalArgument("[tokens_weight_threshold] must be between 0 and 1")


def _boolean(parser: str, key: str, value: Json) -> bool:
    if not isinstance(value, bool | str):
        raise _of_type(parser, key, value)
    try:
        return read_boolean(value)
    except ApiError as error:
        raise _failed(parser, key, error) from None


def _of_type(parser: str, key: str, value: Json) -> XContentParse:
    kind = "VALUE_NUMBER" if type(value) in (int, float) else token(value)
    return XContentParse(f"[0:0] [{parser}] {key} doesn't support values of type: {kind}")


def _failed(parser: str, key: str, cause: ApiError) -> XContentParse:
    return XContentParse(f"[0:0] [{parser}] failed to parse field [{key}]", cause=cause)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class SparseVector(RankFeatures):
    """Tokens with weights above zero; of several weights of a token the greatest counts. Docs: sparse-vector."""

    name = "sparse_vector"
    takes_words = False
    allows_multi_fields = False
    exists_by_values = True
    parameters = (
        boolean("store", False), meta(), Parameter("index_options", None, _index_options, allows_null=True, updateable=True),
    )  # fmt: skip
    no_columns = "[sparse_vector] fields do not support sorting, scripting or aggregating"
    __slots__ = ()

    def default_of(self, parameter: Parameter) -> Any:
        if parameter.name == "store":
            return self.context.excludes_vectors
        if parameter.name == "index_options":
            return {"prune": True, "pruning_config": dict(_DEFAULT)}
        return super().default_of(parameter)

    def printed(self, parameter: Parameter) -> Json:
        return HIDDEN if self.given.get(parameter.name) is None else super().printed(parameter)

    def get(self, name: str) -> Any:
        found = super().get(name)
        return self.default(name) if found is None else found

    @property
    def is_positive(self) -> bool:
        return True

    def check(self, value: Json) -> None:
        for one in value if isinstance(value, list) else [value]:
            try:
                super().check(one)
            except ApiError as error:
                raise Misplaced(error, self._wrong_part(one)) from None

    def _wrong_part(self, value: Json) -> tuple[Json, Any] | None:
        """The first feature that cannot be one."""
        for name in value if isinstance(value, dict) else ():
            try:
                super().check({name: value[name]})
            except ApiError:
                return value, name
        return None

    def feature_of(self, values: list[Json], name: str) -> float:
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        return max((super(SparseVector, self).feature_of([one], name) for one in flat), default=0.0)

    @property
    def is_kept_beside_source(self) -> bool:
        return bool(self.get("store"))

    def kept_vector(self, value: Json) -> dict[str, Json]:
        """The weights as the index keeps them, in the order of its terms."""
        flat = value if isinstance(value, list) else [value]
        names = sorted({name for one in flat if isinstance(one, dict) for name, weight in one.items() if weight is not None}, key=_bytes)
        return {name: F32(self.feature_of(flat, name)) for name in names}

    def fetched_values(self, values: list[Json]) -> list[Json] | None:
        return [one for value in values for one in (value if isinstance(value, list) else [value])]

    def term(self, value: Json) -> Any:
        raise Unsupported("queries of terms on a field of type [sparse_vector]")


FIELDS = (SparseVector,)
