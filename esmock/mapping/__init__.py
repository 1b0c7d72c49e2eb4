"""Mappings: field types, dynamic mapping, checking of documents. Nothing here imports numpy."""
