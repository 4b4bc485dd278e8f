"""How the properties of judgement are tried: nothing here depends on how fast the machine is."""

from hypothesis import settings

settings.register_profile("judgement", deadline=None)
settings.load_profile("judgement")
