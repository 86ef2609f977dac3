"""What the documents say of the code is true: tables that are made from it, and links that lead somewhere."""
import re
from pathlib import Path

import pytest

from server.common import error_table
from server.common.validation import names
from server.responses.schemas import ResponseCreate

ROOT = Path(__file__).parents[3]
IGNORED = {".envs", "node_modules", "data", "tests"}  # what tests read is no document
DOCUMENTS = [path for path in sorted(ROOT.rglob("*.md")) if not IGNORED & set(path.relative_to(ROOT).parts)]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)  # what looks like a link there is none


def test_the_protocol_lists_every_error_code() -> None:
    text = (ROOT / "docs/protocol.md").read_text()
    assert error_table.table() in text, "put the output of `python -m server.common.error_table` into docs/protocol.md"


def test_the_protocol_says_of_every_field_what_is_done_with_it() -> None:
    text = (ROOT / "docs/protocol.md").read_text()
    rows = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`\.?([a-z_.]+)`", row)}
    told |= {name.partition(".")[0] for name in told}
    missing = names(ResponseCreate) - told
    assert not missing, f"the table of a request's fields in docs/protocol.md lacks {missing}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(CODE.sub("`", document.read_text())):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} links to {target}, which does not exist"
