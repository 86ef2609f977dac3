import io

from tests.load.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_passing_line_is_overwritten_on_a_terminal() -> None:
    screen = Screen()
    terminal = Terminal(screen)
    terminal.show("abc")
    terminal.tell("done")
    assert screen.getvalue() == "abc\r   \rdone\n"


def test_elsewhere_passing_lines_are_rare_and_whole() -> None:
    file = io.StringIO()
    terminal = Terminal(file)
    for _ in range(100):
        terminal.show("abc")
    terminal.tell("done")
    assert file.getvalue() == "done\n"
