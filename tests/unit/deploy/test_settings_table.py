"""Every setting is documented once, and the README has them all."""
from pathlib import Path

from deploy.local.settings import LaunchSettings
from deploy.settings_table import LAUNCHER, rows, table
from inference.settings import WorkerSettings
from relay.environment import SharedSettings
from server.settings import GatewaySettings

README = Path(__file__).parents[3] / "README.md"


def test_every_setting_has_a_meaning() -> None:
    assert [name for name, (_, meaning) in rows().items() if not meaning] == []


def test_the_readme_has_the_table() -> None:
    assert table() in README.read_text(), "put the output of `python -m deploy.settings_table` into the README"


def test_nothing_is_defined_twice_but_the_model_which_both_sides_read_in_their_way() -> None:
    both = GatewaySettings.model_fields.keys() & WorkerSettings.model_fields.keys()
    assert both - SharedSettings.model_fields.keys() == {"model"}


def test_what_the_launcher_alone_reads_is_there() -> None:
    names = {"data_dir" if name == "data" else name for name in LaunchSettings.__dataclass_fields__}
    assert names <= set(rows())
    assert set(LAUNCHER) <= names
