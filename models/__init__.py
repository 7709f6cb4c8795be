"""How model packs are made: studies, networks, training, and the synthetic cohorts they learn from."""
