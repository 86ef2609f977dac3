"""The base of all parsers: text that is not read yet, and a state that reads on as far as it can."""
from collections.abc import Callable, Sequence

from inference.parsing.pieces import Piece, Text

State = Callable[[], bool]  # reads on, and says whether another turn may get further


class Scanner:
    """States are methods that take from `rest` and `say` pieces. `final`: nothing more comes, so all is said."""

    def __init__(self) -> None:
        self.rest = ""
        self.final = False
        self.state: State = self.begin
        self._said: list[Piece] = []
        self._spaces = ""  # white space of the answer that may be the edge of a text
        self._fresh = True  # nothing of this text was said yet
        self._first = True  # … nor anything before it

    def begin(self) -> bool:
        """The first state."""
        raise NotImplementedError

    def feed(self, text: str) -> list[Piece]:
        self.rest += text
        return self._read()

    def finish(self) -> list[Piece]:
        self.final = True
        said = self._read()
        if not self._fresh and self._spaces:
            said.append(Text(self._spaces))
        self._spaces = ""
        return said

    def _read(self) -> list[Piece]:
        while self.state():
            pass
        said, self._said = self._said, []
        return said

    def say(self, piece: Piece) -> None:
        """Anything but text of the answer: that ends here, its white space at this edge is dropped."""
        self._spaces, self._fresh, self._first = "", True, False
        self._said.append(piece)

    def say_text(self, text: str) -> None:
        """White space around what is no text is dropped; that at the answer's own beginning and end is kept."""
        said, self._spaces = without_edge(self._spaces, text)
        if said:
            self._said.append(Text(said.lstrip() if self._fresh and not self._first else said))
            self._fresh = self._first = False

    def skip_spaces(self) -> bool:
        """Whether something else is there."""
        self.rest = self.rest.lstrip()
        return bool(self.rest)

    def before_tag(self, tags: Sequence[str]) -> tuple[str, str]:
        """Take what comes before the first of `tags`, and that tag if it is there; what may begin one stays."""
        found = [(at, tag) for tag in tags if (at := self.rest.find(tag)) >= 0]
        if found:
            at, tag = min(found, key=lambda pair: (pair[0], -len(pair[1])))
            before, self.rest = self.rest[:at], self.rest[at + len(tag):]
            return before, tag
        keep = 0 if self.final else held_back(self.rest, tags)
        before, self.rest = self.rest[:len(self.rest) - keep], self.rest[len(self.rest) - keep:]
        return before, ""

    def may_be(self, tag: str) -> bool:
        """Whether `rest` is the beginning of `tag`, and more may come."""
        return not self.final and len(self.rest) < len(tag) and tag.startswith(self.rest)


def without_edge(spaces: str, text: str) -> tuple[str, str]:
    """Text behind the white space that was kept, up to its last other character; and the white space to keep now."""
    bare = text.rstrip()
    return (spaces + bare, text[len(bare):]) if bare else ("", spaces + text)


def held_back(text: str, tags: Sequence[str]) -> int:
    """Length of the longest end of `text` that begins one of `tags`."""
    longest = max(map(len, tags), default=1) - 1
    for length in range(min(longest, len(text)), 0, -1):
        if any(tag.startswith(text[-length:]) for tag in tags):
            return length
    return 0
