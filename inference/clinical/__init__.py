"""Clinical values as typed, with units, ranges and a reason where one is missing."""
