"""The page of results: what training on phantoms measured, beside ceilings and published figures."""
