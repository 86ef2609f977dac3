"""The configuration, read back by supervisord's own reader."""
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from deploy.local.data_folder import DataFolder
from deploy.local.supervisor_config import Group, Program, configuration


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    data = DataFolder(tmp_path / "100% data's")
    data.prepare()
    return data


def read(data: DataFolder, groups: list[Group]) -> ServerOptions:
    file = data.run / "supervisord.conf"
    file.write_text(configuration(data, data.path, groups))
    options = ServerOptions()
    options.realize(["-c", str(file)])
    return options


def test_each_program_is_what_was_asked_for(data: DataFolder) -> None:
    command = ["/bin/a program", "--with", "50%", "it's"]
    groups = [Group("ones", 10, [Program("one-1", command, 7, {"PARLEY_DRAIN_S": "3.5"}, 2)])]
    (group,) = read(data, groups).process_group_configs
    (process,) = group.process_configs
    assert (group.name, group.priority, process.name) == ("ones", 10, "one-1")
    assert process.command.startswith("'/bin/a program' --with 50%")
    assert process.environment == {"PARLEY_DRAIN_S": "3.5"}
    assert (process.stopwaitsecs, process.startretries) == (7, 2)
    assert process.stdout_logfile == str(data.log("one-1"))
    assert process.redirect_stderr is True
    assert process.killasgroup is True
    assert process.autostart is False


def test_settings_that_were_refused_do_not_start_a_process_again(data: DataFolder) -> None:
    (group,) = read(data, [Group("ones", 10, [Program("one-1", ["/bin/true"], 1)])]).process_group_configs
    assert group.process_configs[0].exitcodes == [0, 2]


def test_groups_stop_in_the_reverse_order_of_their_start_and_together_within(data: DataFolder) -> None:
    groups = [Group("late", 20, [Program("late-1", ["/bin/true"], 1), Program("late-2", ["/bin/true"], 1)]),
              Group("early", 10, [Program("early-1", ["/bin/true"], 1)])]
    configs = read(data, groups).process_group_configs
    assert [(group.name, len(group.process_configs)) for group in sorted(configs)] == [("early", 1), ("late", 2)]


def test_only_its_owner_may_talk_to_it(data: DataFolder) -> None:
    options = read(data, [])
    (server,) = options.server_configs
    assert (server["file"], server["chmod"]) == (str(data.supervisor_socket), 0o700)
