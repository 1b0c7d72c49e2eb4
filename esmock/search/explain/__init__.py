"""Explanations of scores. Docs: search-explain."""
