"""A child ends with its parent, and by itself where it is done first."""

import subprocess
import sys


def test_a_child_ends_well_by_itself_and_at_once_when_its_parent_is_gone():
    """The thread that waits for the parent neither holds up the end nor outlives it."""
    ends = "import models.packing.parent as p, threading, time; "
    ends += "threading.Thread(target=p.end_with_parent, daemon=True).start(); time.sleep({})"
    by_itself = subprocess.Popen([sys.executable, "-c", ends.format(0.05)], stdin=subprocess.PIPE)
    left_alone = subprocess.Popen([sys.executable, "-c", ends.format(60)], stdin=subprocess.PIPE)
    assert by_itself.wait(timeout=60) == 0
    by_itself.communicate()
    left_alone.communicate()
    assert left_alone.returncode == 1
