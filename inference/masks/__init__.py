"""Tumour masks: named layers with provenance, a journal of edits, and measures."""
