#!/bin/bash
# The package in a small Debian whose systemd is booted, in a container in the lab's network: the timer, once
# enabled, scans the real hosts, with few rights; the night after it tells what has changed; and both go with
# the package. This needs root.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/../net/lib.sh"
# shellcheck source=tests/dist/tree.sh
. tests/dist/tree.sh
need systemd-nspawn
tree_up
in_container=(systemd-nspawn -q -D "$tree" --machine="$LAB" --register=no --keep-unit)
"${in_container[@]}" --private-network --console=pipe /bin/true >"$tmp/why" 2>&1 </dev/null || {
	sed 's/^/# /' "$tmp/why"
	no_tree "systemd-nspawn starts no container here"
}

# Boot, run the script /test/night as a service, and power off. What it prints is in $tmp/found. Where /run is on
# a disk, systemd-nspawn leaves a folder.
boot() {
	: >"$tree/test/found"
	"${in_container[@]}" -b --network-namespace-path="/run/netns/$LAB" --console=read-only \
		--capability=CAP_NET_ADMIN,CAP_BPF,CAP_PERFMON --system-call-filter=bpf \
		>"$tmp/console" 2>&1 </dev/null &
	pid=$! # for `finish`
	finish 180
	rm -rf "/run/systemd/nspawn/propagate/$LAB"
	cp "$tree/test/found" "$tmp/found"
	[ "$(tail -n 1 "$tmp/found")" = end ] || {
		echo "the night broke off"
		tail -n 20 "$tree/test/err" "$tmp/console"
	} >>"$tmp/found"
}
cat >"$tree/etc/systemd/system/night.service" <<-'END'
	[Unit]
	SuccessAction=poweroff-force
	FailureAction=poweroff-force
	[Service]
	Type=oneshot
	ExecStart=/bin/sh /test/night
	StandardOutput=append:/test/found
	StandardError=append:/test/err
END
mkdir -p "$tree/etc/systemd/system/multi-user.target.wants"
ln -s ../night.service "$tree/etc/systemd/system/multi-user.target.wants/night.service"
cat >"$tree/test/lib" <<-'END'
	set -eu
	export DEBIAN_FRONTEND=noninteractive LC_ALL=C
	service() { # PROPERTY
		systemctl show -P "$1" xscan@eth0.service
	}
	until_true() { # COMMAND
		for try in $(seq 1200); do
			! "$@" || return 0
			sleep 0.05
		done
		echo "never true: $*"
		exit 1
	}
	runs() { # systemd has set all up, and the program has begun
		grep -qs '^NoNewPrivs:.1' "/proc/$(service MainPID)/status"
	}
	has_run() {
		[ "$(service ActiveState)" != activating ] && [ "$(service ExecMainExitTimestampMonotonic)" != 0 ]
	}
	is_scanning() {
		[ -s /var/lib/xscan/eth0.new.json ]
	}
END

# The first night. Drop-ins say that the timer waits only a second, and what is scanned.
cat >"$tree/test/night" <<-'END'
	. /test/lib
	dpkg -i /test/first.deb >&2
	echo "installed: $(systemctl is-enabled xscan@eth0.timer || true) $(systemctl is-active xscan@eth0.timer || true)"
	systemctl enable --now xscan@eth0.timer >&2
	echo "next:$(systemctl show -P NextElapseUSecRealtime xscan@eth0.timer | grep -oE ' 0[23]:')"
	systemctl stop xscan@eth0.timer
	mkdir -p /etc/systemd/system/xscan@eth0.timer.d /etc/systemd/system/xscan@eth0.service.d
	printf '[Timer]\nOnCalendar=\nOnActiveSec=1\nRandomizedDelaySec=0\nAccuracySec=1ms\n' \
		>/etc/systemd/system/xscan@eth0.timer.d/soon.conf
	printf '[Service]\nEnvironment="XSCAN_OPTIONS=-4 --budget off --rate 2000 --tcp 1-1024,6379,8080"\n' \
		>/etc/systemd/system/xscan@eth0.service.d/options.conf
	systemctl daemon-reload
	echo "not yet: $(service ExecMainStartTimestampMonotonic)"
	systemctl start xscan@eth0.timer
	until_true runs
	grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' "/proc/$(service MainPID)/status" >/test/status
	until_true has_run
	echo "result: $(service Result) $(service ExecMainStatus)"
	ls /var/lib/xscan/
	stat -L -c '%a %U' /var/lib/xscan /var/lib/xscan/eth0.json >/test/modes
	cp /var/lib/xscan/eth0.json /test/first.json
	echo end
