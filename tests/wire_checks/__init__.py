"""Black-box checks of an HTTP/1.1 origin server over raw sockets, written from RFC 9110 and RFC 9112 alone.

Nothing here imports the product: the checks know a directory of files (`site.py`), a socket (`client.py`) and the RFCs.
"""
