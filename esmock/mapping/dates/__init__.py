"""Dates: built-in formats, Java patterns, date maths, time zones."""
