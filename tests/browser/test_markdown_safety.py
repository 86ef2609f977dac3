"""What a model may have been made to write: none of it is markup, runs, leads somewhere by itself or asks anybody."""
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.markdown_page import show

HACK = "window.hacked=1"
ATTACKS = [
    f"<script>{HACK}</script>",
    f'<img src=x onerror="{HACK}">',
    f"<svg onload={HACK}><style>*{{display:none}}</style></svg>",
    f"<iframe src=javascript:{HACK}></iframe>\n\n<div>\n<form action=//evil.example><button>x</button></form>\n</div>",
    f"[x](javascript:{HACK}) [x](JaVaScRiPt:{HACK}) [x](java\tscript:{HACK}) [x]( javascript:{HACK})",
    f"[x](<javascript:{HACK}>) [x](&#106;avascript:{HACK}) [x](&#x6A;avascript&colon;{HACK}) <javascript:{HACK}>",
    f"[x](\\javascript:{HACK}) [x](java&#10;script:{HACK}) [x](&#1;javascript:{HACK}) [x](javascript&#58;{HACK})",
    f"[x](data:text/html,<script>{HACK}</script>) [x](vbscript:x) [x](file:///etc/passwd) [x](//evil.example/)",
    "[x](blob:x) [x](about:blank) [x](/logout) [x](?x) [x](#x) [x](x) ![x](/x.png) ![x](x) ![x](ftp://x/y)",
    f"![x](javascript:{HACK}) ![x](data:image/svg+xml,<svg onload={HACK}>) ![x\" onerror=\"{HACK}](y)",
    f'[x](https://a.example" onclick="{HACK}) <https://a.example"onclick={HACK}>',
    f'```js" onclick="{HACK}\n<script>{HACK}</script>\n```',
    f"```html\n<img src=x onerror={HACK}><script>{HACK}</script>\n```",
    f"$\\text{{<img src=x onerror={HACK}>}}$ $\\unicode{{<script>}}$ \\(<script>{HACK}</script>\\)",
    f"$\\href{{javascript:{HACK}}}{{x}}$ $\\includegraphics{{https://evil.example/x.png}}$",
    "$\\htmlStyle{color:red}{x}$",
    f"$\\url{{javascript:{HACK}}}$ $\\htmlData{{x=y}}{{z}}$ $\\htmlId{{app}}{{x}}$ $\\htmlClass{{x}}{{y}}$",
    f"| <script>{HACK}</script> |\n|---|\n| <img src=x onerror={HACK}> |",
    f"<!-- --><script>{HACK}</script><!-- -->\n\n<?x <script>{HACK}</script> ?>",
    f"<![CDATA[<script>{HACK}</script>]]>",
    f"`<script>{HACK}</script>` # <script>\n\n> <script>{HACK}</script>\n\n- <script>{HACK}</script>",
    f"[<img src=x onerror={HACK}>](https://a.example) ![<b onclick={HACK}>](https://a.example/x.png)",
    f"&lt;script&gt;{HACK}&lt;/script&gt; &#60;img src=x onerror={HACK}&#62;",
]
ALLOWED = {
    "h3", "p", "br", "ul", "li", "blockquote", "a", "code", "pre", "div", "span", "button",
    "table", "thead", "tbody", "tr", "th", "td",
    "math", "semantics", "annotation", "mrow", "mi", "mo", "mn", "mtext", "mstyle", "mpadded", "menclose",
    "@class", "@style", "@tabindex", "@role", "@aria-label", "@aria-hidden", "@type", "@target", "@rel", "@title",
    "@xmlns", "@encoding", "@mathcolor", "@mathvariant", "@stretchy", "@separator", "@href=https:"}


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_that_is_written_is_markup(page: Page, root: Locator, text: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("text => piecewise([...text])", text)
    show(page, text)
    for formula in root.locator(".md-formula").all():
        expect(formula.locator(".katex").or_(root.locator(".md-formula[title]")).first).to_be_attached()
    found = root.evaluate("""root => [...root.querySelectorAll("*")].flatMap((one) => [one.localName,
        ...[...one.attributes].map(({name, value}) =>
            `@${name}${name === "href" ? `=${new URL(value).protocol}` : ""}`)])
    """)
    assert set(found) <= ALLOWED
    assert page.evaluate("window.hacked") is None
    assert [url for url in asked if "/static/" not in url] == []


def test_links_say_where_they_lead_and_tell_nobody_from_where(page: Page, root: Locator) -> None:
    """They open in another tab, which knows nothing of this one."""
    show(page, "[text](https://example.org/a?b=c&d) [mail](mailto:me@example.org)")
    links = root.locator("a")
    assert links.evaluate_all("all => all.map((link) => [link.href, link.target, link.rel])") == [
        ["https://example.org/a?b=c&d", "_blank", "noopener noreferrer nofollow"],
        ["mailto:me@example.org", "_blank", "noopener noreferrer nofollow"]]
    assert "↗" in links.first.evaluate("link => getComputedStyle(link, '::after').content")
