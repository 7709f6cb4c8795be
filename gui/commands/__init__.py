"""Undoable changes: one command per thing a user does, named in the user's language."""
