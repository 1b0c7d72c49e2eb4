"""Queries as Lucene would hold and write them: what validation, profiles and explanations show."""
