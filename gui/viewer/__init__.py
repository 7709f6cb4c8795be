"""The patient's pictures: slices, planes, windows, overlays, and what is written on them."""
