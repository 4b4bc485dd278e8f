#!/bin/sh
# "sh start.sh gateway|cache|proxy|caching-proxy PORT UPSTREAM WORK": Statuary's own gateway or proxy, with its cache in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
case $mode in
    gateway) set -- gateway --to "http://127.0.0.1:$upstream" ;;
    cache) set -- gateway --to "http://127.0.0.1:$upstream" --cache "$work/cache.sqlite" ;;
    proxy) set -- proxy --open --allow-private --tunnel-port "$upstream" ;;
    caching-proxy)
        set -- proxy --open --allow-private --tunnel-port "$upstream" --cache "$work/cache.sqlite"
        ;;
esac
exec python -m statuary "$@" --port "$port" --log none --upgrade statuary \
    --head-timeout 5 --content-timeout 5 --connect-timeout 3 --answer-timeout 3
