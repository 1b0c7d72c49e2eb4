"""Pipeline aggregations: they read the reduced results of others."""
