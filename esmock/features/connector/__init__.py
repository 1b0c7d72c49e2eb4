"""Connectors and their sync jobs, kept for the services that do the work. Docs: connector-apis."""
