"""Published counts and ratios of the five studies: the only real patients in the product."""
