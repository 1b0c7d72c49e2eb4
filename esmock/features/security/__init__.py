"""Security: who a request comes from, and what he may do. Loaded only where security is on."""
