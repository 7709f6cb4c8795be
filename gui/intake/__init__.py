"""Opening a study: what was found in a folder, what can be used, and what is odd about it."""
