"""Thoughts before the answer, between `<think>` and `</think>` or the like; the rest is another parser's."""
from inference.parsing.pieces import Parser, Piece, Reasoning
from inference.parsing.scanner import Scanner, without_edge


class Thoughts(Scanner):
    """`opened`: the chat template has written the opening tag, so the answer begins with a thought.

    Only what the answer begins with is a thought. One that is not closed reaches to the end.
    """

    def __init__(self, rest: Parser, tags: tuple[str, str] = ("<think>", "</think>"), *, opened: bool = False) -> None:
        super().__init__()
        self._open, self._close = tags
        self._after = rest
        self._over = False
        self._blank = ""  # white space that may be a thought's edge
        self._thought = False
        if opened:
            self.state = self._inside

    def feed(self, text: str) -> list[Piece]:
        if self._over:
            return self._after.feed(text)
        return self._hand_over(super().feed(text))

    def finish(self) -> list[Piece]:
        if self._over:
            return self._after.finish()
        return [*self._hand_over(super().finish()), *self._after.finish()]

    def _hand_over(self, said: list[Piece]) -> list[Piece]:
        if self._over:
            rest, self.rest = self.rest, ""
            said += self._after.feed(rest)
        return said

    def begin(self) -> bool:
        bare = self.rest.lstrip()
        if bare.startswith(self._open):
            self.rest = bare[len(self._open):]
            self.state = self._inside
            return True
        self._over = (bool(bare) and (self.final or not self._open.startswith(bare))) or self.final
        return False

    def _inside(self) -> bool:
        thought, tag = self.before_tag((self._close,))
        self._think(thought)
        if tag:
            self.rest = self.rest.lstrip() if self._thought else self.rest
            self.state, self._over = self._trim, False
            return True
        self._over = self.final
        return False

    def _trim(self) -> bool:
        """White space between the thoughts and the answer is neither's."""
        self._over = self.skip_spaces() or self.final
        return False

    def _think(self, text: str) -> None:
        said, self._blank = without_edge(self._blank, text)
        if said:
            self.say(Reasoning(said if self._thought else said.lstrip()))
            self._thought = True
