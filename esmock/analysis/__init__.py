"""Analyzers, tokenizers, token filters, char filters and normalizers."""
