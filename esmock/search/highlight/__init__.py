"""Highlighting: the matching words of a hit's texts. Docs: highlighting."""
