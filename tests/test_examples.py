"""Examples and the code in the docs run as they stand."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from zoning.costs import read_scenario

ROOT = Path(__file__).parents[1]


def run(*command, folder=ROOT):
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_plan_from_python_writes_a_plan(tmp_path):
    script = ROOT / "examples" / "plan_from_python.py"
    told = run(script, "--time", 10, "--out", tmp_path / "out")
    assert "Lot 1: zones" in told
    assert (tmp_path / "out" / "map.png").stat().st_size > 10_000


def test_own_graph_tells_its_zones():
    told = run(ROOT / "examples" / "own_graph.py", "--time", 10)
    assert "Zone 4:" in told


def blocks_of(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.mark.slow
def test_the_code_of_the_tutorial_runs(tmp_path):
    text = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    lines = "\n".join(blocks_of(text, "sh")).replace("\\\n", " ").splitlines()
    commands = [shlex.split(line) for line in lines if line.startswith("zoning ")]
    assert len(commands) >= 3
    for command in commands:
        more = ["--time", "10"] if command[1] == "plan" else []
        run("-m", "zoning", *command[1:], *more, folder=tmp_path)
    (tmp_path / "scenario.toml").write_text(*blocks_of(text, "toml"), "utf-8")
    read_scenario(tmp_path / "scenario.toml")
    (program,) = blocks_of(text, "python")
    run("-c", program.replace("time_limit=60", "time_limit=10"), folder=tmp_path)
