"""Transforms: what a composite aggregation or the latest documents of each key say, kept in an index of its own. Docs: transform-apis."""
