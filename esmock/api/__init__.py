"""One module per API namespace; each declares its endpoints, ``registry`` adds them up."""
