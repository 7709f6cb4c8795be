"""Radiomics: intensity and texture of a region in numbers, as the image biomarker initiative defines them."""
