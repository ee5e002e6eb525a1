"use strict";
/*
 * data.js - the data of this page, and how to show a number, a time, an element. All texts of results are
 * set as text, never as HTML. tools/embed-page joins the files into one script.
 */
const data = JSON.parse(document.getElementById("data").textContent);
const last = data.results[data.results.length - 1];
const hosts = data.hosts.map((h, i) => ({
	order: i, ip: h[0], zone: h[1], macs: h[2], name: h[3], vendor: h[4], how: h[5], rtt: h[6], up: h[7],
	closed: h[8], filtered: h[9], unanswered: h[10], ports: h[11], ip4: number4(h[0]),
}));
const up = hosts.filter((h) => h.up);
const nOpen = hosts.reduce((n, h) => n + h.ports.length, 0);
const STEP = 500, FIRST = 100, PRINTED = 2000, CHANGES = 20, COLUMNS = 16, ROWS = 40, NBSP = "\u00a0";

function by(id) {
	return document.getElementById(id);
}
function count(n) {
	return n.toLocaleString("en-US");
}
function plural(n, one, many) {
	return count(n) + " " + (n === 1 ? one : many || one + "s");
}
/* An element with a class and children: elements or texts. */
function make(tag, name, ...children) {
	const e = document.createElement(tag);
	if (name)
		e.className = name;
	e.append(...children.filter((c) => c !== null && c !== undefined));
	return e;
}
function drawn(tag, attributes, text) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const key in attributes)
		e.setAttribute(key, attributes[key]);
	if (text !== undefined)
		e.textContent = text;
	return e;
}
/* An IPv4 address as a number; -1: it is none. */
function number4(ip) {
	const m = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
	return m ? ((m[1] * 256 + +m[2]) * 256 + +m[3]) * 256 + +m[4] : -1;
}
function text4(n) {
	return [n / 16777216, n / 65536, n / 256, n].map((x) => Math.floor(x) % 256).join(".");
}
/* The eight groups of an IPv6 address. */
function groups6(ip) {
	const [head, tail] = ip.split("::").map((part) => (part ? part.split(":") : []));
	const middle = tail ? Array(Math.max(0, 8 - head.length - tail.length)).fill("0") : [];
	return head.concat(middle, tail || []);
}
function addressOf(h) {
	return h.zone ? h.ip + "%" + h.zone : h.ip;
}
function time(us) {
	if (us < 1000)
		return us + NBSP + "µs";
	return us < 1e6 ? (us / 1000).toPrecision(3) + NBSP + "ms" : (us / 1e6).toPrecision(3) + NBSP + "s";
}
function duration(s) {
	if (s < 60)
		return s.toPrecision(s < 1 ? 2 : 3) + NBSP + "s";
	const whole = Math.round(s), h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60;
	return h ? h + " h " + m + " min" : m + " min " + (whole % 60) + " s";
}
function date(text) {
	return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) ? text.slice(0, 10) + " " + text.slice(11, 19) + " UTC" : "unknown";
}
function percent(share) {
	return (share === 1 ? "100" : (Math.floor(share * 10000) / 100).toFixed(2)) + NBSP + "%";
}
function targetsOf(result) {
	const all = [...new Set(result.asked.flatMap((a) => a.targets))];
	return all.length ? all.slice(0, 4).join(", ") + (all.length > 4 ? " and " + count(all.length - 4) + " more" : "") : "";
}
