"""What a study's pathway needs to see: named inputs, and which scans fit them."""
