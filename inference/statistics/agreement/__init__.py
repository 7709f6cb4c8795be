"""How well readers, segmentations and repeated measurements agree."""
