"""Rollup jobs: configuration, life, indexer, capabilities, search. Docs: rollup-apis."""
