"""The command ``statuary``: one module per command, each parses arguments, calls one shell, and prints."""
