"""Stemmers by family: functions from a word to its stem."""
