#!/usr/bin/env bash
# MySQL for the tests of the mail database, which runs on MariaDB and on MySQL 8.4 or later. Debian's stable releases have only
# MariaDB, so it is taken from Debian unstable, with its libraries, into a folder of the cache; nothing is installed.
# Prints the words that start it, for BERTH_TEST_MYSQLD; exits 1 when it cannot be had.
set -euo pipefail
. "$(dirname "$0")/../cluster/lib.sh"

# Raise the serial to take a newer MySQL: unstable keeps none for long, so no version is named.
serial=1
root=$BERTH_CACHE/mysql-$serial
mkdir -p "$BERTH_CACHE"
exec 9>"$BERTH_CACHE/mysql.lock"
flock 9
if [ ! -e "$root/.complete" ]; then
  say "  fetching MySQL from Debian unstable"
  rm -rf "$root"
  # Unpacked alone: no script of a package runs. A mirror that lags is good enough, so the date of its list is not looked at.
  mmdebstrap --quiet --mode=root --variant=extract --aptopt='Acquire::Check-Valid-Until "false"' --include=mysql-server-core \
    unstable "$root" > /dev/null
  touch "$root/.complete"
fi
[ -x "$root/usr/sbin/mysqld" ] || die "no mysqld in $root"
# By its own loader and libraries, which are newer than the machine's; as root, since nobody else may read root's cache.
lib=$(echo "$root"/usr/lib/*-linux-gnu)
printf '%s ' "$lib"/ld-linux-*.so.* --library-path "$lib:$lib/mysql/private" "$root/usr/sbin/mysqld" --no-defaults \
  "--basedir=$root/usr" "--lc-messages-dir=$root/usr/share/mysql" --user=root
echo
