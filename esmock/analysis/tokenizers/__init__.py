"""Tokenizers by family."""
