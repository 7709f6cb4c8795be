"""Measured, never asserted: medians of several runs on the machine at hand."""
