"""What the pathway of a study is made of: which scans feed its models, and which model answers."""
