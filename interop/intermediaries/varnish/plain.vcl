# Varnish as a gateway that stores nothing. start.sh puts in the port.
vcl 4.1;

backend behind {
    .host = "127.0.0.1";
    .port = "{upstream}";
    .connect_timeout = 3s;
    .first_byte_timeout = 3s;
    .between_bytes_timeout = 3s;
}

sub vcl_recv {
    # A connection that is to switch protocols
    if (req.http.Upgrade ~ "(?i)websocket") {
        return (pipe);
    }
    return (pass);
}

sub vcl_pipe {
    if (req.http.Upgrade) {
        set bereq.http.Upgrade = req.http.Upgrade;
        set bereq.http.Connection = req.http.Connection;
    }
}
