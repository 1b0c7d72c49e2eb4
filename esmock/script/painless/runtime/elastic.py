"""Elasticsearch classes."""
METHODS: dict = {}
