"""How the properties of the fields are tried: nothing here depends on how fast the machine is."""

from hypothesis import settings

settings.register_profile("fields", deadline=None)
settings.load_profile("fields")
