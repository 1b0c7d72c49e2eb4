"""Retrievers by name: what finds the best documents of a search, alone or joined. Docs: retriever, retrievers."""

from esmock.families import table
from esmock.search.retriever import fusion, leaf, pinned, rescorer, rule

RETRIEVERS = table(leaf.RETRIEVERS, rescorer.RETRIEVERS, fusion.RETRIEVERS, pinned.RETRIEVERS, rule.RETRIEVERS)

NOT_BUILT = {"text_similarity_reranker": (8, 14), "diversify": (9, 3)}
"""Retrievers that esmock does not have, with the release that each came with."""
