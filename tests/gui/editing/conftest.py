"""A session before anything is open, beside the window's own."""

from tests.gui.panel_session import empty, good_pack

__all__ = ["empty", "good_pack"]
