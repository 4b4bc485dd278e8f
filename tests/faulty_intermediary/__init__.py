"""A correct gateway and proxy with faults that can be planted, to find out what the checker of intermediaries finds.

It shares the reader of requests with the correct server beside it, and nothing with Statuary.
"""
