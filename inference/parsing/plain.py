"""Where nothing needs to be taken apart: all of it is the answer's text."""
from inference.parsing.scanner import Scanner


class Plain(Scanner):
    def begin(self) -> bool:
        text, self.rest = self.rest, ""
        if text:
            self.say_text(text)
        return False
