"""Times to an event, with censoring: curves, comparisons, and what follows from them."""
