"""Exploring the terms of an index as a graph. Docs: graph-explore-api."""
