#!/bin/sh
# "sh start.sh gateway|cache PORT UPSTREAM WORK": Varnish in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
if [ "$mode" = cache ]; then vcl=cache.vcl; else vcl=plain.vcl; fi
sed "s|{upstream}|$upstream|" "$vcl" >"$work/default.vcl"
# -j none: as who starts it, and as nobody else
exec varnishd -F -j none -n "$work/varnish" -a "127.0.0.1:$port" -f "$work/default.vcl" -s default,64m \
    -p timeout_idle=5
