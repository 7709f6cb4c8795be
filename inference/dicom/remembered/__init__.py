"""What is kept of a source that was read once, sealed so that only the source itself opens it again."""
