"""What the letters say."""
from server.providers.mail.letters import Letters
from server.providers.mail.message import is_address


def test_a_link_is_in_both_forms_and_its_token_behind_the_hash() -> None:
    letter = Letters("https://chat.example.org/").verification("a@example.org", "x&y=<z>")
    link = "https://chat.example.org/#verify=x%26y%3D%3Cz%3E"
    assert f"\n{link}\n" in letter.text
    assert letter.html.count(link) == 3
    assert "<z>" not in letter.html


def test_each_letter_says_what_to_do_if_it_was_somebody_else() -> None:
    letters = Letters("http://localhost:8000")
    for letter in (letters.verification("a@b.example", "t"), letters.reset("a@b.example", "t")):
        assert "If it was not you, do nothing" in letter.text
        assert "http://localhost:8000" in letter.text


def test_which_senders_are_addresses() -> None:
    assert all(map(is_address, ["a@example.org", "Parley <parley@localhost>", '"Chat, Inc." <a@b.example>']))
    assert not any(map(is_address, ["", "Parley", "Parley <>", "a@", "@b"]))
