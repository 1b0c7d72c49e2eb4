"""Instruments that judge any server over HTTP: the YAML REST test runner, documentation snippets, comparisons.

Nothing here imports anything else of esmock, so a verdict cannot depend on the server that is judged.
"""
