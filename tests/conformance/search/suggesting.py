"""Suggesters with every option."""

from __future__ import annotations

_TERM_SUGGESTION = {
    "field": ("t", "u", "tv", "k", "nope", "en"),
    "size?": (1, 3),
    "sort?": ("score", "frequency"),
    "suggest_mode?6": ("missing", "popular", "always"),
    "max_edits?2": (1, 2),
    "prefix_length?": (0, 1, 2),
    "min_word_length?": (2, 4),
    "max_inspections?1": 5,
    "min_doc_freq?2": (1, 2, 0.1),
    "max_term_freq?2": (5, 0.1),
    "string_distance?": ("internal", "damerau_levenshtein", "levenshtein", "jaro_winkler", "ngram"),
    "shard_size?2": (2, 10),
    "accuracy?2": (0.3, 0.8),
    "analyzer?2": ("standard", "whitespace"),
    "lowercase_terms?1": True,
}

_PHRASE_SUGGESTION = {
    "field": ("t", "u", "tv"),
    "size?": (1, 3),
    "real_word_error_likelihood?": (0.9, 0.5),
    "confidence?5": (0, 1, 2),
    "max_errors?5": (1, 2, 0.5),
    "separator?1": ("_", " "),
    "gram_size?2": (1, 2),
    "highlight?": {"pre_tag": "<em>", "post_tag": "</em>"},
    "analyzer?1": "standard",
    "token_limit?1": (1, 5),
    "direct_generator?": (
        [{"field": "t", "suggest_mode": "always", "min_word_length": 2}],
        [{"field": "u"}, {"field": "t", "size": 2, "prefix_length": 0}],
    ),
    "force_unigrams?1": False,
    "shard_size?2": 3,
    "smoothing?": (
        {"laplace": {"alpha": 0.7}},
        {"stupid_backoff": {"discount": 0.5}},
        {"linear_interpolation": {"trigram_lambda": 0.2, "bigram_lambda": 0.3, "unigram_lambda": 0.5}},
    ),
    "collate?1": (
        {"query": {"source": {"match": {"t": "{{suggestion}}"}}}},
        {"query": {"source": {"match": {"{{f}}": "{{suggestion}}"}}}, "params": {"f": "t"}, "prune": True},
    ),
}

_APPROXIMATE = {
    "fuzzy?": (
        True,
        {"fuzziness": 1, "prefix_length": 0, "min_length": 1},
        {"transpositions": False},
        {"fuzziness": "AUTO", "unicode_aware": True},
    )
}

SUGGESTIONS = (
    {"text": "$misspelt $misspelt", "term": _TERM_SUGGESTION},
    {"text": "$misspelt $word $misspelt", "phrase": _PHRASE_SUGGESTION},
    {"prefix": "$start", "completion": {"field": "c", "size?": (1, 5, 20), "skip_duplicates?": True, **_APPROXIMATE}},
    {
        "regex": "[a-h]$start?.*",
        "completion": {"field": "c", "regex?": {"flags": "ALL", "max_determinized_states": 10000}, "size?": 3},
    },
    {
        "prefix": "$start",
        "completion": {
            "field": "cc",
            "size?": (1, 5),
            "contexts": (
                {"kind": ["ka"]},
                {"kind": [{"context": "kb", "boost": 2}, "ka"]},
                {"place": {"lat": 0, "lon": 0}},
                {"place": [{"context": {"lat": 10, "lon": 20}, "precision": 2, "boost": 3}]},
                {"kind": [{"context": "k", "prefix": True}]},
                {"place": [{"context": {"lat": "$lat", "lon": "$lon"}, "neighbours": [1, 2]}]},
            ),
            **_APPROXIMATE,
        },
    },
)
