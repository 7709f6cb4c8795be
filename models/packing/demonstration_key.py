"""The key that signs demonstration packs: public in both halves, it vouches for nobody."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SENTENCE = (
    b"Concilium demonstration packs: whoever reads this can sign with this key, so trust it with nothing."
)


def demonstration_key() -> Ed25519PrivateKey:
    """The same key everywhere: a damaged demonstration pack is noticed, a forged one is not."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_SENTENCE).digest())
