"""From stored pixels to a volume: copied where they are native, decoded where they are not."""
