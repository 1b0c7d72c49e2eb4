"""One module per API namespace; each declares its endpoints, this adds them up."""
