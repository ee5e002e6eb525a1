#!/bin/bash
# tools/install-deps says what it is going to install before it asks for the rights to do so, and asks for
# nothing if all is there. A stand-in for sudo installs nothing.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"
need apt-get dh dpkg-buildpackage

# The user nobody, if this is root; all programs of this system but lintian.
as_user=()
[ "$(id -u)" != 0 ] || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
mkdir "$tmp/bin"
for folder in /sbin /usr/sbin /bin /usr/bin; do
	ln -sf "$folder"/* "$tmp/bin/"
done
rm -f "$tmp/bin/lintian" "$tmp/bin/sudo"
cat >"$tmp/bin/sudo" <<-'END'
	#!/bin/sh
	echo "sudo: $*"
END
cp tools/install-deps "$tmp/"
chmod 755 "$tmp" "$tmp/bin/sudo" "$tmp/install-deps"
# The script adds /usr/sbin and /sbin to PATH; lintian is in neither.
install_deps() { # GROUP...
	"${as_user[@]}" env PATH="$tmp/bin" "$tmp/install-deps" "$@" 2>&1 || echo "status $?"
}
cat >"$tmp/expected" <<-END
	  MISSING lintian: to be installed now
	sudo: env V=0 TOLD=1 $tmp/install-deps lintian-only
END
sed -i 's/^\t\tdeb lintian /\t\tlintian-only lintian /; s/| deb | lab |/| deb | lintian-only | lab |/' "$tmp/install-deps"
install_deps lintian-only >"$tmp/found"
same "what is missing is told before rights are asked for" "$tmp/expected" "$tmp/found"
cp /bin/true "$tmp/bin/lintian"
install_deps lintian-only >"$tmp/found"
same "nothing is missing: nothing is told, and no rights are asked for" /dev/null "$tmp/found"
