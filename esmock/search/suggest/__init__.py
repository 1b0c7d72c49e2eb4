"""Suggesters: words, phrases, completions. Docs: search-suggesters."""
