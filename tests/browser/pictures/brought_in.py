"""Conversations that somebody may have had: the side is not empty, and an answer holds all that one can hold."""
from typing import NamedTuple

HOUR_S, DAY_S = 3600, 86_400

FORMULA = """The sum of the first *n* squares has a closed form:

$$\\sum_{k=1}^{n} k^2 = \\frac{n(n+1)(2n+1)}{6}$$

For small $n$ it is easily checked:

| n | added one by one | by the formula |
|---:|---:|---:|
| 1 | 1 | 1 |
| 2 | 5 | 5 |
| 3 | 14 | 14 |
| 10 | 385 | 385 |

And in Python:

```python
def sum_of_squares(n: int) -> int:
    \"\"\"The first n squares, without a loop.\"\"\"
    return n * (n + 1) * (2 * n + 1) // 6


assert sum_of_squares(10) == sum(k * k for k in range(1, 11))
```

> The formula is exact for every $n$: the product of two neighbours and their sum is divisible by six."""

class Talk(NamedTuple):
    """A title, a question, its answer, and how long ago that was."""

    title: str
    question: str
    answer: str
    ago_s: int


TALKS = [
    Talk("Sum of the first n squares", "Is there a formula for the sum of the first n squares?", FORMULA, 2 * HOUR_S),
    Talk("Names for a sailing boat", "Which names suit a small blue boat?", "Kittiwake, or Little Tern.", 3 * HOUR_S),
    Talk("A week in Lisbon", "Plan a week in Lisbon, on foot.", "Begin in Alfama, early in the morning.", 25 * HOUR_S),
    Talk("Why bread rises", "Why does bread rise?", "Yeast makes a gas, and the dough holds it.", 29 * HOUR_S),
    Talk("Letter to the landlord", "Help me write about the heating.", "Dear Mr Brown, since Monday …", 3 * DAY_S),
    Talk("Rust or Go for a small service", "Rust or Go?", "Whichever your team reads with ease.", 4 * DAY_S),
    Talk("Tides, explained to a child", "Explain the tides.", "The Moon pulls, and the sea follows.", 6 * DAY_S),
    Talk("Sea shanties", "What is a shanty?", "A song of sailors, so that all pulled at once.", 12 * DAY_S),
]
PINNED = TALKS[0]
