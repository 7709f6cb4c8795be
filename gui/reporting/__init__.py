"""The page that shows what the report will say and saves it."""
