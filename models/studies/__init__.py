"""Training protocols, one file per study."""
