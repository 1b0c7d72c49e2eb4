"""What texts are made of: their format, their fields, and how they could be indexed."""
