# shellcheck shell=bash disable=SC2034,SC2154
# Row W of tools/bench: what scanners say of the UDP ports of many Linux hosts. The hosts tell of six closed ports
# at once, then of one a second (or what this kernel does): most ports stay silent.

# Three ports of each host are open: "address port".
stacks_open() {
	local i
	for ((i = 0; i < ${STACKS:-256}; i++)); do
		printf '198.19.1.%s %s\n' "$i" $((1 + i % 33)) "$i" $((34 + 7 * i % 33)) "$i" $((67 + 13 * i % 34))
	done
}

# One process serves them all: a datagram comes back, as from the echo service (RFC 862).
stacks_serve() {
	cat >"$tmp/echo.py" <<-'END'
		import ctypes, os, select, socket, sys
		lab, libc = sys.argv[1], ctypes.CDLL(None, use_errno=True)
		poll, sockets = select.epoll(), {}
		for line in sys.stdin:
		    address, port = line.split()
		    ns = os.open("/run/netns/%s-h%s" % (lab, address.split(".")[3]), os.O_RDONLY)
		    if libc.setns(ns, 0x40000000):
		        raise OSError(ctypes.get_errno(), "setns")
		    os.close(ns)
		    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		    s.bind((address, int(port)))
		    sockets[s.fileno()] = s
		    poll.register(s, select.EPOLLIN)
		print("ready", flush=True)
		while True:
		    for fd, _ in poll.poll():
		        data, peer = sockets[fd].recvfrom(2048)
		        sockets[fd].sendto(data, peer)
	END
	ulimit -n 4096
	setsid python3 "$tmp/echo.py" "$LAB" <"$tmp/open" >"$tmp/echo" 2>&1 &
	disown
	until grep -qx ready "$tmp/echo"; do
		kill -0 $! || die "the echo services do not run: $(tail -n 1 "$tmp/echo")"
		sleep 0.1
	done
}

# A line of the table. Each file has lines "address port".
stacks_line() { # NAME OPEN CLOSED SURE: said to be open, to be closed, and silent but closed with closed_p >= 0.99
	local name=$1 file
	shift
	for file; do
		sort -o "$file" "$file"
	done
	awk -v OFS='\t' -v name="$name" -v wall="$(cut -d ' ' -f 1 "$tmp/cost")" -v all="$(wc -l <"$tmp/open")" \
		-v open="$1" -v closed="$2" -v sure="$3" '
		FILENAME == ARGV[1] { truth[$0] = 1; next }
		FILENAME == open { found += $0 in truth; wrong += !($0 in truth) }
		FILENAME == closed { n_closed++; no_closed += $0 in truth }
		FILENAME == sure { n_sure++; no_sure += $0 in truth }
		END {
			print name, sprintf("%.1f", wall), sprintf("%d of %d", found, all), wrong + 0, n_closed + 0, no_closed + 0,
				n_sure + 0, no_sure + 0
		}' "$tmp/open" "$@" >>"$tmp/results"
}

stacks_xscan() { # OPTION...
	local name="xscan${*:+ $*}"
	measured "$name" "$BUILD/xscan" --json "$tmp/json" -q "$@" -u 1-100 "198.19.1.0-$((hosts - 1))" || return 0
	jq -r 'select(.type == "port" and .state == "open") | "\(.ip) \(.port)"' "$tmp/json" >"$tmp/said-open"
	jq -r 'select(.type == "port" and .state == "closed") | "\(.ip) \(.port)"' "$tmp/json" >"$tmp/said-closed"
	jq -r 'select(.type == "port" and .state == "unanswered" and .closed_p != null and .closed_p >= 0.99) |
		"\(.ip) \(.port)"' "$tmp/json" >"$tmp/sure"
	stacks_line "$name" "$tmp/said-open" "$tmp/said-closed" "$tmp/sure"
}

stacks_masscan() {
	local counted=1
	have masscan || return 0
	awake router
	measured masscan masscan -e eth0 --adapter-ip 198.18.0.1 --adapter-mac "$scanner_mac" \
		--router-mac 52:54:00:12:00:03 --rate 10000 --wait 3 -oL "$tmp/list" -p U:1-100 "198.19.1.0-198.19.1.$((hosts - 1))" ||
		counted=0
	kill "$waker" 2>/dev/null || true
	wait "$waker" || true
	[ "$counted" = 1 ] || return 0
	awk '$1 == "open" { print $4, $3 }' "$tmp/list" >"$tmp/said-open"
	awk '$1 == "closed" { print $4, $3 }' "$tmp/list" >"$tmp/said-closed"
	stacks_line masscan "$tmp/said-open" "$tmp/said-closed" "$tmp/none"
}

row_W() {
	local hosts=${STACKS:-256}
	begin "W. 100 UDP ports of $hosts Linux hosts with the kernel's own limits, 3 open each"
	tools/lab down
	tools/lab stacks-up "$hosts"
	stacks_open | sort >"$tmp/open"
	stacks_serve
	run_seconds=600
	round=1
	: >"$tmp/none"
	stacks_xscan
	sleep 6
	stacks_xscan --all --retries 1
	sleep 6
	stacks_xscan --all
	sleep 6
	stacks_masscan
	sleep 6
	if have nmap && measured "nmap -sU" nmap -sU -n -Pn -v -p 1-100 -oX "$tmp/nmap" "198.19.1.0-$((hosts - 1))"; then
		stacks_nmap open >"$tmp/said-open"
		stacks_nmap closed >"$tmp/said-closed"
		stacks_line "nmap -sU" "$tmp/said-open" "$tmp/said-closed" "$tmp/none"
	fi
	{
		printf '\twall, s\topen ports found\tsaid open, not open\tsaid closed'
		printf '\tof them open\tsilent, closed_p >= 0.99\tof them open\n'
		cat "$tmp/results"
	} | markdown
	end
}
# "address port" of the ports in a state; a state that most ports of a host have is summed up.
stacks_nmap() { # STATE
	python3 - "$tmp/nmap" "$1" <<-'END'
		import sys, xml.etree.ElementTree as tree
		for host in tree.parse(sys.argv[1]).getroot().iter("host"):
		    address = host.find("address").get("addr")
		    for port in host.iter("port"):
		        if port.find("state").get("state") == sys.argv[2]:
		            print(address, port.get("portid"))
		    for more in host.iter("extraports"):
		        if more.get("state") != sys.argv[2]:
		            continue
		        for reasons in more.iter("extrareasons"):
		            for part in reasons.get("ports").split(","):
		                first, _, last = part.partition("-")
		                for port in range(int(first), int(last or first) + 1):
		                    print(address, port)
	END
}
