"""De-identification: DICOM objects in, the same pixels without their patient out; the key stays apart."""
