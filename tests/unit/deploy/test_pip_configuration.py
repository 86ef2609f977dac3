"""Where pip looks, uv looks; what was set for uv itself stays."""
from deploy.local.pip_configuration import PipConfiguration, read_pip_configuration


def test_variables_are_read() -> None:
    found = read_pip_configuration({"PIP_FIND_LINKS": "/a /b", "PIP_INDEX_URL": "https://mirror.example/simple"})
    assert found == PipConfiguration(("/a", "/b"), "https://mirror.example/simple")


def test_an_index_is_handed_on_unless_uv_has_its_own() -> None:
    pip = PipConfiguration(index_url="https://mirror.example/simple")
    assert pip.uv_environment({}) == {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}
    assert pip.uv_environment({"UV_DEFAULT_INDEX": "x"}) == {}
    assert pip.uv_environment({"UV_INDEX_URL": "x"}) == {}
    assert PipConfiguration().uv_environment({}) == {}
