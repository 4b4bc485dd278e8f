#!/bin/sh
# "sh start.sh nginx|apache|uvicorn|uvicorn-h11|node PORT WORK": that origin server in the foreground. It writes a line into
# WORK/seen for each request: the port that it came from, the status or what became of it, the request line.
set -eu
kind=$1 port=$2 work=$3
case $kind in
    nginx)
        sed -e "s|{port}|$port|g" -e "s|{work}|$work|g" -e "s|{user}|$(id -un) $(id -gn)|" nginx.conf >"$work/nginx.conf"
        exec nginx -e "$work/error.log" -p "$work" -c "$work/nginx.conf"
        ;;
    apache)
        mkdir "$work/site"
        echo seen >"$work/site/file.txt"
        httpd=$(command -v apache2 || command -v httpd || echo /usr/sbin/apache2)
        export PORT="$port" WORK="$work" MODULES="${APACHE_ROOT:-/usr/lib/apache2}" USER=www-data GROUP=www-data
        if [ "$(id -u)" = 0 ]; then
            chown -R "$USER:$GROUP" "$work"
            exec "$httpd" -f "$PWD/httpd.conf" -D FOREGROUND -D AsRoot
        fi
        exec "$httpd" -f "$PWD/httpd.conf" -D FOREGROUND
        ;;
    uvicorn) exec python app.py "$port" "$work/seen" httptools ;;
    uvicorn-h11) exec python app.py "$port" "$work/seen" h11 ;;
    node) exec node server.js "$port" "$work/seen" ;;
esac
