"""What ends a command."""


class Complaint(Exception):
    """Ends the command with one line on stderr and exit code 1."""
