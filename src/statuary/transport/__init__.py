"""Where time passes and octets travel: the clock, and a transport in memory to put in place of a socket."""
