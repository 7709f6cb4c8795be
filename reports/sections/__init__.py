"""The sections of the report, one concept each."""
