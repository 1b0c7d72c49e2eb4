"""Result objects to Elasticsearch's JSON: pure functions."""
