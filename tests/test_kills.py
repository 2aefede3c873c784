"""Commands killed at random moments leave the old output or the new one, whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_hundred_kills_leave_no_output_half_old_and_half_new():
    command = [sys.executable, "-W", "ignore", "-m", "tests.kills", "--count", "100"]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
    assert "100 kills, no output half old, half new" in done.stdout
    for phase in ("building", "putting in place"):
        assert phase in done.stdout
