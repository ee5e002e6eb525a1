/* charts.js - open ports, round trips, hosts x ports. */
/* Ports */

function portList() {
	const all = new Map();
	for (const h of hosts)
		for (const [port, protocol, service] of h.ports) {
			const key = port + "/" + protocol;
			const e = all.get(key) || { key, port, protocol, service, n: 0 };
			e.n++;
			all.set(key, e);
		}
	return [...all.values()].sort((a, b) => b.n - a.n || a.port - b.port);
}
function link(text, filter) {
	const b = make("button", "link", text);
	b.type = "button";
	b.title = "Show these hosts in the table";
	b.addEventListener("click", () => filterBy(filter));
	return b;
}
function showPorts(list) {
	if (!list.length)
		return;
	by("ports").hidden = false;
	const body = make("tbody");
	for (const p of list.slice(0, 12)) {
		const svg = drawn("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
		svg.append(drawn("rect", { width: Math.max(.5, 100 * p.n / list[0].n), height: 10 }));
		body.append(make("tr", "", make("td", "number", link(p.key, p.key)), make("td", "", p.service || "unknown"),
			make("td", "", svg), make("td", "number", count(p.n))));
	}
	by("port-bars").append(make("table", "bars", make("caption", "hidden", "Open ports, by the number of hosts"), body));
	if (list.length > 12)
		by("port-bars").append(make("p", "muted small", "and " + plural(list.length - 12, "more port", "more ports") + " on fewer hosts"));
}

/* Round trips */

function showTrips() {
	const found = [];
	for (const h of hosts) {
		found.push(h.rtt);
		for (const p of h.ports)
			found.push(p[3]);
	}
	const all = Float64Array.from(found.filter((us) => us >= 0)).sort();
	if (!all.length)
		return;
	by("trips").hidden = false;
	const bucket = (us) => Math.floor(Math.log2(Math.max(1, us)));
	const first = bucket(all[0]), n = bucket(all[all.length - 1]) - first + 1, counts = Array(n).fill(0);
	for (const us of all)
		counts[bucket(us) - first]++;
	const most = Math.max(...counts), width = 480, height = 170, foot = 22, head = 16, w = width / Math.max(n, 6);
	const svg = drawn("svg", { class: "chart", viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": "Round trips, by powers of two of a microsecond" });
	svg.append(drawn("line", { x1: 0, x2: width, y1: height - foot, y2: height - foot }));
	counts.forEach((c, i) => {
		const h = c ? Math.max(1, (height - foot - head) * c / most) : 0;
		const bar = drawn("rect", { x: i * w + 1, y: height - foot - h, width: w - 2, height: h });
		bar.append(drawn("title", {}, time(2 ** (first + i)) + " to " + time(2 ** (first + i + 1)) + ": " + count(c)));
		svg.append(bar);
		if (c && n <= 12)
			svg.append(drawn("text", { x: i * w + w / 2, y: height - foot - h - 4, "text-anchor": "middle" }, count(c)));
		if (i % Math.ceil(n / 6) === 0 && i * w < width - 50)
			svg.append(drawn("text", { x: i * w + 1, y: height - 6 }, time(2 ** (first + i))));
	});
	by("trip-chart").append(svg);
	const at = (q) => all[Math.min(all.length - 1, Math.floor(q * all.length))];
	for (const [label, us] of [["median", at(.5)], ["90 %", at(.9)], ["99 %", at(.99)], ["longest", all[all.length - 1]]])
		by("trip-figures").append(make("div", "", make("dt", "", label), make("dd", "", time(us))));
}

/* Hosts x ports */

function network(h, len) {
	if (h.ip4 >= 0) {
		const size = 2 ** (32 - len);
		return text4(Math.floor(h.ip4 / size) * size) + "/" + len;
	}
	return groups6(h.ip).slice(0, 4).join(":").replace(/(:0)+$/, "") + "::/64";
}
function groupBy(list, key) {
	const groups = new Map();
	for (const h of list) {
		const k = key(h), group = groups.get(k);
		if (group)
			group.push(h);
		else
			groups.set(k, [h]);
	}
	return [...groups.values()];
}
/* Rows: hosts, or, if these are too many, the smallest networks that are few enough. */
function matrixRows(list) {
	if (list.length <= ROWS)
		return { title: "Hosts × ports", rows: list.map((h) => ({ name: addressOf(h), hosts: [h] })) };
	for (let len = 24; ; len -= 2) {
		const size = 2 ** (32 - len);
		const groups = groupBy(list, (h) => (h.ip4 >= 0 ? Math.floor(h.ip4 / size) : network(h, len)));
		if (groups.length <= ROWS || len <= 8)
			return { title: "Networks × ports", rows: groups.slice(0, 5 * ROWS).map((g) => ({ name: network(g[0], len), hosts: g })) };
	}
}
function showMatrix(all) {
	const list = hosts.filter((h) => h.ports.length);
	if (!list.length)
		return;
	const columns = all.slice(0, COLUMNS).sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
	const { title, rows } = matrixRows(list), single = rows.every((r) => r.hosts.length === 1);
	const head = make("tr", "", make("th", "", single ? "Host" : "Network"));
	for (const p of columns)
		head.append(make("th", "", String(p.port) + (p.protocol === "tcp" ? "" : "/" + p.protocol), make("small", "", p.service || "–")));
	const body = make("tbody");
	const place = new Map(columns.map((p, i) => [p.key, i]));
	const numbers = rows.map((r) => {
		const n = Array(columns.length).fill(0);
		for (const h of r.hosts)
			for (const [port, protocol] of h.ports)
				n[place.get(port + "/" + protocol)]++;
		return n.slice(0, columns.length);
	});
	const most = Math.max(...rows.map((r, i) => Math.max(...numbers[i]) / r.hosts.length));
	const row = (label, of, cells, total) => {
		const tr = make("tr", total ? "all" : "", make("th", total ? "" : "mono", label));
		tr.cells[0].scope = "row";
		for (const n of cells) {
			const level = total || !n ? 0 : Math.max(1, Math.ceil(3 * n / of.length / most));
			tr.append(make("td", total ? "" : "h" + level, n ? (single && !total ? "●" : count(n)) : "·"));
		}
		body.append(tr);
	};
	row("all hosts", list, columns.map((p) => p.n), true);
	rows.forEach((r, i) => row(link(r.name, r.name), r.hosts, numbers[i], false));
	by("matrix").hidden = false;
	by("matrix-title").textContent = title;
	by("matrix-table").append(make("thead", "", head), body);
	by("matrix-note").textContent = [
		all.length > COLUMNS ? "The " + COLUMNS + " most frequent of " + plural(all.length, "port") + "." : "",
		single ? "" : "A cell has the number of hosts with this port open; the darker, the larger their share."].filter(Boolean).join(" ");
}
