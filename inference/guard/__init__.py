"""Is this input one that the pack may answer for?"""
