"""What a model can do beyond text, and how it writes it."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """`tool_parser` and `reasoning_parser` are names out of `parsing.choice`; empty where it has none such.

    `thinks_unasked`: else thoughts come only where a request asks for an effort. `thoughts_can_be_left_out`: by the
    chat template, where it is told so; what a grammar forces is never thought about before. `thought_opened`: the chat
    template writes the tag that opens the thoughts.
    """

    tool_parser: str = ""
    reasoning_parser: str = ""
    thinks_unasked: bool = True
    thoughts_can_be_left_out: bool = False
    thought_opened: bool = False
    images: bool = False
    structured_output: bool = True
    logprobs: bool = True

    def capabilities(self) -> list[str]:
        """As in WorkerInfo."""
        has = {
            "tools": bool(self.tool_parser),
            "images": self.images,
            "reasoning": bool(self.reasoning_parser),
            "structured_output": self.structured_output,
            "logprobs": self.logprobs,
        }
        return [name for name, there in has.items() if there]


TEXT_ONLY = Traits(structured_output=False, logprobs=False)
