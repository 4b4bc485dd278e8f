"""Checking clients: the checker is the server, says rightly or wrongly what a scenario asks, and sees what comes of it.

``statuary check client`` is the command; docs/check-client.md explains it, the scenarios and the client files.
"""
