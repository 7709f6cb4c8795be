"""The way to an answer: what is checked before the run, and the run itself."""
