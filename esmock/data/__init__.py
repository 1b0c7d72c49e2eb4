"""A data folder: what a server was told outlives it, also when it is killed."""
