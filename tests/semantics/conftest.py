"""How the properties of the semantics are tried: nothing here depends on how fast the machine is."""

from hypothesis import settings

settings.register_profile("semantics", deadline=None)
settings.load_profile("semantics")
