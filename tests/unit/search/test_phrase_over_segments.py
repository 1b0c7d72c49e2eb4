"""Words of a phrase suggestion are weighed with the number of documents where several segments hide the number of terms.

Source: asked of 7.10.2, with two and three segments of one document each.
"""

import pytest

SHINGLES = {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 3}
BOOKS = {
    "settings": {
        "number_of_shards": 1,
        "analysis": {
            "analyzer": {"trigram": {"type": "custom", "tokenizer": "standard", "filter": ["shingle"]}},
            "filter": {"shingle": SHINGLES},
        },
    },
    "mappings": {
        "properties": {"title": {"type": "text", "fields": {"trigram": {"type": "text", "analyzer": "trigram"}}}}
    },
}
ASKED = {
    "text": "noble prize",
    "s": {
        "phrase": {
            "field": "title.trigram",
            "size": 1,
            "gram_size": 3,
            "direct_generator": [{"field": "title.trigram", "suggest_mode": "always"}],
        }
    },
}


@pytest.mark.parametrize(
    ("titles", "score"),
    [(["noble warriors", "nobel prize"], 0.48614594), (["noble warriors", "nobel prize", "other words"], 0.40765354)],
)
def test_a_phrase_over_segments(raw, titles, score):
    ask = raw("7.10.2")
    ask("PUT /test", BOOKS)
    for title in titles:
        ask("POST /test/_doc?refresh", {"title": title})
    options = ask.json("POST /test/_search", {"suggest": ASKED})["suggest"]["s"][0]["options"]
    assert options == [{"text": "nobel prize", "score": score}]
