"""The page's libraries are those that npm installed, byte for byte."""
from pathlib import Path

from deploy.local import commands, npm, vendor

ROOT = Path(commands.ROOT)


def test_what_is_committed_is_what_the_packages_hold() -> None:
    folder = ROOT / vendor.VENDOR_FOLDER
    committed = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    wanted = vendor.vendored(ROOT / npm.TEST_PROGRAMS / "node_modules")
    assert sorted(committed) == sorted(wanted)
    assert [name for name, content in wanted.items() if committed[name] != content] == []
