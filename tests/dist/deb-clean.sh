#!/bin/bash
# In a small Debian with nothing but what it depends on, the package installs, runs and upgrades, and leaves
# no file behind. This needs root, and no network once the Debian is made.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/dist/tree.sh
. tests/dist/tree.sh

tree_up
"$BUILD/xscan" --help >"$tree/test/help"
cat >"$tree/test/inside" <<-'END'
	set -eu
	PATH=/usr/sbin:/usr/bin:/sbin:/bin
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	state() {
		dpkg-query -W -f '${db:Status-Status} ${Version}' xscan
	}
	# All but what dpkg notes.
	files() {
		find / -xdev \( -path /test -o -path /proc -o -path /var/log -o -path /var/lib/dpkg -o \
			-path /var/cache -o -path /etc/ld.so.cache \) -prune -o -printf '%y %m %u %p\n' | sort
	}
	files >/test/before
	dpkg -i /test/first.deb >&2
	echo "installed: $(state), $(xscan --version)"
	xscan --help >/test/help.here
	echo "help: $(cmp /test/help /test/help.here && echo the same)"
	echo "lacks: $(ldd /usr/bin/xscan | grep 'not found' || echo nothing)"
	systemctl enable xscan@eth0.timer >&2
	mkdir -p /var/lib/private/xscan
	ln -s private/xscan /var/lib/xscan
	echo result >/var/lib/xscan/eth0.json
	dpkg -i /test/next.deb >&2
	echo "upgraded: $(state), $(xscan --version)"
	echo "kept: $(cat /var/lib/xscan/eth0.json), $(systemctl is-enabled xscan@eth0.timer)"
	dpkg -r xscan >&2
	echo "removed: $(ls /usr/bin/xscan 2>/dev/null || echo no program), $(cat /var/lib/xscan/eth0.json)"
	dpkg -P xscan >&2
	files >/test/after
	echo "left: $(diff /test/before /test/after && echo nothing)"
END
cat >"$tmp/expected" <<-END
	installed: installed $version, xscan $version
	help: the same
	lacks: nothing
	upgraded: installed $version.1, xscan $version
	kept: result, enabled
	removed: no program, result
	left: nothing
END
unshare -mnpf --mount-proc="$tree/proc" chroot "$tree" sh /test/inside >"$tmp/found" 2>"$tmp/err" </dev/null || {
	echo "status $?"
	tail -n 5 "$tmp/err"
} >>"$tmp/found"
same "in a small Debian the package installs, runs, upgrades and leaves cleanly" "$tmp/expected" "$tmp/found"
