#!/bin/bash
# xscan report: a browser shows what the scans found, no more and no less, and runs nothing but the page's own
# script, whatever the results say.
# shellcheck source=tests/net/lib.sh
. "$(dirname "$0")/lib.sh"
need jq curl chromium chromedriver
# shellcheck source=tests/net/browser.sh
. tests/net/browser.sh
trap 'code=$?; browser_end; clean_up "$code"' EXIT

net=198.18.8.0/24
ports=1-40

scan_into() { # FILE
	scan -q --budget off --json "$1" -p "$ports" "$net"
	[ "$(head -n 1 "$1" | jq -r .type)" = start ] && return
	jq -nc --arg targets "$net" --arg ports "$ports" \
		'{type: "start", targets: [$targets], ports: {tcp: $ports}}' | cat - "$1" >"$1.new"
	mv "$1.new" "$1"
}
report() { # PAGE RESULT...
	scan report "${@:2}"
	mv "$tmp/out" "$1"
}
# The number of hosts in the results for which a condition of jq holds.
hosts_in() { # FILE CONDITION
	jq -s "[.[] | select(.type == \"host\" or .type == \"port\" and .state == \"open\")] |
		group_by(.ip) | map(select($2)) | length" "$1"
}
# Make the table show all rows, and count them.
rows() {
	js '(() => { const b = document.getElementById("more"); while (!b.hidden) b.click();
		return document.getElementById("host-table").tBodies[0].rows.length; })()'
}
filter() { # TEXT
	js "(() => { const f = document.getElementById('filter'); f.value = '$1';
		document.getElementById('only-open').dispatchEvent(new Event('change')); return 1; })()" >/dev/null
}

fleet_up --net "$net" --seed 1 --up 3/4
scan_into "$tmp/old"
fleet_up --net "$net" --seed 2 --up 3/4
scan_into "$tmp/new"
report "$tmp/page.html" "$tmp/old" "$tmp/new"
exits "the page is written" 0
scan diff --json "$tmp/old" "$tmp/new"
cp "$tmp/out" "$tmp/diff"

browser_begin 1280 900
visit "$tmp/page.html"
is "nobody complains" "" "$(complaints)"
is "nothing was loaded" 0 "$(js 'performance.getEntriesByType("resource").length')"
is "the title has the targets" "Network scan: $net" "$(js document.title)"
hosts=$(jq -s 'map(select(.type == "host")) | length' "$tmp/new")
open=$(jq -s 'map(select(.type == "port" and .state == "open")) | length' "$tmp/new")
is "hosts up and open ports" "$hosts/$open" \
	"$(js '[...document.querySelectorAll("#tiles dd")].slice(0, 2).map((e) => e.textContent).join("/")')"
is "the scan is called complete" "The scan is complete." "$(js 'document.querySelector("#verdict strong").textContent')"
is "the table has each host" "$hosts" "$(rows)"
js '[...document.querySelectorAll("#host-table tbody tr")].map((r) => r.cells[0].textContent + " " + r.cells[1].textContent).join("\n")' |
	sed 's/\\n/\n/g' >"$tmp/got"
json_hosts_of "$tmp/new" >"$tmp/truth"
same "with its MAC address" "$tmp/truth" "$tmp/got"
is "the table has each open port" "$open" "$(js 'document.querySelectorAll("#host-table .port").length')"

filter 22
is "filter: a port" "$(hosts_in "$tmp/new" 'any(.[]; .port == 22)')" "$(rows)"
filter 198.18.8.128/26
is "filter: a network" "$(hosts_in "$tmp/new" '.[0].ip | split(".")[3] | tonumber | . >= 128 and . < 192')" "$(rows)"
filter "ssh 198.18.8.1"
is "filter: two words, one an address" "$(hosts_in "$tmp/new" '.[0].ip == "198.18.8.1" and any(.[]; .service == "ssh")')" "$(rows)"
filter nothing-like-it
is "filter: nothing" 0 "$(rows)"
filter ""

