"""Comparisons between groups and between two judgements of the same patients."""
