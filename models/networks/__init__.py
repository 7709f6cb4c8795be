"""Network architectures, written out in torch, with a factor that narrows every layer alike."""
