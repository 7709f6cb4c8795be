"""What a stack shows: phase, weighting, contrast, body part; by its tags and by its pixels, kept apart."""
