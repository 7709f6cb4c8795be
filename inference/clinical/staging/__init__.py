"""Stage groups and grades as the manuals print them: tables as data, each with its source."""
