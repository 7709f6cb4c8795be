"""What the tests of training share."""

import sys

import pytest


@pytest.fixture(scope="session", autouse=True)
def _one_thread_for_torch() -> None:
    """On networks this small threads only wait for one another: thirty times slower on a busy machine."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)
