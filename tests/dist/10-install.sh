#!/bin/bash
# make install puts everything in its place, and make uninstall removes it. The manual pages are clean and
# have all options.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"

version=$(sed -n '1s/^xscan (\(.*\)).*/\1/p' tools/dist/debian/changelog)
is "the program has the version of the changelog" "xscan $version" "$("$BUILD/xscan" --version)"

# The program is installed as it was built, whatever this make would build.
make_to() { # ARGUMENT...
	plain_make BUILD="$BUILD" -o "$BUILD/xscan" DESTDIR="$to" "$@" >"$tmp/log" 2>&1 || sed 's/^/# /' "$tmp/log"
}

to=$tmp/to
mkdir -p "$to/usr/local/bin"
echo kept >"$to/usr/local/bin/other"
make_to install
cat >"$tmp/files" <<-END
	755 bin/xscan
	644 bin/other
	644 lib/systemd/system/xscan@.service
	644 lib/systemd/system/xscan@.timer
	755 libexec/xscan-nightly
	644 share/bash-completion/completions/xscan
	644 share/man/man8/xscan-diff.8
	644 share/man/man8/xscan-nightly.8
	644 share/man/man8/xscan-report.8
	644 share/man/man8/xscan.8
	644 share/zsh/site-functions/_xscan
END
chmod 644 "$to/usr/local/bin/other"
(cd "$to/usr/local" && find . -type f -printf '%m %P\n') | sort >"$tmp/installed"
sort -o "$tmp/files" "$tmp/files"
same "make install installs these files" "$tmp/files" "$tmp/installed"
is "the installed program runs" "xscan $version" "$("$to/usr/local/bin/xscan" --version)"
is "the units name the folder of the programs" "/usr/local/libexec/xscan-nightly" \
	"$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$to/usr/local/lib/systemd/system/xscan@.service")"
is "nothing is left to fill in" "" "$(grep -rIl '@[A-Z]*@' "$to" || true)"

make_to uninstall
is "make uninstall leaves what others have installed" ./usr/local/bin/other "$(cd "$to" && find . -type f)"

make_to PREFIX=/opt/x install
is "PREFIX reaches the units" "PATH=/opt/x/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
	"$(sed -n 's/^Environment=\(PATH=.*\)/\1/p' "$to/opt/x/lib/systemd/system/xscan@.service")"
make_to PREFIX=/opt/x uninstall
is "make uninstall takes PREFIX too" "" "$(cd "$to/opt" && find . -type f)"

# Manual pages

for page in tools/dist/*.8; do
	name=$(basename "$page")
	command=${name%.8}
	command=${command#xscan}
	command=${command#-}
	if command -v man >/dev/null; then
		MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>"$tmp/warnings" >"$tmp/page" ||
			echo "man: status $?" >>"$tmp/warnings"
		same "$name has no warnings" /dev/null "$tmp/warnings"
	else
		echo "ok $name has no warnings # SKIP man is not installed"
	fi
	# It has no options of its own.
	[ "$command" != nightly ] || continue
	# shellcheck disable=SC2086 # a word or none
	listed_options $command | sed 's/=.*//' | sort >"$tmp/listed"
	sed 's/\\-/-/g' "$page" | grep -oE -- '--[a-z][a-z-]+' | sort -u | comm -13 - "$tmp/listed" >"$tmp/lacking"
	same "$name has all options of --help" /dev/null "$tmp/lacking"
	is "control: $name is about options" true "$([ -s "$tmp/listed" ] && echo true)"
done
