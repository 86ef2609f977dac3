"""What the letters say."""
from loguru import logger

from server.providers.mail.console import ConsoleCarrier
from server.providers.mail.letters import Letters
from server.providers.mail.message import is_address
from server.providers.mail.outbox import Outbox
from server.providers.mail.postman import Postman


def test_a_link_is_in_both_forms_and_its_token_behind_the_hash() -> None:
    letter = Letters("https://chat.example.org/").verification("a@example.org", "x&y=<z>")
    link = "https://chat.example.org/letter#verify=x%26y%3D%3Cz%3E"
    assert f"\n{link}\n" in letter.text
    assert letter.html.count(link) == 3
    assert "<z>" not in letter.html


def test_each_letter_says_what_to_do_if_it_was_somebody_else() -> None:
    letters = Letters("http://localhost:8000")
    for letter in (
            letters.verification("a@b.example", "t"), letters.reset("a@b.example", "t"), letters.taken("a@b.example")):
        assert "If it was not you, do nothing" in letter.text
        assert "http://localhost:8000" in letter.text


def test_which_senders_are_addresses() -> None:
    assert all(map(is_address, ["a@example.org", "Parley <parley@localhost>", '"Chat, Inc." <a@b.example>']))
    assert not any(map(is_address, ["", "Parley", "Parley <>", "a@", "@b"]))


def test_an_invitation_says_who_sends_it_and_that_nobody_must_follow() -> None:
    letter = Letters("https://chat.example.org").invitation("a@example.org", "t")
    assert "An administrator of https://chat.example.org has made an account" in letter.text
    assert "https://chat.example.org/letter#invitation=t" in letter.text
    assert "do nothing" in letter.text


async def test_the_postman_posts_the_four() -> None:
    outbox = Outbox(ConsoleCarrier("parley@localhost"))
    postman = Postman(Letters("http://localhost:8000"), outbox)
    posted: list[str] = []
    sink = logger.add(posted.append, format="{message}")
    postman.send_verification("a@b.example", "one")
    postman.send_reset("a@b.example", "two")
    postman.send_invitation("a@b.example", "three")
    postman.send_taken("a@b.example")
    outbox.close()
    await outbox.run()
    logger.remove(sink)
    text = "".join(posted)
    parts = ("#verify=one", "#reset=two", "#invitation=three", "You have an account already")
    assert all(part in text for part in parts)
    assert outbox.sent == 4
