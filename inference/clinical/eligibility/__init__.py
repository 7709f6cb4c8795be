"""Whom a study was made from: questions that the form answers before any scan is judged."""
