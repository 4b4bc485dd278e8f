"""Checking gateways and proxies: the checker is on both sides, and compares what was sent with what arrived.

``statuary check gateway`` and ``statuary check proxy`` are the commands; docs/check-gateway.md explains them, the scenarios
and the subject files.
"""
