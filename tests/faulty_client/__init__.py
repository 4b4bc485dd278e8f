"""An HTTP/1.1 client of its own, and the same one with a fault planted: what a checker of clients has to find.

Nothing here imports Statuary, except the scores: it is a second reading of RFC 9110 and RFC 9112.
"""
