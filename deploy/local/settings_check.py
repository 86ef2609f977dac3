"""Reads the settings as gateway and worker will, and ends with 2 and a sentence for each that makes no sense.

Run by the gateway's Python, before anything is started; unlike the rest of this folder it needs that environment.
"""
from relay.environment import load_settings
from server.settings import GatewaySettings

load_settings(GatewaySettings)
