"""States of the session in which the panels are looked at."""

from tests.gui.panel_session import answered, borderline_pack, empty, good_pack, opened, stale, withheld

__all__ = ["answered", "borderline_pack", "empty", "good_pack", "opened", "stale", "withheld"]
