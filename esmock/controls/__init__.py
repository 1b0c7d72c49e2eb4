"""What a double has and a real cluster lacks: faults, stubs, a journal, spaces, recordings, and a page to look at them."""
