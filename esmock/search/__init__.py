"""Search: requests, queries, scoring, sorting, fetching."""
