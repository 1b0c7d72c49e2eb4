"""Pipelines that change documents before they are indexed."""
