"""Structured bodies: reading, positions, declarative parsing, writing, filtering. No HTTP, no indices."""
