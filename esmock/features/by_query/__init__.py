"""Writing what a search finds: update by query, delete by query, reindex."""
