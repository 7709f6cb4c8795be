"""White A4 paper: text styles, blocks that flow over pages, and the frame around every page."""
