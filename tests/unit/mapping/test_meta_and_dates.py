"""The order of ``_meta``, and the formats of dates that dynamic templates map.

Source: asked of 7.10.2, 7.17.29 and 8.19.21, which print the same but for ``locale``.
"""

import json

import pytest

META = {"zeta": 1, "alpha": {"q": 1, "b": 2}, "m": 1}


@pytest.mark.parametrize("version", ["7.10.2", "7.17.29", "8.19.21"])
def test_meta_is_printed_in_the_order_of_hash_maps(raw, version):
    ask = raw(version)
    ask("PUT /books", {"mappings": {"_meta": META}})
    meta = ask.json("GET /books/_mapping")["books"]["mappings"]["_meta"]
    assert json.dumps(meta) == '{"zeta": 1, "m": 1, "alpha": {"q": 1, "b": 2}}'
    ask("PUT /books/_mapping", {"_meta": {"zeta": 1, "alpha": {"q": 1, "b": 2}, "n": 1, "f": {"x": 1, "a": 2}}})
    meta = ask.json("GET /books/_mapping")["books"]["mappings"]["_meta"]
    assert json.dumps(meta) == '{"zeta": 1, "f": {"a": 2, "x": 1}, "n": 1, "alpha": {"q": 1, "b": 2}}'


@pytest.mark.parametrize(("version", "more"), [("7.10.2", {}), ("8.19.21", {"locale": ""})])
def test_a_template_for_dates_takes_over_an_unusual_format_alone(raw, version, more):
    ask = raw(version)
    ask("PUT /days", {"mappings": {"dynamic_templates": [{"days": {"match": "a*", "mapping": {"type": "date"}}}]}})
    ask("PUT /days/_doc/1", {"a1": "2017-01-01", "a2": "2017/01/01"})
    found = ask.json("GET /days/_mapping")["days"]["mappings"]["properties"]
    unusual = "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis"
    assert found == {"a1": {"type": "date"}, "a2": {"type": "date", "format": unusual, **more}}
