"""OpenStreetMap files, read and written."""
