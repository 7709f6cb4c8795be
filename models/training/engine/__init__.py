"""The engine under every study: epochs with early stopping, checkpoints and exact resume, loss curves."""
