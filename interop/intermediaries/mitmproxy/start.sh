#!/bin/sh
# "sh start.sh gateway|proxy PORT UPSTREAM WORK": mitmproxy without a screen, in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
if [ "$mode" = proxy ]; then set -- --mode regular; else set -- --mode "reverse:http://127.0.0.1:$upstream"; fi
exec mitmdump -q --set confdir="$work" --listen-host 127.0.0.1 -p "$port" --set keep_host_header=true "$@"
