"""How well predicted risks agree with what happened, and how to mend them."""
"""Calibration: whether what was predicted is what was observed, and how to mend it."""
