"""Index lifecycles: policies, and how indices pass through their phases on the clock. Docs: index-lifecycle-management."""
