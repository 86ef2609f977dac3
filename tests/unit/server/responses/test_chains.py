"""What a socket remembers of its lanes."""
from server.responses.chains import Chains, Past


def past(name: str, size: int = 10) -> Past:
    return Past(name, [{"type": "message", "role": "user", "content": name}], size)


def test_each_lane_remembers_its_most_recent_response() -> None:
    chains = Chains(100)
    chains.remember(None, past("a"))
    chains.remember("x", past("b"))
    chains.remember(None, past("c"))
    assert chains.find("a") is None
    assert chains.find("b") == past("b")
    assert chains.find("c") == past("c")
    assert chains.size_bytes == 20


def test_what_is_evicted_is_gone_from_every_lane() -> None:
    chains = Chains(100)
    chains.remember(None, past("a"))
    chains.remember("x", past("a"))
    chains.evict("a")
    chains.evict("a")
    assert chains.find("a") is None
    assert chains.size_bytes == 0


def test_over_the_limit_the_lane_used_longest_ago_is_forgotten() -> None:
    chains = Chains(25)
    chains.remember("x", past("a"))
    chains.remember("y", past("b"))
    chains.remember("x", past("c"))
    chains.remember("z", past("d"))
    assert [chains.find(name) is not None for name in "abcd"] == [False, False, True, True]
    chains.remember("x", past("e", 26))
    assert [chains.find(name) is not None for name in "cde"] == [False, False, False]
    assert chains.size_bytes == 0
