"""Pages of a PDF that this program wrote, as pictures for the preview and the documents."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_POINTS_PER_INCH: Final = 72.0


def page_images(pdf: bytes, resolution_dpi: float = 110.0) -> tuple[NDArray[np.uint8], ...]:
    """Draw every page: uint8 (rows, columns, 3), RGB, on white."""
    import pypdfium2

    pages: list[NDArray[np.uint8]] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            bitmap = page.render(scale=resolution_dpi / _POINTS_PER_INCH, rev_byteorder=True)
            pages.append(np.ascontiguousarray(bitmap.to_numpy()[:, :, :3]).copy())
            bitmap.close()
            page.close()
    finally:
        document.close()
    return tuple(pages)


def save_png(image: NDArray[np.uint8]) -> bytes:
    """A picture as PNG bytes; ``image`` is uint8 (rows, columns, 3), RGB."""
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG", optimize=True)
    return stream.getvalue()
