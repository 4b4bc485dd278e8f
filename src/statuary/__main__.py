"""``python -m statuary``: the same as the command ``statuary``."""

from statuary.cli.main import run

if __name__ == "__main__":
    run()
