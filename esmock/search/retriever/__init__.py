"""Retrievers by name: what finds the best documents of a search, alone or joined. Docs: retriever, retrievers."""

from esmock.families import table
from esmock.search.retriever import fusion, leaf, pinned, rescorer, rule

RETRIEVERS = table(leaf.RETRIEVERS, rescorer.RETRIEVERS, fusion.RETRIEVERS, pinned.RETRIEVERS, rule.RETRIEVERS)

NOT_BUILT = ("text_similarity_reranker", "diversify")
"""Retrievers that some version knows and esmock does not have."""
