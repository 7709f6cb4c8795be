"""Work that runs beside the window, and its relays into the window's thread."""