js '[...document.querySelectorAll("#host-table th button")].find((b) => b.textContent === "Open ports").click()' >/dev/null
rows >/dev/null
is "sorted by the number of open ports" true "$(js '(() => {
	const n = [...document.querySelectorAll("#host-table tbody tr")].map((r) => r.querySelectorAll(".port").length);
	return n.length > 1 && n[0] > n[n.length - 1] && n.every((x, i) => !i || x <= n[i - 1]); })()')"
is "and the heading says so" descending "$(js 'document.querySelector("#host-table th[aria-sort]").getAttribute("aria-sort")')"

for kind in new gone; do
	is "changes: $kind" "$(jq -s --arg kind $kind 'map(select(.change == $kind)) | length' "$tmp/diff")" \
		"$(js "(() => { const b = document.querySelector('#change-lists button'); while (!b.hidden) b.click();
			return document.querySelectorAll('.change-$kind').length; })()")"
done
is "round trips: each one is in the chart" \
	"$(jq -s 'map(select((.type == "host" or .state == "open") and .rtt_us)) | length' "$tmp/new")" \
	"$(js '[...document.querySelectorAll(".chart title")].reduce((n, e) => n + +e.textContent.split(": ")[1].replace(",", ""), 0)')"
is "matrix: the row of all hosts" "$(jq -s '[.[] | select(.state == "open")] | group_by(.port) | map(length) | sort | reverse | .[:16] | add' "$tmp/new")" \
	"$(js '[...document.querySelectorAll("#matrix-table tr.all td")].reduce((n, e) => n + +e.textContent, 0)')"
is "ledger: all of it adds up" "4 0" \
	"$(js 'document.querySelectorAll("#sums table").length + " " + document.querySelectorAll("#sums .change-gone").length')"
# As many cells of the map are painted as there are hosts: all pixels of each shade, by the size of a cell.
is "map: a cell for each host" "$hosts" "$(js '(() => {
	const c = document.querySelector("canvas"), px = c.width / 16, style = getComputedStyle(document.documentElement);
	const seen = c.getContext("2d").getImageData(0, 0, c.width, c.width).data;
	const rgb = ["--cell-0", "--cell-1", "--cell-2", "--cell-3"].map((k) => parseInt(style.getPropertyValue(k).trim().slice(1), 16));
	let n = 0;
	for (let y = 0; y < 16; y++)
		for (let x = 0; x < 16; x++) {
			const i = 4 * ((y * px + px / 2) * c.width + x * px + px / 2);
			n += rgb.includes(seen[i] * 65536 + seen[i + 1] * 256 + seen[i + 2]);
		}
	return n; })()')"

# Light, dark, and as narrow as a phone.
scheme() { # SCHEME
	chromium_does Emulation.setEmulatedMedia "{\"features\": [{\"name\": \"prefers-color-scheme\", \"value\": \"$1\"}]}" >/dev/null
	js 'getComputedStyle(document.body).backgroundColor'
}
is "light" "rgb(255, 255, 255)" "$(scheme light)"
is "dark" "rgb(20, 23, 27)" "$(scheme dark)"
chromium_does Emulation.setDeviceMetricsOverride '{"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true}' >/dev/null
is "a phone: nothing is wider than the screen" true "$(js 'document.documentElement.scrollWidth <= 360')"
# The longest texts that results have, and the link's IPv6 prefix among the targets.
{
	echo '{"type":"start","targets":["198.18.0.2-198.18.0.254","fe80::/64"],"ports":{"udp":"53"}}'
	jq -nc '{type: "host", ip: "fe80::5054:5eff:fe12:3456", zone: "enp130s0f1np1", name: (["a" * 63, "b" * 63, "c" * 63, "d" * 61] | join(".")),
		mac: "52:54:00:12:34:56", vendor: "A maker of network devices with a long name", how: "unknown-option"}'
	jq -nc '{type: "port", ip: "fe80::5054:5eff:fe12:3456", zone: "enp130s0f1np1", protocol: "udp", port: 53, state: "open", service: "domain",
		info: ("w" * 127), doubtful: "random ports answer too"}'
} >"$tmp/long"
report "$tmp/long.html" "$tmp/long"
visit "$tmp/long.html"
is "a phone: the longest texts are not wider either" true "$(js 'document.documentElement.scrollWidth <= 360')"
is "control: they are shown" "1 1" "$(js 'document.querySelector("#host-table").textContent.split("w".repeat(127)).length - 1 + " " +
	(document.querySelector("#host-table").textContent.split("d".repeat(61)).length - 1)')"
