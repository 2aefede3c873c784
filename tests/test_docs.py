"""What the docs say holds: code runs, links lead somewhere, commands exist."""

import contextlib
import io
import re
import shlex
import struct
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
import typer

import zoning
from zoning.cli import commands as cli
from zoning.datasets import old_town
from zoning.scenario import read_scenario_file
from zoning.search import auto
from zoning.search.strategies.column_generation import ColumnGeneration

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PICTURES = sorted((ROOT / "docs" / "img").glob("*.png"))
DATA = ROOT / "examples" / "data"
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SECONDS = re.compile(r"time_limit=\d+")
PROVED = ("README.md", "tutorial.md")  # they say what comes out
LIMITS = dict.fromkeys(PROVED, 60) | {"what-if.md": 5}  # seconds; of other pages 3


def page_id(page):
    return page.relative_to(ROOT).as_posix()


def blocks_of(page, language):
    return re.findall(rf"```{language}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


def prose_of(page):
    return re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)


def commands_of(page):
    lines = "\n".join(blocks_of(page, "sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def anchors_of(page):
    heads = re.findall(r"^#+ (.*)$", prose_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder that looks like the project's, with the sample of the tutorial."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "sample").symlink_to(DATA)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names_before(page):
    """What a page takes for granted before its first line of code."""
    if page.name not in ("lots.md", "stations.md"):
        return {}
    town = old_town(30, seed=1)
    region = zoning.read(town.buildings, unit="compound_id", area="floor_area_m2")
    problem = zoning.Problem(region, num_zones=6, tolerance=0.3)
    plan = zoning.solve(problem, ColumnGeneration(), time_limit=10).plan
    return {"zoning": zoning, "plan": plan}


@pytest.mark.parametrize(
    "page",
    [p for p in PAGES if blocks_of(p, "python") and not blocks_of(p, "text")],
    ids=page_id,
)
def test_python_of_a_page_runs_from_top_to_bottom(page, desk):
    names = names_before(page)
    seconds = LIMITS.get(page.name, 3)
    for number, block in enumerate(blocks_of(page, "python"), 1):
        code = SECONDS.sub(f"time_limit={seconds}", block)
        exec(compile(code, f"{page.name}, block {number}", "exec"), names)
    if "result" in names:
        assert names["result"].plan is not None, names["result"].reason
    if page.name in PROVED:
        assert names["result"].status == names["lots"].status == "optimal"
        assert {len(lot.zones) for lot in names["lots"].lots} == {3}
        assert (desk / "plan" / "map.png").exists()


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks_of(page, "text")], ids=page_id
)
@pytest.mark.usefixtures("desk")
def test_what_a_page_says_is_printed_is_printed(page):
    """A block of text is what the code before it prints; all code of the page runs."""
    names, printed, compared = names_before(page), "", 0
    text = page.read_text("utf-8")
    for language, block in re.findall(r"```(python|text)\n(.*?)```", text, re.DOTALL):
        if language == "text":
            assert block.lower() == printed.lower()
            compared += 1
            continue
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            exec(compile(block, page.name, "exec"), names)
        printed = screen.getvalue()
    assert compared


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_and_pictures_exist(page):
    for link in LINK.findall(prose_of(page)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} in {page.name}"
        if anchor:
            assert anchor in anchors_of(target), f"{link} in {page.name}"


@pytest.mark.parametrize("entry", [ROOT / "README.md", ROOT / "docs" / "index.md"])
def test_every_page_is_linked_from_where_readers_start(entry):
    links = [link.partition("#")[0] for link in LINK.findall(prose_of(entry))]
    linked = {(entry.parent / link).resolve() for link in links}
    pages = {page for page in PAGES if page.name not in ("README.md", "index.md")}
    assert pages <= linked


def options_of(command):
    return {
        name: option
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
    }


@pytest.mark.parametrize(
    "page", [page for page in PAGES if commands_of(page)], ids=page_id
)
def test_commands_have_the_options_the_page_gives_them(page):
    known = typer.main.get_command(cli.program(cli.COMMANDS)).commands
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M)
    for program, what, *rest in commands_of(page):
        if program == "make":
            assert what in targets
            continue
        assert program == "zoning", f"{program} in {page.name}"
        options = options_of(known[what])
        for word in rest:
            assert not word.startswith("-") or word in options, f"{what} {word}"
        # values are of the right kind, and none is missing
        known[what].make_context(what, list(rest))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_options_named_in_the_text_exist(page):
    known = typer.main.get_command(cli.program(cli.COMMANDS)).commands.values()
    options = {name for command in known for name in options_of(command)}
    for word in re.findall(r"`(--[a-z-]+)", prose_of(page)):
        assert word in options, f"{word} in {page.name}"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_scenarios_are_read(page, tmp_path):
    for block in blocks_of(page, "toml"):
        (tmp_path / "scenario.toml").write_text(block, "utf-8")
        read_scenario_file(tmp_path / "scenario.toml")


