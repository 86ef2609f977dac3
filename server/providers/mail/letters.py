"""What the letters say, as text and as simple HTML. They address nobody by name: a name is the writer's own choice,
and would make of this server a carrier of other people's words.
"""
from html import escape
from urllib.parse import urlencode

from server.providers.mail.schemas import Mail

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
        return self._letter(
            to, "Confirm your e-mail address", "verify", token,
            opening=f"Somebody has registered this address at {self.public_url}. If it was you, say so.",
            button="Confirm the address",
            closing="If it was not you, do nothing: without this the address is nobody's.")

    def reset(self, to: str, token: str) -> Mail:
        """A new password for who has forgotten the old one."""
        return self._letter(
            to, "Choose a new password", "reset", token,
            opening=f"Somebody has asked for a new password for this address at {self.public_url}.",
            button="Choose a new password",
            closing="If it was not you, do nothing: the old password stays as it is. The link works once, "
                    "and not for long.")

    def _letter(self, to: str, subject: str, view: str, token: str, *, opening: str, button: str, closing: str) -> Mail:
        link = f"{self.public_url}/#{urlencode({view: token})}"
        return Mail(
            to=to,
            subject=subject,
            text=f"{opening}\n\n{button}:\n{link}\n\n{closing}\n",
            html=HTML.format(**{name: escape(text) for name, text in {
                "opening": opening, "button": button, "closing": closing, "link": link}.items()}),
        )
