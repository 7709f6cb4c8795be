"""Assessment in; PDF, figures and files out.  No Qt and no torch."""
