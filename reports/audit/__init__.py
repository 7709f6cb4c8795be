"""The decision audit on paper and as a file."""
