"""Reads the settings as gateway and worker will, and ends with 2 and a sentence for each that makes no sense.

Run by the gateway's Python, before anything is started; unlike the rest of this folder it needs that environment.
"""
from pydantic import ValidationError

from inference.settings import WorkerSettings
from relay.environment import refuse, sentences
from server.settings import GatewaySettings


def reasons() -> list[str]:
    """One sentence for each setting that makes no sense; one that both share is named once."""
    found: dict[str, None] = {}
    for kind in (GatewaySettings, WorkerSettings):
        try:
            kind()
        except ValidationError as error:
            found |= dict.fromkeys(sentences(error))
    return list(found)


if __name__ == "__main__" and (wrong := reasons()):
    refuse(wrong)
