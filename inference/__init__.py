"""The core at the board: scans in, assessment out; no Qt, no torch."""
