"""What every study's training shares: splits by patient, augmentation, the loop, cached samples."""
