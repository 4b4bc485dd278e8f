#!/bin/sh
# "sh start.sh gateway|cache|proxy|caching-proxy PORT UPSTREAM WORK": Traffic Server in the foreground, with all its files in WORK.
set -eu
mode=$1 port=$2 upstream=$3 work=$4
mkdir "$work/etc" "$work/run" "$work/log" "$work/cache"
sed -e "s|{port}|$port|" records.config >"$work/etc/records.config"
case $mode in
    gateway) is_cache=0 needs_map=1 ;;
    cache) is_cache=1 needs_map=1 ;;
    proxy) is_cache=0 needs_map=0 ;;
    caching-proxy) is_cache=1 needs_map=0 ;;
esac
cat >>"$work/etc/records.config" <<END
CONFIG proxy.config.http.cache.http INT $is_cache
CONFIG proxy.config.url_remap.remap_required INT $needs_map
CONFIG proxy.config.reverse_proxy.enabled INT $needs_map
CONFIG proxy.config.url_remap.pristine_host_hdr INT 1
END
if [ "$needs_map" = 1 ]; then echo "map / http://127.0.0.1:$upstream/" >"$work/etc/remap.config"; fi
echo "$work/cache 64M" >"$work/etc/storage.config"
printf 'ip_allow:\n  - {apply: in, ip_addrs: 127.0.0.1, action: allow, methods: ALL}\n' >"$work/etc/ip_allow.yaml"
# Where everything is: its programs stay where they were installed
cat >"$work/runroot.yaml" <<END
prefix: /usr
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/bin
sysconfdir: $work/etc
datadir: $work/cache
includedir: /usr/include
libdir: /usr/lib/trafficserver
libexecdir: /usr/lib/trafficserver/modules
localstatedir: $work/run
runtimedir: $work/run
logdir: $work/log
cachedir: $work/cache
END
exec traffic_server --run-root="$work/runroot.yaml"
