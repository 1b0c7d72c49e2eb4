"""Watches: what is looked at, when, and what is done about it. Docs: watcher-api."""
