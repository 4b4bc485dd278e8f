#!/bin/sh
# "sh start.sh PORT WORK": Apache httpd in the foreground, with all its files in WORK.
set -eu
port=$1 work=$2
sh ../site/lay.sh "$work"
mkdir "$work/site/spelling" "$work/site/careful" "$work/locks" "$work/cgi"
cp "$work/site/file.txt" "$work/site/spelling/red.txt"
cp "$work/site/file.txt" "$work/site/spelling/rod.txt"
cp "$work/site/file.txt" "$work/site/calm"
# Its entity tags of negotiated files have this in them, and are weak while it is new
TZ=UTC touch -t 202401020304.05 "$work/site"
printf '#!/bin/sh\nexit 1\n' >"$work/cgi/broken"
printf '#!/bin/sh\nexec sleep 5\n' >"$work/cgi/late"
chmod 755 "$work/cgi/broken" "$work/cgi/late"

# Debian calls it apache2 and keeps its modules in /usr/lib/apache2; elsewhere it is httpd
httpd=$(command -v apache2 || command -v httpd || echo /usr/sbin/apache2)
modules=${APACHE_ROOT:-/usr/lib/apache2}
export PORT="$port" WORK="$work" MODULES="$modules" USER=www-data GROUP=www-data
if [ "$(id -u)" = 0 ]; then
    # Its processes give up being root, and have to write here
    chown -R "$USER:$GROUP" "$work"
    exec "$httpd" -f "$PWD/httpd.conf" -D FOREGROUND -D AsRoot
fi
exec "$httpd" -f "$PWD/httpd.conf" -D FOREGROUND
