# Varnish as it comes: its own rules for what is stored. start.sh puts in the port.
vcl 4.1;

backend behind {
    .host = "127.0.0.1";
    .port = "{upstream}";
    .connect_timeout = 3s;
    .first_byte_timeout = 3s;
    .between_bytes_timeout = 3s;
}

sub vcl_backend_response {
    # Varnish 7.1 dies of a unit of ranges that it does not know, in this field even of what fails (varnish-cache issue 4276)
    if (beresp.http.Content-Range && beresp.http.Content-Range !~ "(?i)^bytes ") {
        unset beresp.http.Content-Range;
        return (fail);
    }
}
