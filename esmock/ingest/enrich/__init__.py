"""Enrich: policies, the indices they make, and the processor that reads those. Docs: ingest-enriching-data."""
