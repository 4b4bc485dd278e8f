"""`python versions.py NAME...`: the installed versions of these distributions, on one line."""

import importlib.metadata
import sys

print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in sys.argv[1:]))
