"""The evaluation of predictions on paper and as a file."""
