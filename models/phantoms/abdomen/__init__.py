"""Synthetic abdominal CT: three phases of one drawn patient with a gastric or pancreatic tumour."""
