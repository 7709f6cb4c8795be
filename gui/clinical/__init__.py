"""The clinical form, drawn from the study's schema."""