chromium_does Emulation.clearDeviceMetricsOverride '{}' >/dev/null
visit "$tmp/long.html"
is "the longest texts fit a screen of 1,280" true "$(js 'document.documentElement.scrollWidth <= 1280')"
is "a link that was searched: no number of addresses" "hosts up" "$(js 'document.querySelector("#tiles dt").textContent')"
visit "$tmp/page.html"
is "control: a network has a number of addresses" "hosts up, of 256" "$(js 'document.querySelector("#tiles dt").textContent')"

# Hostile results. The control shows that the browser would run them.
evil='</script><script>window.hit=1</script><img src=x onerror=window.hit=1>'
jq -c --arg evil "$evil" 'if .type == "host" then .vendor = $evil else . end | if .type == "port" then .service = $evil else . end |
	if .type == "start" then .ports.udp = $evil | .targets += [$evil] else . end' "$tmp/new" >"$tmp/evil"
report "$tmp/evil.html" "$tmp/old" "$tmp/evil"
visit "$tmp/evil.html"
is "hostile results: nothing of them runs" null "$(js 'window.hit')"
is "hostile results: nobody complains" "" "$(complaints)"
is "hostile results: shown as they are" "$evil" \
	"$(js 'document.querySelector("#host-table td[data-label=Vendor]").textContent')"
is "hostile results: no element of theirs" 0 "$(js 'document.images.length')"
sed 's|^<script>$|<script>window.hit=1;</script><script>|' "$tmp/page.html" >"$tmp/changed.html"
visit "$tmp/changed.html"
is "the policy lets no other script run" null "$(js 'window.hit')"
is "control: the browser says that it refused a script" true "$(complaints | grep -q 'Content Security Policy' && echo true)"
grep -v Content-Security-Policy "$tmp/changed.html" >"$tmp/free.html"
visit "$tmp/free.html"
is "control: without the policy it runs" 1 "$(js 'window.hit')"

# A large network, and one of IPv6.
awk 'BEGIN {
	print "{\"type\":\"start\",\"targets\":[\"198.18.0.0/16\"],\"ports\":{\"tcp\":\"1-100\"}}"
	for (i = 0; i < 65536; i++) {
		ip = "198.18." int(i / 256) "." i % 256
		printf "{\"type\":\"host\",\"ip\":\"%s\",\"mac\":\"02:00:00:00:%02x:%02x\",\"vendor\":\"Maker\",\"how\":\"arp\",\"rtt_us\":%d}\n", ip, int(i / 256), i % 256, i % 1000 + 1
		if (i % 2)
			printf "{\"type\":\"port\",\"ip\":\"%s\",\"protocol\":\"tcp\",\"port\":%d,\"service\":\"x\",\"state\":\"open\",\"rtt_us\":80}\n", ip, i % 100 + 1
	}
	print "{\"type\":\"summary\",\"hosts_up\":65536,\"open\":32768,\"coverage\":1.0,\"elapsed_s\":9,\"complete\":true}"
}' >"$tmp/large"
report "$tmp/large.html" "$tmp/large"
# The processor time of the page is the same on a busy machine; the time until it is loaded is not.
chromium_does Performance.enable '{"timeDomain": "threadTicks"}' >/dev/null
visit "$tmp/large.html"
echo "# 65,536 hosts: $(wc -c <"$tmp/large.html") bytes, loaded in $(js 'Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd)') ms," \
	"$(chromium_does Performance.getMetrics '{}' | jq '.value.metrics[] | select(.name == "TaskDuration").value * 1000 | round') ms of them at work"
