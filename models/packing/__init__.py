"""From a trained study to a pack: networks, fitted numbers, reference data, evaluation, card, signature."""
