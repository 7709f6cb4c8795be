"""The message catalogue: every sentence a user reads, by id, in English and Simplified Chinese."""