chromium_does Performance.disable '{}' >/dev/null
is "65,536 hosts: the page has a row for the first ones alone" 100 "$(js 'document.querySelectorAll("#host-table tbody tr").length')"
is "65,536 hosts: it has few elements" true "$(js 'document.querySelectorAll("*").length < 5000')"
is "65,536 hosts: counted" "65,536 hosts" "$(js 'document.getElementById("count").textContent')"
filter "198.18.77.5 6"
is "65,536 hosts: the one that is wanted" "$(((77 * 256 + 5) % 100 + 1 == 6 ? 1 : 0))" "$(rows)"
filter 198.18.77.5
is "65,536 hosts: found by its address" "1 of 65,536 hosts" "$(js 'document.getElementById("count").textContent')"
{
	echo '{"type":"host","ip":"2001:db8::7","name":"seven.example","how":"nd"}'
	echo '{"type":"port","ip":"2001:db8::7","protocol":"udp","port":53,"state":"open","service":"domain"}'
	echo '{"type":"port","ip":"fe80::1","zone":"eth0","protocol":"tcp","port":22,"state":"closed"}'
} >"$tmp/six"
report "$tmp/six.html" "$tmp/six"
visit "$tmp/six.html"
is "IPv6: the addresses" "2001:db8::7,fe80::1%eth0" \
	"$(js '[...document.querySelectorAll("#host-table tbody tr")].map((r) => r.cells[0].textContent).join()')"
is "names: a column" "seven.example," \
	"$(js '[...document.querySelectorAll("#host-table td[data-label=Name]")].map((d) => d.textContent).join()')"
filter seven.exa
is "names: the filter finds them" 1 "$(rows)"
filter ""
sed 's/seven/eight/; /fe80/d' "$tmp/six" >"$tmp/eight"
report "$tmp/eight.html" "$tmp/six" "$tmp/eight"
visit "$tmp/eight.html"
is "names: a change is told" "seven.example → eight.example" \
	"$(js 'document.querySelector(".changes td[data-label=Detail]").textContent')"
visit "$tmp/six.html"
is "no summary: the scan is called incomplete" "The scan is incomplete." "$(js 'document.querySelector("#verdict strong").textContent')"
is "no summary: no ledger" true "$(js 'document.getElementById("ledger").hidden')"
is "at the end nobody complains" "" "$(complaints)"
browser_end

# Trouble.
scan report
exits "no file: status 2" 2
scan report "$tmp/none"
exits "a file that is not there: status 1" 1
is "a file that is not there: nothing is printed" 0 "$(wc -c <"$tmp/out")"
scan report "$tmp/new" "$tmp/page.html"
exits "another format: status 1" 1
is "another format: one line, and nothing is printed" "1 0" "$(grep -c '/page.html:1: no record' "$tmp/err") $(wc -c <"$tmp/out")"
status=0
lab exec scanner "$BUILD/xscan" report "$tmp/new" >/dev/full 2>"$tmp/err" || status=$?
exits "a full disk: status 1" 1
is "a full disk: told" "xscan: standard output: cannot write: No space left on device" "$(cat "$tmp/err")"

cp "$tmp/new" "$tmp/both"
for result in "$tmp/both" -; do
	status=0
	lab exec scanner "$BUILD/xscan" report "$tmp/old" "$result" <"$tmp/both" >>"$tmp/both" 2>"$tmp/err" || status=$?
	exits "the output is read as $result: status 1" 1
	is "the output is read as $result: told" "xscan: standard output: is read by report: write to another file" \
		"$(cat "$tmp/err")"
	same "the output is read as $result: the file stays as it was" "$tmp/new" "$tmp/both"
done
