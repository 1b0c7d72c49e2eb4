"""java.time."""
METHODS: dict = {}
