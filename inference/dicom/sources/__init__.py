"""What was opened, as a list of files: folders, discs, archives, and what in them is not to be trusted."""
