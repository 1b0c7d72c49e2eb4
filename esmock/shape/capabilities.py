"""What nodes say of abilities of single endpoints that are no endpoints or parameters of their own. Docs: capabilities (from 8.15).

Source: 8.19.21, asked for each name. Differs: only abilities that esmock has are listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from esmock.version import Behaviour

Since = tuple[int, int]
_BEFORE: Since = (8, 15)
_SEARCH: Mapping[str, Since] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "range_regexp_interval_queries", "bit_dense_vector_synthetic_source", "byte_float_bit_dot_product_with_bugfix",
                "dense_vector_docvalue_fields", "kql_query", "nested_retriever_inner_hits_support", "moving_fn_right_math",
                "k_default_to_size", "random_sampler_with_scored_subaggs", "optimized_scalar_quantization_bbq",
                "knn_quantized_vector_rescore_oversample", "dense_vector_updatable_bbq", "exclude_vectors_param",
                "significant_terms_background_filter_as_sub", "significant_terms_on_nested_fields",
                "bucket_script_parent_multi_bucket_error",
            ),
            _BEFORE,
        ),
        "exclude_source_vectors_setting": (9, 2),
    }
)  # fmt: skip
_CREATE = ("logsdb_index_mode", "lookup_index_mode", "nested_dense_vector_synthetic_test", "poorly_formatted_bad_request", "hunspell_dict_400")
_OF_PATHS: tuple[tuple[str, str, Mapping[str, Since]], ...] = (
    ("GET POST", r"(/[^/_][^/]*|/\{index\})?/_search", _SEARCH),
    ("PUT", r"/([^/_][^/]*|\{index\})", dict.fromkeys(_CREATE, _BEFORE)),
    ("POST PUT", r"(/[^/_][^/]*|/\{index\})?/_bulk", {"failure_store_status": _BEFORE}),
    ("GET", r"/_cluster/stats(/nodes/[^/]+)?", {"human-readable-total-docs-size": _BEFORE}),
    ("GET", r"/_cluster/health(/[^/]+)?", {"unassigned_pri_shard_count": _BEFORE}),
    ("GET POST", r"(/[^/_][^/]*|/\{index\})?/_analyze", {"wrong_custom_analyzer_returns_400": _BEFORE}),
    ("POST PUT", r"/_index_template/[^/]+", {"data_stream_options.failure_store": _BEFORE}),
    ("POST", r"/[^/]+/_rollover(/[^/]+)?", dict.fromkeys(("index_expression_selectors", "return-404-on-missing-target"), _BEFORE)),
)


def supports(method: str, path: str, names: Sequence[str], behaviour: Behaviour) -> bool:
    """Whether the endpoint of a method and a path has all the abilities."""
    for methods, pattern, known in _OF_PATHS:
        if method in methods.split() and re.fullmatch(pattern, path.rstrip("/")):
            return all(name in known and behaviour.has(known[name]) for name in names)
    return not names
