"""Who the case is about, apart from what was found."""
