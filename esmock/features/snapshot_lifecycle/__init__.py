"""Snapshot lifecycles: policies that take snapshots on a schedule and remove old ones. Docs: snapshot-lifecycle-management-api."""
