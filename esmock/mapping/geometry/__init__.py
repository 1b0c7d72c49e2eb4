"""Geometries as documents and queries give them: GeoJSON, well-known text, and what is done to them before they are compared."""
