"""DICOM and research files: from foreign bytes to a plan, a stack and a volume."""
