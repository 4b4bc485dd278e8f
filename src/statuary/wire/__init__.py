"""Bytes to messages and back, for HTTP/1.0 and 1.1 (RFC 9112). Pure: no sockets, no clock."""
