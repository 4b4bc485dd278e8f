#!/bin/sh
# Lays out the site that all subjects serve: "sh lay.sh WORK" makes WORK/site.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1
site=$work/site

mkdir -p "$site/scratch" "$site/secret" "$site/hidden" "$site/upload"
cp "$here/passwords" "$work/"
cp -R "$here/file.txt" "$here/page.html" "$here/page.txt" "$here/directory" "$site/"
echo "Down the rabbit-hole" >"$site/secret/index.html"
echo "Nobody may read this" >"$site/hidden/index.html"
# About 100 KB that gzip would not shrink to nothing
seq 1 18000 | head -c 100000 >"$site/large.bin"
# Files changed within the last second may get no validator, or a weak one
TZ=UTC find "$site" -exec touch -t 202401020304.05 {} +
# A server that gives up being root still has to get here
chmod 711 "$work"
