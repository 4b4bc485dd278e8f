"""How the properties of the wire are tried: nothing here depends on how fast the machine is."""

from hypothesis import settings

settings.register_profile("wire", deadline=None)
settings.load_profile("wire")
