"""Texts in which every mark of Markdown is met in places where it can be misread, above all by who reads in pieces."""
CORPUS = [
    "para\n#hash\n# head\n- a\n\n  b\n- c\ntext lazy\n\n1) x\n2) y\n10) z\n",
    "| a | b\n|---|---\n| c | d\n" + "".join(f"| {row} | *x{row}* \n" for row in range(12)) + "after\n\nend",
    "```js\n" + "".join(f"const x{line} = 1;\n" for line in range(12)) + "\n\n```\nafter",
    "```\n\n\nx\n\n",
    "text\n| a |\n|--x",
    "text\n| a |\n|--|x\n\n- b\n| c |\n|--|x",
    "text\n| a |\n|--|\n| b |\n# c",
    "- a\n  - b\n    - c\n\n      deep\n  - d\n- e\n   - f\n3. x\n* y\n\n***\n",
    "> ```py\n> a = 1\n>\n>  b\n> ```\n> - x\n>   y\n\nz\r\nCRLF\r\n\r\n> q\r\n",
    "a *b **c* d** `e `` f` \\* [x](y \"t\") ![i](http://a/b.png) <http://x.y>",
    "$a$ $5 $$b$$ \\(c\\) \\[d\\]\n\\[\ne\n\\]\n$$\nopen",
    "    code\n\n    more\n\ntext\n\n    ",
    "~~~\nx\n~~~~\n```a b\n``\n```\n``` x",
    "😀 é 👩‍👩‍👧 &amp; &#x1F600; &bogus; <br> <br/> <b",
    "a\n\n\n\n\nb\n \n  \n c",
    "- [ ] a\n- [x] b\n  - [ ] c",
    "\\begin{align}\na &= b \\\\\n- c\n\\end{align}\nx",
    "<div>\n<p>hi</p>\n\n**x**</div>\n<!-- c -->\nt",
    "1. a\n\n   ```js\n   x\n   ```\n\n   $$\n   y\n   $$\n2. b\n   > c\n",
    "# A\n## B\ntext\n# C #\n####### seven",
    "**open", "`open", "[open](http://x", "- ", "-", "```", "|", "1.", "$$", "\\[ a", "![", "*a *b",
    "__init__ and a_b_c",
]
LONG = "\n".join([
    "# Long\n", *(f"Paragraph {number} with **weight**, `code` and $x_{{{number}}}$.\n" for number in range(6)),
    *(f"{number}. item *{number}*\n   - inner {number}" for number in range(1, 30)), "",
    "| a | b |\n|---|--:|", *(f"| {number} | `b{number}` |" for number in range(40)), "",
    "```python", *(f"value_{number} = {number}" for number in range(80)), "```\n",
    "> quote", *(f"> line {number}" for number in range(20)), "",
    "word " * 900,
])
CALM = """# Title

Some **bold**, *slanted* and `code` with ~~strokes~~, a
- list of
- [x] **done**

| a | b |
|--|:-:|
| **c** | `d` |
|   | e |

1. one
2. two &amp; three \\(x\\)

> quote **with** weight

***

End! ![A cat](https://pictures.example/cat.png)
"""
