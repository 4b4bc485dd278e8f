"""Gateway and proxy as programs: what forwarding decides, over sockets (RFC 9110 section 7.6)."""
