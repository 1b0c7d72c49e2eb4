"""The mutable state of a space, and the only place for it."""
