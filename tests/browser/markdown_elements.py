"""Markdown and the markup that it becomes, by what it shows."""
LINK = 'target="_blank" rel="noopener noreferrer nofollow"'
TASK = '<li><p class="md-task"><label><input type="checkbox" disabled=""{}> {}</label></p></li>'
ELEMENTS = {
    "emphasis": (
        "One *two* **three** ***four*** ~~five~~ `six`",
        "<p>One <em>two</em> <strong>three</strong> <em><strong>four</strong></em> <s>five</s> <code>six</code></p>"),
    "lines": ("one\ntwo  \nthree\\\nfour\n\nfive", "<p>one<br>two<br>three<br>four</p><p>five</p>"),
    "headings": (
        "# One\n### Three ###\n###### Six",
        '<h3 data-level="1">One</h3><h5 data-level="3">Three</h5><h6 data-level="6">Six</h6>'),
    "lists": (
        "- a\n- b\n  - c\n\n    d\n",
        "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p><p>d</p></li></ul></li></ul>"),
    "numbers": (
        "3. a\n4. b\n\n7) c",
        '<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol><ol start="7"><li><p>c</p></li></ol>'),
    "numbers over paragraphs and code": (
        "1. a\n\n   b\n\n2. c\n\n   ~~~\n   d\n   ~~~\n3. e",
        '<ol><li><p>a</p><p>b</p></li><li><p>c</p><div class="md-code"><div class="md-code-bar">'
        '<span class="md-code-language"></span><button type="button" class="md-code-copy">Copy</button></div>'
        '<pre tabindex="0" role="group" aria-label="Code"><code><span class="md-lines"><span>d\n</span></span></code>'
        '</pre></div></li><li><p>e</p></li></ol>'),
    "tasks": (
        "- [x] a\n- [ ] *b*", f"<ul>{TASK.format(' checked=' + chr(34) * 2, 'a')}{TASK.format('', '<em>b</em>')}</ul>"),
    "quotes": (
        "> a\n> b\n>\n> > c\n\nd",
        "<blockquote><p>a<br>b</p><blockquote><p>c</p></blockquote></blockquote><p>d</p>"),
    "rules": ("a\n\n---\n\nb\n***", "<p>a</p><hr><p>b</p><hr>"),
    "no heading by a line below it": ("a\n---\nb", "<p>a</p><hr><p>b</p>"),
    "tables": (
        "|a|b|c|\n|:--|:-:|--:|\n|1||`3`|\n|4|\nend",
        '<div class="md-table" tabindex="0"><table><thead><tr><th class="md-to-start">a</th>'
        '<th class="md-to-center">b</th><th class="md-to-end">c</th></tr></thead>'
        '<tbody><tr><td class="md-to-start">1</td><td class="md-to-center"></td>'
        '<td class="md-to-end"><code>3</code></td></tr><tr><td class="md-to-start">4</td>'
        '<td class="md-to-center"></td><td class="md-to-end"></td></tr><tr><td class="md-to-start">end</td>'
        '<td class="md-to-center"></td><td class="md-to-end"></td></tr></tbody></table></div>'),
    "links": (
        '[a *b*](https://example.org/x_(y) "title")',
        f'<p><a class="md-link" href="https://example.org/x_(y)" {LINK}>a <em>b</em></a></p>'),
    "addresses": (
        "<https://example.org> www.example.org, me@example.org.",
        f'<p><a class="md-link" href="https://example.org/" {LINK}>https://example.org</a> '
        f'<a class="md-link" href="https://www.example.org/" {LINK}>www.example.org</a>, '
        f'<a class="md-link" href="mailto:me@example.org" {LINK}>me@example.org</a>.</p>'),
    "brackets that are no links": ("array[0], [1], [a][b] and [c]: d", "<p>array[0], [1], [a][b] and [c]: d</p>"),
    "marks that are no emphasis": ("snake_case_name, 2 * 3 * 4, _a", "<p>snake_case_name, 2 * 3 * 4, _a</p>"),
    "characters": (
        "&lt;b&gt; &copy; &#x1F600; &nope; \\*a\\*",
        "<p>&lt;b&gt; © 😀 &amp;nope; *a*</p>"),
    "breaks": ("a<br>b<br/>c", "<p>a<br>b<br>c</p>"),
    "a link that never ends": (
        "see [foo](bar baz\n\n# Next", '<p>see [foo](bar baz</p><h3 data-level="1">Next</h3>'),
    "a row that is no table": ("|x| < 3 holds", "<p>|x| &lt; 3 holds</p>"),
    "money": (
        "costs $5 and $6, US$7, $HOME/$USER or \\$8",
        "<p>costs $5 and $6, US$7, $HOME/$USER or $8</p>"),
    "more money": (
        "I have $5, you have 6$ or $7 apples$.", "<p>I have $5, you have 6$ or $7 apples$.</p>"),
}
FORMULAS = {
    "$x^2$ and \\(y\\), $$z$$ or \\[w\\] here": 4,
    "$$\na\n- b\n$$": 1,
    "\\[\n\\frac{1}{2}\n\\]": 1,
    "> \\[\n> x\n> \\]": 1,
    "1. a\n   $$\n   b\n   $$\n2. $c$": 2,
    "\\begin{align}\na &= b \\\\\n- c &= d\n\\end{align}": 1,
    "| $a$ |\n|---|\n| \\(b\\) |": 2,
    "$2 \\times 3$, $2xy$, $\\vec{F}$, $\\sqrt{x}$-th and ($n$)": 5,
}
