"""Helpers for the people who build Concilium; nothing here is part of the application."""
