"""A run that is cut off at any step leaves all old or all new, and nothing else."""

import os
import shutil
from pathlib import Path

import pytest

from zoning.errors import InputError
from zoning.planfile.atomic import atomic_write
from zoning.planfile.claim import SPACE, claimed, settle
from zoning.planfile.journal import JOURNAL

# What changes a disk; whatever else Python has for it ends in these.
STEPS = ("replace", "link", "unlink", "mkdir", "rmdir", "chmod")
NAMES = ("a.csv", "in/b.csv", "gone/e.csv", "more/d.csv", "c.json")
OLD = {
    **{"a.csv": "old a", "in/b.csv": "old b", "gone/e.csv": "old e"},
    **{"c.json": "old c", "own.txt": "mine", "in/own.txt": "mine as well"},
}
NEW = {"a.csv": "new a", "more/d.csv": "new d", "c.json": "new c"}


class CutOff(BaseException):
    """The process is no more."""


class Disk:
    """A disk that does so many steps more; then nothing changes any more.

    What was written and not brought to the disk by then is lost.
    """

    def __init__(self, patch, folder, steps):
        self.left, self.folder, self.steps = steps, folder, {}
        self.safe = {os.stat(path).st_ino for path in folder.rglob("*")}
        for name in STEPS:
            self.steps[name] = getattr(os, name)
            patch.setattr(os, name, lambda *a, name=name, **k: self.do(name, *a, **k))
        patch.setattr(os, "fsync", lambda file: self.safe.add(os.fstat(file).st_ino))

    def do(self, name, *given, **more):
        if not self.left:
            raise CutOff
        self.left -= 1
        return self.steps[name](*given, **more)

    def lose(self):
        for path in self.folder.rglob("*"):
            if path.is_file() and os.stat(path).st_ino not in self.safe:
                path.write_text("lost")


def fill(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else 0
        for path in folder.rglob("*")
        if path.is_file() or not any(path.iterdir())
    }


def cut_off(monkeypatch, folder, steps, work):
    """Do some work, cut off after so many steps; True if it was."""
    with monkeypatch.context() as patch:
        disk = Disk(patch, folder, steps)
        try:
            work()
        except CutOff:
            disk.lose()
            return True
    return False


def write(folder):
    atomic_write(folder, NAMES, lambda at: fill(at, NEW))


def all_new(old):
    return {**{name: text for name, text in old.items() if "own" in name}, **NEW}


def states(monkeypatch, folder, old, work, most=400):
    """Every state that the work can be cut off in, told by what is in the folder."""
    seen = set()
    for steps in range(most):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        fill(folder, old)
        if not cut_off(monkeypatch, folder, steps, lambda: work(folder)):
            assert steps
            return
        now = content(folder)
        if str(sorted(now.items())) not in seen:
            seen.add(str(sorted(now.items())))
            yield now
    pytest.fail("the work has no end")


def without_links(*_):
    """A disk that gives a file one name only."""
    raise OSError(1, "Operation not permitted")


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("old", "link"),
    [
        pytest.param(OLD, os.link, id="over old files"),
        pytest.param({}, os.link, id="anew", marks=SLOW),
        pytest.param(OLD, without_links, id="one name to a file", marks=SLOW),
    ],
)
def test_cut_off_at_any_step_the_folder_is_all_old_or_all_new(
    tmp_path, monkeypatch, old, link
):
    """Nor is a file half or missing for a program that knows nothing of the space."""
    monkeypatch.setattr(os, "link", link)
    ends = []
    for now in states(monkeypatch, tmp_path / "out", old, write):
        if old and link is not without_links:
            assert all(now[name] in (OLD[name], NEW[name]) for name in OLD.keys() & NEW)
        settle(tmp_path / "out")
        ends.append(content(tmp_path / "out"))
        assert ends[-1] in (old, all_new(old))
    assert ends.index(all_new(old)) > 0
    assert all(end == all_new(old) for end in ends[ends.index(all_new(old)) :])


@pytest.mark.slow
@pytest.mark.parametrize("link", [os.link, without_links])
def test_mending_may_be_cut_off_as_well(tmp_path, monkeypatch, link):
    monkeypatch.setattr(os, "link", link)
    half, out = tmp_path / "half", tmp_path / "out"
    for now in states(monkeypatch, half, OLD, write):
        is_new = f"{SPACE}/{JOURNAL}" in now or "more/d.csv" in now
        steps, again = 0, True
        while again:
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(half, out)
            again = cut_off(monkeypatch, out, steps, lambda: settle(out))
            settle(out)
            assert content(out) == (all_new(OLD) if is_new else OLD)
            steps += 3


def test_the_next_to_write_puts_the_files_of_the_last_in_place_first(
    tmp_path, monkeypatch
):
    out = tmp_path / "out"
    half = states(monkeypatch, out, OLD, write)
    next(now for now in half if f"{SPACE}/{JOURNAL}" in now)
    atomic_write(out, ("z.txt",), lambda at: fill(at, {"z.txt": "z"}))
    assert content(out) == {**all_new(OLD), "z.txt": "z"}


@pytest.mark.slow
def test_putting_back_may_be_cut_off(tmp_path, monkeypatch):
    """A file is open elsewhere, all is put back, and meanwhile the power fails."""
    out, replace = tmp_path / "out", os.replace

    def write_on(folder):
        def fails(source, target):
            if Path(target) == out / "c.json" and Path(source).parent.name == "new":
                raise PermissionError(13, "denied")
            replace(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", fails)
            with pytest.raises(InputError, match="denied"):
                atomic_write(folder, NAMES, lambda at: fill(at, NEW))

    for _ in states(monkeypatch, out, OLD, write_on):
        settle(out)
        assert content(out) in (OLD, all_new(OLD))


def journal_of(folder, text):
    space = folder / SPACE
    (space / "new").mkdir(parents=True)
    (space / JOURNAL).write_text(text)
    return space


@pytest.mark.parametrize(
    "name", ["../x", "/x", "in/../../x", "C:\\x", "..\\x", "", "out/x", 7]
)
def test_a_journal_that_reaches_out_of_its_folder_is_refused(tmp_path, name):
    out, text = tmp_path / "out", str(name).replace("\\", "\\\\")
    space = journal_of(out, f'{{"names": ["{text}"], "built": []}}')
    (tmp_path / "x").write_text("mine")
    (out / "out").symlink_to(tmp_path)
    if name == 7:
        (space / JOURNAL).write_text('{"names": [7], "built": []}')
    with pytest.raises(InputError, match="damaged, or of another program"):
        settle(out)
    assert (tmp_path / "x").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"names": []}', "[" * 99_999])
def test_a_damaged_journal_is_refused_in_words(tmp_path, text):
    space = journal_of(tmp_path / "out", text)
    with pytest.raises(InputError, match="damaged, or of another program"):
        settle(tmp_path / "out")
    assert (space / JOURNAL).exists()


def test_links_in_place_of_the_space_are_not_followed(tmp_path):
    mine = tmp_path / "mine"
    space = journal_of(tmp_path, '{"names": ["k"], "built": ["k"]}')
    space.rename(mine)
    fill(mine, {"new/k": "mine"})
    for link, to in ((SPACE, mine), (f"{SPACE}/new", mine / "new")):
        out = tmp_path / link.replace("/", "-")
        (out / link).parent.mkdir(parents=True)
        (out / link).symlink_to(to)
        if link != SPACE:
            shutil.copy(mine / JOURNAL, out / SPACE)
        with pytest.raises(InputError):
            settle(out)
        with pytest.raises(InputError), claimed(out):
            pass
        assert (mine / "new" / "k").read_text() == "mine"
