from tests.load.peers.random_8b import VOCABULARY, vocabulary


def test_each_word_is_there_once_and_can_be_made() -> None:
    words, merges = vocabulary(["a", "b", *map(chr, range(65, 91)), *map(chr, range(99, 123))])
    assert len(words) == len(set(words)) == VOCABULARY
    known = set(words)
    assert all({first, second, first + second} <= known for first, second in merges)
