"""States of the session in which the panels are looked at."""

from tests.gui.panel_session import answered, empty, opened, stale, withheld

__all__ = ["answered", "empty", "opened", "stale", "withheld"]
