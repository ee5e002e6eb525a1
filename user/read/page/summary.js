/* summary.js - the head of the page, the verdict, the figures, and what has changed. */
function showHeader() {
	const title = targetsOf(last) || plural(up.length, "host");
	by("title").textContent = title;
	document.title = "Network scan: " + title;
	by("when").textContent = date(last.first) + (last.elapsed_s ? ", " + duration(last.elapsed_s) : "");
}

function showVerdict() {
	const p = by("verdict");
	let head, rest;
	if (!last.complete) {
		p.classList.add("bad");
		head = "The scan is incomplete.";
		rest = "It was interrupted or broke off: a host or port that is not here may be there.";
	} else if (last.coverage === null) {
		p.classList.add("warn");
		head = "The scan has ended; its coverage is unknown.";
		rest = "Silence may mean that there is no answer, or that answers were lost.";
	} else if (!last.whole) {
		p.classList.add("warn");
		head = "The scan has ended; answers may be missing.";
		rest = "About " + percent(last.coverage) + " of the possible answers came" +
			(last.coverage_low === null ? "." : ", at least " + percent(last.coverage_low) + " with 95\u00a0% probability.");
	} else {
		head = "The scan is complete.";
		rest = "No loss of answers is known" +
			(last.coverage_low === null ? "." : "; with 95\u00a0% probability at least " + percent(last.coverage_low) + " of the answers came.");
	}
	p.append(make("strong", "", head), " " + rest);
}

function tile(label, value) {
	by("tiles").append(make("div", "", make("dt", "", label), make("dd", "", value)));
}
function showTiles() {
	const services = new Set(hosts.flatMap((h) => h.ports.map((p) => p[1] + p[0])));
	const withOpen = hosts.filter((h) => h.ports.length).length;
	tile("hosts up" + (last.addresses ? ", of " + count(last.addresses) : ""), count(up.length));
	if (last.has_ports) {
		tile("open ports", count(nOpen));
		tile("different ports", count(services.size));
		tile("hosts with open ports", count(withOpen));
	}
	if (last.coverage !== null)
		tile("of the answers came", percent(last.coverage));
	if (last.elapsed_s)
		tile("duration", duration(last.elapsed_s));
}

/* Changes */

const doubts = {
	"not-asked": "not asked", unknown: "not known what was asked", incomplete: "scan incomplete",
	loss: "answers may be missing",
};
function changeDetail(c) {
	const arrow = " → ";
	if (c.what === "mac")
		return c.old.join(", ") + arrow + c.new.join(", ");
	if (c.what === "name")
		return c.old + arrow + c.new;
	if (c.what === "host")
		return [c.name, (c.macs || []).join(", "), c.vendor].filter(Boolean).join(", ");
	if (c.what === "service")
		return c.port + "/" + c.protocol + " " + c.old + arrow + c.new;
	return c.port + "/" + c.protocol + (c.service ? " " + c.service : "") + (c.old && c.new ? ": " + c.old + arrow + c.new : "");
}
function changeRow(c) {
	const row = make("tr", "",
		make("td", "first", make("span", "change-word change-" + c.change, c.change === "not-seen" ? "not seen" : c.change)),
		make("td", "address mono", c.zone ? c.ip + "%" + c.zone : c.ip), make("td", "", c.what),
		make("td", "text", changeDetail(c)), make("td", "muted", c.why ? (c.change === "new" ? "before: " : "") + doubts[c.why] : ""));
	["Change", "Address", "What", "Detail", "Note"].forEach((label, i) => { row.cells[i].dataset.label = label; });
	return row;
}
function showChangeList(set) {
	const body = make("tbody"), box = by("change-lists");
	const kinds = ["new", "gone", "changed", "not-seen"];
	const text = kinds.map((k) => count(set.list.filter((c) => c.change === k).length) + " " + k.replace("-", " ")).join(", ");
	box.append(make("h3", "", "From " + set.old + " to " + set.new),
		make("p", "muted", set.list.length ? text + "." : "Nothing has changed."));
	if (!set.list.length)
		return;
	const table = make("table", "list changes", make("caption", "hidden", "Changes from " + set.old + " to " + set.new),
		make("thead", "", make("tr", "", ...["Change", "Address", "What", "Detail", "Note"].map((t) => {
			const th = make("th", "", t);
			th.scope = "col";
			return th;
		}))), body);
	box.append(table);
	let shown = 0;
	const button = make("button", "quiet", "");
	button.type = "button";
	const more = (n) => {
		body.append(...set.list.slice(shown, shown + n).map(changeRow));
		shown = Math.min(shown + n, set.list.length);
		button.hidden = shown === set.list.length;
		button.textContent = "Show more (" + count(set.list.length - shown) + " left)";
	};
	button.addEventListener("click", () => more(STEP));
	more(CHANGES);
	box.append(button);
}
function showChanges() {
	by("changes").hidden = !data.changes.length;
	data.changes.forEach(showChangeList);
}
