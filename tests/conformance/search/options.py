"""What several queries have in common."""

from __future__ import annotations

from tests.conformance.search.drawing import Sample

BOOSTED = {"boost?2": (0.5, 2, 3.3, 1), "_name?1": ("one", "two")}

LEAST = ("1", 2, "75%", "-1", "2<50%", "-30%", "1<-1 4<60%", "0", 3)

REWRITES = (
    "constant_score",
    "scoring_boolean",
    "constant_score_boolean",
    "top_terms_3",
    "top_terms_boost_2",
    "top_terms_blended_freqs_3",
)

ANALYZERS = ("standard", "english", "keyword", "whitespace", "simple")

ACCURACY = {
    "fuzziness": ("AUTO", 0, 1, 2, "AUTO:1,3", "AUTO:3,6"),
    "prefix_length?": (0, 1, 2),
    "max_expansions?": (1, 2, 50),
}

FUZZY = {**ACCURACY, "fuzzy_transpositions?": (True, False), "fuzzy_rewrite?2": REWRITES}

CASE = {"case_insensitive?": (True, False)}

MANY = {"fields": Sample(("t", "en", "u^2", "de", "t.raw", "cjk", "t*", "k", "white^0.5", "al"))}

GEO = {"validation_method?2": ("COERCE", "IGNORE_MALFORMED", "STRICT"), "ignore_unmapped?1": True}

BOX = (
    {"top_left": {"lat": 50, "lon": -100}, "bottom_right": {"lat": -20, "lon": (-50, 20, 120)}},
    {"top": 40, "left": (-170, 100), "bottom": -40, "right": (30, -100)},
    {"wkt": "BBOX (-80, 90, 45, -30)"},
    {"top_right": "50,100", "bottom_left": "-10,-50"},
    {"top_left": "dr", "bottom_right": "u"},
)

PLACE = ([10, 20], {"lat": 10, "lon": 20}, "20,10", "s1z0", "POINT (10 20)")
