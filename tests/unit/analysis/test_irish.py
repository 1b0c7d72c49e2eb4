"""The Irish analyzer drops the prefixes h, n and t however they are written. Source: analysis-lang-analyzer page of the 7.0
reference, verified on 7.10.2."""


def test_prefixes_of_any_case_are_dropped(raw):
    ask = raw("7.10.2")
    found = ask.json("POST /_analyze", {"analyzer": "irish", "text": "N t-uisce H x"})
    assert [token["token"] for token in found["tokens"]] == ["uisce", "x"]
