"""Token filters by family."""
