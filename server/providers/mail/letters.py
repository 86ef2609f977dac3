"""What the letters say, as text and as simple HTML. They address nobody by name: a name is the writer's own choice,
and would make of this server a carrier of other people's words.
"""
from html import escape
from urllib.parse import urlencode

from server.providers.mail.schemas import Mail

PAGE = "/letter"
HTML = """<!doctype html>
<html lang="en">
<body style="font-family: sans-serif; max-width: 34em; margin: 2em auto; line-height: 1.5">
<p>{opening}</p>
<p><a href="{link}" style="display: inline-block; padding: .6em 1.2em; background: #1d4ed8; color: #fff;
 text-decoration: none; border-radius: .4em">{button}</a></p>
<p style="font-size: 90%">If the button does nothing, open this address:<br><a href="{link}">{link}</a></p>
<p style="font-size: 90%; color: #555">{closing}</p>
</body>
</html>
"""


class Letters:
    """`public_url` is where people reach this installation; the links of all letters begin with it.

    A token stands behind `#`: what is behind it no browser sends to any server, so it is in no log and no referrer.
    """

    def __init__(self, public_url: str) -> None:
        self.public_url = public_url.rstrip("/")

    def verification(self, to: str, token: str) -> Mail:
        """Whether the address is the account's."""
        return _letter(
            to, "Confirm your e-mail address", self._link("verify", token),
            opening=f"Somebody has registered this address at {self.public_url}. If it was you, say so.",
            button="Confirm the address",
            closing="If it was not you, do nothing: without this the address is nobody's.")

    def reset(self, to: str, token: str) -> Mail:
        """A new password for who has forgotten the old one."""
        return _letter(
            to, "Choose a new password", self._link("reset", token),
            opening=f"Somebody has asked for a new password for this address at {self.public_url}.",
            button="Choose a new password",
            closing="If it was not you, do nothing: the old password stays as it is. The link works once, "
                    "and not for long.")

    def invitation(self, to: str, token: str) -> Mail:
        """There is an account for the address, which has no password yet."""
        return _letter(
            to, "You are invited", self._link("invitation", token),
            opening=f"An administrator of {self.public_url} has made an account for this address. "
                    "Choose a password, and you are in.",
            button="Choose a password",
            closing="If you do not want it, do nothing: without a password nobody can use it. "
                    "The link works once, and for a week.")

    def taken(self, to: str) -> Mail:
        """The address has an account already; the page that asked was not told so."""
        return _letter(
            to, "You have an account already", f"{self.public_url}/",
            opening=f"Somebody has tried to register this address at {self.public_url}, where it has an account. "
                    "If it was you, sign in, or choose a new password there if you have forgotten yours.",
            button="Sign in",
            closing="If it was not you, do nothing: nobody was told that you have an account.")

    def _link(self, view: str, token: str) -> str:
        return f"{self.public_url}{PAGE}#{urlencode({view: token})}"


def _letter(to: str, subject: str, link: str, *, opening: str, button: str, closing: str) -> Mail:
    words = {"opening": opening, "button": button, "closing": closing, "link": link}
    return Mail(
        to=to,
        subject=subject,
        text=f"{opening}\n\n{button}:\n{link}\n\n{closing}\n",
        html=HTML.format(**{name: escape(text) for name, text in words.items()}),
    )
