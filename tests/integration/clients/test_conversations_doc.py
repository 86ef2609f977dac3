"""The examples of docs/conversations.md run one after another as they stand, but for the address."""
import json
import re
import subprocess
from pathlib import Path

from tests.parley import ROOT, Parley

DOCUMENT = (ROOT / "docs" / "conversations.md").read_text()
BLOCKS: list[str] = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)


def test_all_examples(parley: Parley, tmp_path: Path) -> None:
    """Each block's output ends with a line of its own, so that they can be told apart."""
    script = "\n".join(f"{block}\necho; echo ---" for block in BLOCKS)
    script = script.replace("localhost:8000", parley.url.removeprefix("http://"))
    done = subprocess.run(
        ["bash", "-ec", script], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=50)
    assert done.returncode == 0, done.stderr
    _, talked, page, searched, shared, exchanged, gone = done.stdout.split("---\n")[:-1]
    asked = [
        item["content"][0]["text"] for item in json.loads(talked[talked.rindex('{"object":"list"'):])["data"]
        if item["role"] == "user"]
    assert asked == ["What is the capital of France?", "And of Italy?"]
    assert page.count('"object":"list"') == 2
    assert '"match":true' in searched
    assert '"parley:shared_conversation"' in shared
    assert '"deleted":true' in shared
    assert exchanged.startswith("# What is the capital of France?\n")
    assert '"object":"conversation"' in exchanged
    assert '"object":"parley:conversations.deleted"' in gone
    assert '"error":{' not in done.stdout
