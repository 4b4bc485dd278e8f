#!/usr/bin/env python
"""Tea, see https://tea.example/module."""

URL = "https://no.example/string"  # https://tea.example/comment


def brew(x: str = '# https://no.example/default') -> str:
    """https://tea.example/function"""
    return f"""https://no.example/{x}"""  # (https://tea.example/brackets)
