"""The control API: what tests in any language do to a server, under ``/_esmock/``."""