def test_the_sample_of_the_tutorial_is_the_one_in_the_examples(tmp_path):
    for program, what, *rest in commands_of(ROOT / "docs" / "tutorial.md"):
        if (program, what) != ("zoning", "sample"):
            continue
        command = typer.main.get_command(cli.program(cli.COMMANDS)).commands["sample"]
        asked = command.make_context(what, rest).params
        old_town(asked["buildings"], seed=asked["seed"]).write(tmp_path)
    for path in sorted(DATA.glob("*.geojson")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_sizes_at_which_the_search_changes_are_those_of_the_code():
    text = (ROOT / "docs" / "search.md").read_text("utf-8")
    assert f"up to {auto.FEW_UNITS:,} units |" in text
    assert f"up to {auto.SOME_UNITS:,} units |" in text
    few = f"zones of {auto.CENTER_ZONE} units and more, at most {auto.FEW_ZONES} of"
    assert few in text
    assert f"over {auto.LARGE_ZONE} units to a zone |" in text
    assert f"Above {auto.FEW_UNITS:,} units" in text
    assert f"over {auto.CITY_UNITS:,} units, zones without names |" in text


@pytest.mark.parametrize(
    ("units", "zones"),
    [
        (2_000, 10), (490, 12), (216, 12), (1_400, 20), (4_000, 50), (9_000, 100),
        (98, 15), (400, 40), (1_200, 100), (8_000, 500), (15_000, 1_500),
        (60_000, 5_000), (250_000, 40_000),
    ],
)  # fmt: skip
def test_what_auto_puts_in_a_row_is_told(units, zones):
    parts = [type(part).__name__ for part in auto.parts_for(units, zones)]
    assert (parts[0] == "Coarsening") == (units > auto.ENUMERATION_UNITS)
    row = ", ".join(part for part in parts if part != "Coarsening")
    assert f" | {row} |" in (ROOT / "docs" / "extending.md").read_text("utf-8")


def test_progress_words_are_explained():
    text = (ROOT / "docs" / "search.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE))
    said = set()
    for path in (ROOT / "zoning").rglob("*.py"):
        code = path.read_text("utf-8")
        said |= set(
            re.findall(r'\.(?:submit|update_bound|report)\([^"\n]*"(\w+)"\)', code)
        )
    assert said
    assert said <= told, said - told


@pytest.mark.parametrize("picture", PICTURES, ids=page_id)
def test_pictures_are_small_and_used(picture):
    assert picture.stat().st_size < 300_000
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert 500 <= width <= 2_000
    assert 300 <= height <= 2_000
    assert any(f"img/{picture.name})" in page.read_text("utf-8") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_names_in_the_text_are_there(page):
    """`zoning.solve(...)` in the text can be called, `zoning.lots.Lot` imported."""
    for name, call in re.findall(r"`(zoning(?:\.\w+)+)([`(])", prose_of(page)):
        found = zoning
        for part in name.split(".")[1:]:
            if not hasattr(found, part) and isinstance(found, ModuleType):
                with contextlib.suppress(ModuleNotFoundError):  # told below
                    import_module(f"{found.__name__}.{part}")
            found = getattr(found, part, None)
        assert found is not None, f"{name} in {page.name} is not there"
        assert call == "`" or callable(found), f"{name}(...) in {page.name}"
