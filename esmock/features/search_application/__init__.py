"""Search applications, and collections of what their users do. Docs: search-application-apis."""
