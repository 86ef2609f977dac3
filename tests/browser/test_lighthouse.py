"""What Lighthouse says of the page: how soon it can be used, by whom, and how well it keeps to what browsers ask."""
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import FLAGS, MISSING, find_chromium
from tests.integration.clients.node_programs import NODE
from tests.parley import Parley

LIGHTHOUSE = Path(__file__).parent.parent / "node" / "node_modules" / "lighthouse" / "cli" / "index.js"
LEAST = 0.95
TRIES = 5  # it measures a machine that others may use: the best counts
CATEGORIES = ("performance", "accessibility", "best-practices")


def report(url: str, out: Path, flags: list[str]) -> dict[str, Any]:
    """One run, whose network is simulated from what was measured."""
    program = find_chromium()
    if program is None:
        pytest.skip(MISSING)
    subprocess.run(
        [str(NODE), str(LIGHTHOUSE), url, "--quiet", *flags, "--output=json", f"--output-path={out}",
         f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}"],
        env=os.environ | {"CHROME_PATH": program, "HOME": str(out.parent)}, check=True,
        capture_output=True, timeout=180)
    told: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return told


@pytest.mark.timeout(900)
@pytest.mark.parametrize("flags", [[], ["--preset=desktop"]], ids=["telephone", "desktop"])
def test_lighthouse_gives_95_of_100_at_least(parley: Parley, tmp_path: Path, flags: list[str]) -> None:
    best = dict.fromkeys(CATEGORIES, 0.0)
    for number in range(TRIES):
        told = report(parley.url, tmp_path / f"{number}.json", flags)
        assert told["audits"]["cumulative-layout-shift"]["numericValue"] < 0.01
        best = {name: max(score, told["categories"][name]["score"]) for name, score in best.items()}
        if min(best.values()) >= LEAST:
            break
    lost = [f"{audit['id']}: {audit.get('displayValue', '')}" for audit in told["audits"].values()
            if audit["score"] is not None and audit["score"] < 1]
    assert min(best.values()) >= LEAST, (best, lost)
