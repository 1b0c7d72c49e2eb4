"""Documentation pages as tests: their code blocks are sent to a server, and its answers compared with theirs.

``scanner`` cuts a page into blocks, ``convert`` makes YAML test sections of them, ``case`` has ``collect`` and ``run``,
and ``command`` is ``esmock docs``.
"""
