"""Vertical slices with a life of their own, one package each."""
