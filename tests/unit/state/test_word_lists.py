"""Files that analysis settings name lie in the folder ``config`` of the node's ``path.home``.

Source: analysis_keep_tokenfilter and analysis_synonym_tokenfilter pages of the 7.0 reference, verified on 7.10.2.
"""

KEEP = {
    "settings": {
        "analysis": {
            "filter": {"listed": {"type": "keep", "keep_words_path": "analysis/words.txt"}},
            "analyzer": {"kept": {"tokenizer": "standard", "filter": ["lowercase", "listed"]}},
        }
    }
}


def test_a_word_list_is_read_from_the_config_folder(raw, tmp_path):
    folder = tmp_path / "config" / "analysis"
    folder.mkdir(parents=True)
    (folder / "words.txt").write_text("# kept words\nfox\n", "utf-8")
    ask = raw("7.10.2", node_settings={"path.home": str(tmp_path)})
    assert ask("PUT /animals", KEEP).status == 200
    found = ask.json("POST /animals/_analyze", {"analyzer": "kept", "text": "the quick Fox"})
    assert [token["token"] for token in found["tokens"]] == ["fox"]


def test_a_missing_word_list_is_named(raw, tmp_path):
    ask = raw("7.10.2", node_settings={"path.home": str(tmp_path)})
    answer = ask.json("PUT /animals", KEEP)
    place = tmp_path / "config" / "analysis" / "words.txt"
    assert answer["error"]["reason"] == f"IOException while reading keep_words_path: {place}"
    assert answer["status"] == 400
