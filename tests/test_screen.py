"""What is shown on a terminal: words, and nothing that a terminal would obey."""

from rich.table import Table

from zoning.cli.screen import consoles
from zoning.cli.words import cell


def test_a_screen_obeys_no_words(capsys):
    screen, log = consoles()
    table = Table("head \x1b]0;x\x07")
    table.add_row(cell("A\x1b[2J"))
    table.add_row("B\u202ecba")
    for console in (screen, log):
        console.print("E\u2028\u061c")
        console.print("C\x1b[31m\r\x9b1m", "\u2066D")
        console.print(table)
    told = "".join(capsys.readouterr())
    assert not {*told} & {*"\x1b\x07\r\x9b\u202e\u2066\u2028\u061c"}
    for part in ("A\\x1b[2J", "B\\u202ecba", "C\\x1b[31m", "\\u2066D"):
        assert told.count(part) == 2
