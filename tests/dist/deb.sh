#!/bin/bash
# The Debian package: lintian finds no errors, and it installs, upgrades and leaves cleanly. That is done in
# a copy of this system: what is written stays in a folder (overlayfs). This needs root.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"
need dpkg-buildpackage dh lintian

version=$(sed -n '1s/^xscan (\(.*\)).*/\1/p' tools/dist/debian/changelog)
plain_make BUILD="$BUILD" deb >"$tmp/log" 2>&1 || {
	echo "not ok make deb"
	tail -n 40 "$tmp/log" | sed 's/^/# /'
	exit 1
}
deb=$(echo "$BUILD"/deb/xscan_"$version"_*.deb)
is "the package has the version of the changelog" "$version" "$(dpkg-deb -f "$deb" Version)"
lintian --allow-root --fail-on error "$BUILD"/deb/xscan_"$version"_*.changes >"$tmp/lintian" 2>&1 || echo "status $?" >>"$tmp/lintian"
grep -vE '^[WINP]: |^running with root' "$tmp/lintian" >"$tmp/errors" || true
same "lintian finds no errors" /dev/null "$tmp/errors"

# The next version: the same files.
dpkg-deb -R "$deb" "$tmp/next"
sed -i "s/^Version: .*/Version: $version.1/" "$tmp/next/DEBIAN/control"
dpkg-deb --root-owner-group -b "$tmp/next" "$tmp/next.deb" >/dev/null

unshare -mn true 2>/dev/null || {
	echo "ok installation # SKIP it needs root"
	exit 0
}
mkdir "$tmp/copy" "$tmp/layers"
cat >"$tmp/inside" <<-'END'
	set -eu
	# No daemon of this host is there, and no network.
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	installed() {
		echo "$1: $(dpkg-query -W -f '${db:Status-Status} ${Version}' xscan), $(xscan --version)"
	}
	# Other packages of this host may change at the same time.
	files() {
		find /usr /etc /var /lib -xdev -name '*xscan*' ! -path '/usr/local/*' | sort
	}
	rm -f /var/lib/dpkg/lock*
	dpkg -P xscan >&2 || true
	files >/before
	dpkg -i /first.deb >&2
	installed installed
	echo "files: $(($(files | wc -l) - $(wc -l </before) > 9))"
	echo "manual: $(man -w 8 xscan)"
	echo "dpkg: $(dpkg --verify xscan)"
	systemctl enable xscan@eth0.timer >&2
	systemctl is-enabled xscan@eth0.timer
	mkdir -p /var/lib/private/xscan
	ln -s private/xscan /var/lib/xscan
	echo result >/var/lib/xscan/eth0.json
	dpkg -i /next.deb >&2
	installed upgraded
	echo "kept: $(cat /var/lib/xscan/eth0.json) $(systemctl is-enabled xscan@eth0.timer)"
	dpkg -r xscan >&2
	echo "removed: $(command -v xscan || echo no program), $(cat /var/lib/xscan/eth0.json)"
	dpkg -i /next.deb >&2
	installed again
	dpkg -P xscan >&2
	files >/after
	diff /before /after
	echo "purged"
END
cat >"$tmp/expected" <<-END
	installed: installed $version, xscan $version
	files: 1
	manual: /usr/share/man/man8/xscan.8.gz
	dpkg: 
	enabled
	upgraded: installed $version.1, xscan $version
	kept: result enabled
	removed: no program, result
	again: installed $version.1, xscan $version
	purged
END
# Mounts end with the namespace.
# shellcheck disable=SC2016 # the other shell expands it
unshare -mn sh -eu -c '
	mount -t tmpfs layers "$1/layers"
	mkdir "$1/layers/upper" "$1/layers/work"
	mount -t overlay -o "lowerdir=/,upperdir=$1/layers/upper,workdir=$1/layers/work" copy "$1/copy"
	cp "$2" "$1/copy/first.deb"
	cp "$1/next.deb" "$1/copy/next.deb"
	cp "$1/inside" "$1/copy/inside"
	exec chroot "$1/copy" sh /inside' sh "$tmp" "$deb" >"$tmp/found" 2>"$tmp/err" </dev/null || {
	echo "status $?"
	tail -n 5 "$tmp/err"
} >>"$tmp/found"
same "the package installs, upgrades and leaves cleanly" "$tmp/expected" "$tmp/found"
