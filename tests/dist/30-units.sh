#!/bin/bash
# The units of systemd are right and have few rights. What they start keeps results, writes differences, and
# loses nothing when a scan breaks off. A program that prints a prepared result stands for the scan.
# shellcheck source=tests/dist/lib.sh
. "$(dirname "$0")/lib.sh"

nightly=$PWD/tools/dist/xscan-nightly.sh
mkdir "$tmp/bin" "$tmp/state"
export STATE_DIRECTORY=$tmp/state TEST=$tmp
PATH=$tmp/bin:$PATH

# `xscan diff` is the real one.
cat >"$tmp/bin/xscan" <<-'END'
	#!/bin/sh
	[ "$1" != diff ] || exec "$BUILD/xscan" "$@"
	printf '%s\n' "$@" >"$TEST/arguments"
	cat "$TEST/result" || exit 1
	exit "$(cat "$TEST/status")"
END
chmod +x "$tmp/bin/xscan"

result() { # STATUS PORT...: what the next scan finds of one host
	local port
	echo "$1" >"$tmp/status"
	{
		echo '{"type":"start","time":"2026-01-01T00:00:00.000000Z","version":"x","arguments":["xscan"],' \
			'"targets":["198.18.0.10"],"ports":{"tcp":"1-100"},"seed":1}'
		for port in "${@:2}"; do
			echo '{"type":"port","time":"2026-01-01T00:00:00.000000Z","ip":"198.18.0.10",' \
				"\"protocol\":\"tcp\",\"port\":$port,\"state\":\"open\",\"reason\":\"syn-ack\"}"
		done
	} >"$tmp/result"
}
nightly() { # ARGUMENT...
	status=0
	"$nightly" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
}
kept() {
	(cd "$tmp/state" && echo *)
}

result 0 22
nightly eth9 --tcp '*' 198.18.0.10
is "a first scan succeeds" 0 "$status"
is "it is the one that was asked for" "--iface eth9 --tcp * 198.18.0.10 --json -" "$(paste -sd' ' "$tmp/arguments")"
is "it is kept" "eth9.json eth9.lock" "$(kept)"
result 0 22 80
nightly eth9
is "differences are no failure" 0 "$status"
is "they are printed" "new port 198.18.0.10 80/tcp" "$(cut -f 1-4 "$tmp/out" | tr '\t' ' ')"
same "they are kept" "$tmp/out" "$tmp/state/eth9.diff"
same "the result is kept" "$tmp/result" "$tmp/state/eth9.json"
is "the one before, too" "eth9.before.json eth9.diff eth9.json eth9.lock" "$(kept)"

cp -r "$tmp/state" "$tmp/before"
for code in 1 2 130; do
	result "$code"
	nightly eth9
	is "a scan that ends with $code is a failure" "$code" "$status"
	is "and changes nothing" "" "$(diff -r "$tmp/before" "$tmp/state" 2>&1)"
done
# A scan that waits for its result, when systemd ends the service.
rm "$tmp/result" "$tmp/arguments"
mkfifo "$tmp/result"
setsid "$nightly" eth9 >"$tmp/out" 2>&1 &
until [ -s "$tmp/arguments" ] || ! kill -0 $! 2>/dev/null; do sleep 0.02; done
kill -TERM -- -$!
status=0
wait $! || status=$?
is "a scan that is ended is a failure" true "$([ "$status" -ge 128 ] && echo true || echo "$status")"
is "and changes nothing" "" "$(diff -r "$tmp/before" "$tmp/state" 2>&1)"
rm "$tmp/result"
result 3 22 80 81
nightly eth9
is "a scan with answers missing counts" "0 new" "$status $(cut -f 1 "$tmp/out")"

echo nonsense >"$tmp/state/eth9.json"
nightly eth9
is "a result that cannot be read is a failure" 2 "$status"
nightly eth9
is "but only of one night" 0 "$status"

exec 8>"$tmp/state/eth9.lock"
flock 8
nightly eth9
is "a second scan of one interface is refused" "1 xscan-nightly: another scan of eth9 is running" "$status $(cat "$tmp/err")"
exec 8>&-
nightly ../eth9
is "an interface is no path" 1 "$status"
nightly
is "an interface is needed" 1 "$status"
STATE_DIRECTORY='' nightly eth9
is "a folder is needed" 1 "$status"
if [ -w /dev/full ]; then
	cp -r "$tmp/state" "$tmp/full"
	ln -s /dev/full "$tmp/full/eth9.new.json"
	STATE_DIRECTORY=$tmp/full nightly eth9
	is "a full disk is a failure" true "$([ "$status" != 0 ] && echo true)"
	same "and changes nothing" "$tmp/state/eth9.json" "$tmp/full/eth9.json"
fi

# systemd reads the units as installed. `verify` wants to see the programs that they start.
need systemd-analyze
plain_make BUILD="$BUILD" -o "$BUILD/xscan" DESTDIR="$tmp/root" PREFIX=/usr install >"$tmp/log" 2>&1 || sed 's/^/# /' "$tmp/log"
units=$tmp/root/usr/lib/systemd/system
sed -i "s,/usr/libexec/,$tmp/root/usr/libexec/," "$units/xscan@.service"
cp "$units/xscan@.service" "$units/xscan@eth9.service"
cp "$units/xscan@.timer" "$units/xscan@eth9.timer"
SYSTEMD_UNIT_PATH=$units: systemd-analyze verify --man=no --recursive-errors=no \
	"$units/xscan@eth9.service" "$units/xscan@eth9.timer" >"$tmp/found" 2>&1 || echo "status $?" >>"$tmp/found"
same "systemd takes the units" /dev/null "$tmp/found"
# From 0 to 10, here in tenths: a unit without any limits has 9.6.
exposure=$(systemd-analyze security --offline=yes --no-pager "$units/xscan@eth9.service" |
	sed -n 's/.*Overall exposure .*: \([0-9]*\)\.\([0-9]\) .*/\1\2/p')
is "the service has few rights" true "$([ "$exposure" -le 25 ] && echo true || echo "$exposure")"
is "it has the capabilities that xscan names" "CAP_BPF CAP_NET_ADMIN CAP_NET_RAW CAP_PERFMON" \
	"$(sed -n 's/^CapabilityBoundingSet=//p' "$units/xscan@.service" | tr ' ' '\n' | sort | paste -sd' ')"