END
lab up
boot
cat >"$tmp/expected" <<-END
	installed: disabled inactive
	next: 02:
	not yet: 0
	result: success 0
	eth0.json
	eth0.lock
	end
END
sed -i 's/^next: 03:/next: 02:/' "$tmp/found" # up to an hour later
same "the timer, enabled, starts a scan that succeeds" "$tmp/expected" "$tmp/found"
json_ports_of open "$tree/test/first.json" >"$tmp/open"
printf '198.18.0.%s\n' '10 80' '10 8080' '20 22' '30 6379' '40 53' '50 80' '60 80' '60 8080' >"$tmp/expected"
same "it finds what is there" "$tmp/expected" "$tmp/open"
# 0xc000003000: BPF, PERFMON, NET_RAW, NET_ADMIN. systemd keeps 61184 to 65519 for users that last a run.
is "it has four capabilities, and can gain none" "CapBnd 000000c000003000 CapEff 000000c000003000 NoNewPrivs 1 Seccomp 2" \
	"$(awk '!/^Uid/ { sub(":", "", $1); print $1, $2 }' "$tree/test/status" | sort | paste -sd ' ')"
is "it has a user of its own" true \
	"$(awk '/^Uid/ { print ($2 >= 61184 && $2 <= 65519 && $2 == $3 && $3 == $4 ? "true" : $0) }' "$tree/test/status")"
is "nobody else reads the results" "700 600" "$(cut -d ' ' -f 1 "$tree/test/modes" | paste -sd ' ')"

# The next night, after a boot: a port is gone. Then a scan is stopped, and the package leaves.
lab exec web nft -f - <<-'END'
	table ip gone {
		chain input {
			type filter hook input priority 0; policy accept;
			tcp dport 8080 drop
		}
	}
END
cat >"$tree/test/night" <<-'END'
	. /test/lib
	until_true has_run
	echo "result: $(service Result) $(service ExecMainStatus)"
	cut -f 1-4 /var/lib/xscan/eth0.diff
	journalctl -q -b -o cat -u xscan@eth0.service >/test/journal
	cp /var/lib/xscan/eth0.diff /test/eth0.diff
	cp /var/lib/xscan/eth0.json /test/before.json
	printf '[Service]\nEnvironment="XSCAN_OPTIONS=-4 --budget off --rate 100 --tcp 1-1024"\n' \
		>/etc/systemd/system/xscan@eth0.service.d/options.conf
	systemctl daemon-reload
	systemctl start --no-block xscan@eth0.service
	until_true is_scanning
	systemctl stop xscan@eth0.service
	echo "stopped: $(service ActiveState) $(cmp /test/before.json /var/lib/xscan/eth0.json && echo kept)"
	dpkg -r xscan >&2
	echo "removed: $(systemctl is-active xscan@eth0.timer || true)"
	dpkg -P xscan >&2
	echo "purged: $(ls -d /var/lib/xscan /var/lib/private/xscan 2>/dev/null || echo nothing left)"
	echo end
END
boot
cat >"$tmp/expected" <<-END
	result: success 0
	gone	port	198.18.0.10	8080/tcp
	stopped: failed kept
	removed: inactive
	purged: nothing left
	end
END
same "after a boot, the timer starts the next scan, which tells the port that is gone" "$tmp/expected" "$tmp/found"
is "the journal tells it, too" 1 "$(grep -cxF "$(cat "$tree/test/eth0.diff")" "$tree/test/journal")"
