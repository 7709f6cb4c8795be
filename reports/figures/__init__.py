"""Figures drawn once, as a few shapes, for the window (SVG) and for paper (ReportLab)."""
