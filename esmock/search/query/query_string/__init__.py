"""The query string grammar, its simple sister, and what they become."""
