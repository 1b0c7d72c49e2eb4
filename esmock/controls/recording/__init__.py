"""Recordings of exchanges, their replay, and the comparison of servers."""
