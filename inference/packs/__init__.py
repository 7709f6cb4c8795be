"""Model packs: manifest, verification and installation."""
