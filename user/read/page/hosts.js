/* hosts.js - the table of hosts: filter, sort, print. */
const columns = [
	{ label: "Address", key: (h) => h.order, cell: (h) => make("td", "address mono first", addressOf(h)) },
	{ label: "Name", has: (h) => h.name, key: (h) => h.name, cell: (h) => make("td", "text", h.name) },
	{ label: "MAC address", has: (h) => h.macs, key: (h) => h.macs, cell: (h) => make("td", "mono", h.macs) },
	{ label: "Vendor", has: (h) => h.vendor, key: (h) => h.vendor, cell: (h) => make("td", "text", h.vendor) },
	{ label: "Found by", has: (h) => h.how, key: (h) => h.how, cell: (h) => make("td", "", h.how) },
	{ label: "Round trip", has: (h) => h.rtt >= 0, number: true, key: (h) => h.rtt, cell: (h) => make("td", "number", h.rtt >= 0 ? time(h.rtt) : "") },
	{ label: "Open ports", has: (h) => h.ports.length, key: (h) => h.ports.length, down: true, cell: portsCell },
	{ label: "Closed", has: (h) => h.closed, number: true, down: true, key: (h) => h.closed, cell: (h) => make("td", "number", h.closed ? count(h.closed) : "") },
	{ label: "Filtered", has: (h) => h.filtered, number: true, down: true, key: (h) => h.filtered, cell: (h) => make("td", "number", h.filtered ? count(h.filtered) : "") },
	{ label: "Unanswered", has: (h) => h.unanswered, number: true, down: true, key: (h) => h.unanswered, cell: (h) => make("td", "number", h.unanswered ? count(h.unanswered) : "") },
].filter((c) => !c.has || hosts.some(c.has));
let sorted = { column: columns[0], sign: 1 }, chosen = hosts, shownRows = 0;

function portsCell(h) {
	const box = make("div");
	for (const [port, protocol, service, , doubtful, info] of h.ports)
		box.append(make("span", "port", make("b", "", String(port)), (protocol === "tcp" ? "" : "/" + protocol) + " ", make("span", "", (service || "") + (info ? " (" + info + ")" : "") + (doubtful ? " (doubtful: " + doubtful + ")" : ""))));
	return make("td", "text", h.ports.length ? box : null);
}
function hostRow(h) {
	const tr = make("tr");
	for (const c of columns) {
		const td = c.cell(h);
		td.dataset.label = c.label;
		tr.append(td);
	}
	return tr;
}
function showRows(n) {
	const body = by("host-table").tBodies[0];
	body.append(...chosen.slice(shownRows, shownRows + n).map(hostRow));
	shownRows = Math.min(shownRows + n, chosen.length);
	by("more").hidden = shownRows === chosen.length;
	by("more").textContent = "Show more (" + count(chosen.length - shownRows) + " left)";
	by("count").textContent = chosen.length === hosts.length ? plural(hosts.length, "host") : count(chosen.length) + " of " + plural(hosts.length, "host");
}
/* What one word of the filter wants: a prefix, a port, or a part of any text. */
function wants(word) {
	let m = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(word);
	if (m && number4(m[1]) >= 0 && m[2] <= 32) {
		const size = 2 ** (32 - m[2]), block = Math.floor(number4(m[1]) / size);
		return (h) => h.ip4 >= 0 && Math.floor(h.ip4 / size) === block;
	}
	if (number4(word) >= 0)
		return (h) => h.ip === word;
	if (/^[0-9a-f:]+::\/64$/.test(word))
		return (h) => h.ip4 < 0 && network(h, 24) === word;
	m = /^(\d+)(?:\/([a-z]+))?$/.exec(word);
	if (m)
		return (h) => h.ports.some((p) => p[0] === +m[1] && (!m[2] || p[1] === m[2]));
	return (h) => (h.text = h.text || ([addressOf(h), h.name, h.macs, h.vendor, h.how].join(" ") + " " +
		h.ports.map((p) => (p[2] || "") + " " + (p[5] || "")).join(" ")).toLowerCase()).includes(word);
}
function choose() {
	const tests = by("filter").value.toLowerCase().split(/\s+/).filter(Boolean).map(wants);
	if (by("only-open").checked)
		tests.push((h) => h.ports.length > 0);
	const { column, sign } = sorted, key = column.key;
	chosen = hosts.filter((h) => tests.every((test) => test(h)));
	chosen.sort((a, b) => {
		const x = key(a), y = key(b);
		return x === y ? a.order - b.order : x < y ? -sign : sign;
	});
	by("host-table").tBodies[0].replaceChildren();
	shownRows = 0;
	showRows(FIRST);
}
function filterBy(text) {
	by("filter").value = text;
	by("only-open").checked = false;
	choose();
	by("hosts").scrollIntoView();
	by("filter").focus({ preventScroll: true });
}
function sortBy(column) {
	const sign = sorted.column === column ? -sorted.sign : column.down ? -1 : 1;
	sorted = { column, sign };
	[...by("host-table").tHead.rows[0].cells].forEach((th, i) => {
		if (columns[i] === column)
			th.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
		else
			th.removeAttribute("aria-sort");
	});
	choose();
}
function showHosts() {
	const head = by("host-table").tHead.rows[0];
	by("host-table").className = "list";
	for (const c of columns) {
		const b = make("button", "", c.label), th = make("th", c.number ? "number" : "", b);
		b.type = "button";
		th.scope = "col";
		b.addEventListener("click", () => sortBy(c));
		head.append(th);
	}
	head.cells[0].setAttribute("aria-sort", "ascending");
	let timer;
	by("filter").addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(choose, 60);
	});
	by("only-open").addEventListener("change", choose);
	by("controls").addEventListener("submit", (e) => e.preventDefault());
	by("more").addEventListener("click", () => showRows(STEP));
	addEventListener("beforeprint", () => {
		if (shownRows < PRINTED)
			showRows(PRINTED - shownRows);
		by("print-note").textContent = shownRows < chosen.length ? "This table ends after " + count(shownRows) + " of " + plural(chosen.length, "host") + "." : "";
	});
	addEventListener("afterprint", () => { by("print-note").textContent = ""; });
	showRows(FIRST);
}
