"""From records of files to stacks: what belongs together, in which order, on which grid."""
