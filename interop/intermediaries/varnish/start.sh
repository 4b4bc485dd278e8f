#!/bin/sh
# "sh start.sh gateway|cache PORT UPSTREAM WORK": Varnish in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
# Nothing is fresh but by what its response says, and what is stale is kept in order to be validated
if [ "$mode" = cache ]; then vcl=cache.vcl kept="-p default_ttl=0 -p default_grace=0 -p default_keep=3600"; else vcl=plain.vcl kept=; fi
sed "s|{upstream}|$upstream|" "$vcl" >"$work/default.vcl"
# -j none: as who starts it, and as nobody else
exec varnishd -F -j none -n "$work/varnish" -a "127.0.0.1:$port" -f "$work/default.vcl" -s default,64m \
    -p timeout_idle=5 $kept
