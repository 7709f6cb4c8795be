"""Statistics of predictions, written out and held against published numbers."""
