"""Recommendations as data, with citations."""
