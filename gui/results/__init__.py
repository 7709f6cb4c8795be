"""What comes out: probabilities, the recommendation, what was checked, and where the score comes from."""
