"""What a number would have been with other patients, drawn from the same ones."""
