# shellcheck shell=bash
# For tests of the package in a small Debian of its own; source this file behind lib.sh. debootstrap makes it
# once, from where this machine's packages come from, with what the package depends on.

version=$(sed -n '1s/^xscan (\(.*\)).*/\1/p' tools/dist/debian/changelog)
deb=$(echo "$BUILD"/deb/xscan_"$version"_*.deb) # of `make deb`
# shellcheck disable=SC2154 # of the lib.sh that was sourced
tree=$tmp/tree
tree_tar=$BUILD/deb/debian.tar

no_tree() { # REASON
	echo "ok $(basename "$0" .sh) # SKIP $1"
	exit 0
}

make_tree_tar() { # SUITE PLACE PACKAGES
	mkdir "$tmp/made"
	debootstrap --variant=minbase --include="$3" "$1" "$tmp/made" "$2" >"$tmp/debootstrap" 2>&1 || {
		tail -n 5 "$tmp/debootstrap" | sed 's/^/# /'
		no_tree "debootstrap makes no Debian here"
	}
	tar -C "$tmp/made" --exclude='./var/lib/apt/lists/*' --exclude='./var/cache/apt/*' -cf "$tree_tar.new" .
	mv "$tree_tar.new" "$tree_tar"
	echo "$*" >"$tree_tar.made"
	rm -rf "$tmp/made"
}

# A Debian in the folder $tree. Its folder /test has first.deb and next.deb, which only differ in the version.
tree_up() {
	local suite place packages
	[ "$(id -u)" = 0 ] || no_tree "it needs root"
	need debootstrap dpkg-deb
	[ -e "$deb" ] || {
		echo "not ok there is a package: make deb"
		exit 1
	}
	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	# shellcheck disable=SC2016 # apt expands it
	place=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' |
		sed -n "s/^$suite //p" | head -n 1)
	[ -n "$place" ] || no_tree "it is not known where packages of $suite come from"
	packages=systemd,systemd-sysv,dbus,$(dpkg-deb -f "$deb" Depends | sed 's/ *([^)]*)//g; s/ *|[^,]*//g; s/ //g')
	if [ "$suite $place $packages" != "$(cat "$tree_tar.made" 2>/dev/null)" ]; then
		make_tree_tar "$suite" "$place" "$packages"
	fi

	mkdir -p "$tree"
	tar -C "$tree" -xf "$tree_tar"
	mkdir "$tree/test"
	cp "$deb" "$tree/test/first.deb"
	dpkg-deb -R "$deb" "$tmp/next"
	sed -i "s/^Version: .*/Version: $version.1/" "$tmp/next/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$tmp/next" "$tree/test/next.deb" >/dev/null
}
