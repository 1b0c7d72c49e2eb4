"""Segments: documents as they arrived, and the columns, postings and norms built from them when first asked for."""
