"""Other programs' HTTP, judged: scenarios as data, the player that plays them, verdicts, and reports.

What is linted is read here, too: HTTP archives, and what a URL answers.
"""
