#!/bin/sh
# "sh start.sh gateway|cache|proxy|caching-proxy PORT UPSTREAM WORK": Squid in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
user=$(id -un)
# It gives up being root, and has to write here
if [ "$(id -u)" = 0 ]; then user=proxy; chown -R proxy "$work"; fi
{
    sed -e "s|{work}|$work|g" -e "s|{user}|$user|" squid.conf
    if [ "${mode#caching-}" = proxy ]; then
        echo "http_port 127.0.0.1:$port"
    else
        echo "http_port 127.0.0.1:$port accel no-vhost defaultsite=127.0.0.1:$port"
        echo "cache_peer 127.0.0.1 parent $upstream 0 no-query no-digest originserver name=behind connect-fail-limit=1000000"
        echo "never_direct allow all"
    fi
    case $mode in gateway | proxy) echo "cache deny all" ;; esac
} >"$work/squid.conf"
# -n: what it shares with others of the same name would be theirs
exec squid -N -n "statuary$port" -f "$work/squid.conf"
