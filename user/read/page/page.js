/* page.js - the ledger, the facts, and all parts in their order. */
function sum(title, parts, total, of) {
	const f = last.figures, body = make("tbody");
	const add = parts.reduce((n, [, key]) => n + f[key], 0);
	const want = of.reduce((n, key) => n + f[key], 0);
	for (const [label, key] of parts)
		if (f[key])
			body.append(make("tr", "", make("td", "", label), make("td", "number", count(f[key]))));
	body.append(make("tr", "total", make("td", "", total), make("td", "number", count(want))));
	if (add !== want)
		body.append(make("tr", "", make("td", "change-gone", "does not add up"), make("td", "number change-gone", count(add - want))));
	by("sums").append(make("table", "", make("caption", "", title), body));
}
function showLedger() {
	const f = last.figures;
	if (!last.runs) {
		by("ledger").hidden = true;
		return;
	}
	f.rest = f.asked - f.replies;
	f.not_asked = f.probes - f.asked;
	sum("Questions", [["answered", "replies"], ["unanswered", "rest"], ["not asked", "not_asked"]], "questions", ["probes"]);
	if (last.has_ports)
		sum("Answers", [["open", "open"], ["closed", "closed"], ["filtered", "filtered"]], "answers", ["replies"]);
	sum("Frames sent", [["each question once", "asked"], ["asked again", "retransmits"], ["to find hosts", "host_probes"]],
		f.send_errors ? "frames, with " + count(f.send_errors) + " that the interface refused" : "frames", ["sent", "send_errors"]);
	sum("Frames that came back", [["answers", "replies"], ["duplicates", "duplicates"], ["no proof, rejected", "rejected"]], "frames", ["seen"]);
}

function fact(label, text) {
	if (text)
		by("facts").append(make("dt", "", label), make("dd", "", text));
}
function showFacts() {
	fact("File", last.name + (last.half_line ? " (its last line is cut off)" : ""));
	fact("Begin", date(last.first));
	fact("End", date(last.last));
	fact("Targets", [...new Set(last.asked.flatMap((a) => a.targets))].join(", ") + (last.more_targets ? " and " + count(last.more_targets) + " more" : ""));
	for (const protocol of new Set(last.asked.flatMap((a) => Object.keys(a.ports))))
		fact(protocol.toUpperCase() + " ports", [...new Set(last.asked.map((a) => a.ports[protocol]).filter(Boolean))].join("; "));
	fact("Runs", last.runs > 1 ? count(last.runs) : "");
	fact("Own addresses, left out", last.figures.self ? count(last.figures.self) : "");
	if (data.results.length > 1)
		data.results.slice(0, -1).forEach((r) => fact("Compared with", r.name + ", " + date(r.first) + ": " + plural(r.hosts, "host") + ", " + plural(r.open, "open port")));
	by("made").textContent = "Made by xscan " + data.version + ". This page loads nothing from any network.";
}

showHeader();
showVerdict();
showTiles();
showChanges();
showMap();
const ports = portList();
showPorts(ports);
showTrips();
showMatrix(ports);
showHosts();
showLedger();
showFacts();
