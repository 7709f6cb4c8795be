"""Colours, sizes, fonts and icons of the window, all from one set of tokens."""
