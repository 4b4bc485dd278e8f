"""How the properties of the messages are tried: nothing here depends on how fast the machine is."""

from hypothesis import settings

settings.register_profile("message", deadline=None)
settings.load_profile("message")
