"""From a volume to what a network reads: one implementation for training and for the board."""
