"""Whether stated risks or means come true among simulated patients."""

import numpy as np
import pytest
from numpy.typing import NDArray


def assert_calibrated(stated: NDArray[np.float64], happened: NDArray[np.float64]) -> None:
    """In every tenth by what was stated, what happened has that mean, within four standard errors."""
    for tenth in np.array_split(np.argsort(stated), 10):
        margin = 4.0 * max(float(happened[tenth].std()), 0.02) / np.sqrt(tenth.size)
        assert happened[tenth].mean() == pytest.approx(stated[tenth].mean(), abs=margin)
