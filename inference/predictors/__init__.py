"""One file per study: from network outputs to predictions."""
