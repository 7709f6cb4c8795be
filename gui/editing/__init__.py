"""Drawing and correcting the tumour mask on the pictures."""
