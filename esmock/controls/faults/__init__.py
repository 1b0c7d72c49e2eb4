"""The faults by family; ``kinds.py`` joins them."""
