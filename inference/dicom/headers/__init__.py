"""From the bytes of a DICOM header to a record of facts; runs in the reader process."""
