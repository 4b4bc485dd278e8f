# Varnish as it comes: its own rules for what is stored. start.sh puts in the port.
vcl 4.1;

backend behind {
    .host = "127.0.0.1";
    .port = "{upstream}";
    .connect_timeout = 3s;
    .first_byte_timeout = 3s;
    .between_bytes_timeout = 3s;
}
