"""What the board decided beside the software's answer, kept for the audit to come."""
