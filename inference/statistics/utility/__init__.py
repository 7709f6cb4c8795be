"""What a prediction is worth for decisions."""
