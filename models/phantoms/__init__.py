"""Synthetic cohorts with known truth: teaching material for the software, never evidence about patients."""
