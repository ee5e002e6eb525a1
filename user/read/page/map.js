/* map.js - addresses on a Hilbert curve. */
const cells = ["no open port", "1 open port", "2 or 3", "4 or more"];
function shade(n) {
	return n > 3 ? 3 : n > 1 ? 2 : n;
}
/* The place of step `d` on a Hilbert curve over a square of `side`, row by row. */
function place(side, d) {
	let x = 0, y = 0;
	for (let s = 1; s < side; s *= 2, d >>= 2) {
		const rx = 1 & (d >> 1), ry = 1 & (d ^ rx);
		if (!ry) {
			const flip = rx ? s - 1 : 0, sign = rx ? -1 : 1, old = x;
			x = flip + sign * y;
			y = flip + sign * old;
		}
		x += s * rx;
		y += s * ry;
	}
	return y * side + x;
}
/* The longest prefix of even length, at most 24, that holds first..last. */
function cover(first, last4) {
	let len = 24;
	while (Math.floor(first / 2 ** (32 - len)) !== Math.floor(last4 / 2 ** (32 - len)))
		len -= 2;
	return { first: Math.floor(first / 2 ** (32 - len)) * 2 ** (32 - len), len };
}
/* Blocks that hold all addresses: at most /16 each, or, if these are too many, one that holds all. */
function blocks(list) {
	const whole = cover(list[0].ip4, list[list.length - 1].ip4);
	if (whole.len >= 16)
		return [whole];
	const parts = new Map();
	for (const h of list) {
		const key = Math.floor(h.ip4 / 65536);
		if (!parts.has(key))
			parts.set(key, [h.ip4, h.ip4]);
		parts.get(key)[1] = h.ip4;
		if (parts.size > 9)
			return [whole];
	}
	return [...parts.values()].map(([first, end]) => cover(first, end));
}
function mapOf(block, list) {
	const bits = Math.min(16, 32 - block.len), side = 2 ** (bits / 2), size = 2 ** (32 - block.len - bits);
	const value = new Int16Array(side * side).fill(-2), number = new Uint32Array(side * side);
	const end = block.first + 2 ** (32 - block.len);
	for (const [a, b] of last.ranges) {
		const from = Math.max(a, block.first), to = Math.min(b, end - 1);
		if (from <= to)
			value.fill(-1, Math.floor((from - block.first) / size), Math.floor((to - block.first) / size) + 1);
	}
	for (const h of list) {
		if (h.ip4 < block.first || h.ip4 >= end)
			continue;
		const i = Math.floor((h.ip4 - block.first) / size);
		value[i] = Math.max(value[i], h.ports.length);
		number[i]++;
	}
	const step = new Uint32Array(side * side); /* of each place, row by row */
	for (let d = 0; d < side * side; d++)
		step[place(side, d)] = d;
	return { block, side, size, value, number, step };
}
function paint(canvas, map) {
	const style = getComputedStyle(document.documentElement), px = Math.max(2, Math.floor(512 / map.side)), width = map.side * px;
	/* From "not asked", -2, on; a pixel has red first in memory, and opaque is 255 at the end. */
	const shades = ["none", "asked", "0", "1", "2", "3"].map((key) => {
		const rgb = parseInt(style.getPropertyValue("--cell-" + key).trim().slice(1), 16);
		return (255 << 24 | (rgb & 255) << 16 | (rgb & 0xff00) | rgb >> 16) >>> 0;
	});
	canvas.width = canvas.height = width;
	const c = canvas.getContext("2d"), image = c.createImageData(width, width), pixels = new Uint32Array(image.data.buffer);
	for (let y = 0; y < map.side; y++) {
		const row = y * px * width;
		for (let x = 0; x < map.side; x++) {
			const n = map.value[map.step[y * map.side + x]];
			pixels.fill(shades[(n < 0 ? n : shade(n)) + 2], row + x * px, row + (x + 1) * px);
		}
		for (let i = 1; i < px; i++)
			pixels.copyWithin(row + i * width, row, row + width);
	}
	c.putImageData(image, 0, 0);
	c.fillStyle = style.getPropertyValue("--grid").trim();
	for (let i = 16; i < map.side; i += 16) {
		c.fillRect(i * px, 0, 1, width);
		c.fillRect(0, i * px, width, 1);
	}
}
function cellAt(canvas, map, event) {
	const box = canvas.getBoundingClientRect();
	const at = (v, from, size) => Math.min(map.side - 1, Math.max(0, Math.floor((v - from) / size * map.side)));
	return map.step[at(event.clientY, box.top, box.height) * map.side + at(event.clientX, box.left, box.width)];
}
function cellName(map, d) {
	const first = map.block.first + d * map.size;
	return map.size === 1 ? text4(first) : text4(first) + "/" + (32 - Math.log2(map.size));
}
function cellText(map, d) {
	const v = map.value[d], where = cellName(map, d);
	if (v === -2)
		return where + ": not asked, or not known to have been asked";
	if (v === -1)
		return where + ": asked, no host found";
	return where + ": " + (map.size === 1 ? plural(v, "open port") : plural(map.number[d], "host") + ", at most " + plural(v, "open port") + " on one");
}
function showMapOf(block, list) {
	const map = mapOf(block, list), canvas = make("canvas"), prefix = text4(block.first) + "/" + block.len;
	const n = map.number.reduce((a, b) => a + b, 0);
	canvas.className = map.side > 16 ? "" : "small";
	canvas.setAttribute("role", "img");
	canvas.setAttribute("aria-label", "Map of " + prefix + ": " + plural(n, "host") + ". The table of hosts has all of them.");
	paint(canvas, map);
	canvas.addEventListener("mousemove", (e) => { by("readout").textContent = cellText(map, cellAt(canvas, map, e)); });
	canvas.addEventListener("click", (e) => {
		const d = cellAt(canvas, map, e);
		by("readout").textContent = cellText(map, d);
		if (map.number[d])
			filterBy(cellName(map, d));
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(canvas, map));
	matchMedia("print").addEventListener("change", () => paint(canvas, map));
	by("tiles-map").append(make("figure", "", canvas, make("figcaption", "", prefix + ", " + plural(n, "host") +
		(map.size > 1 ? ", a cell is a /" + (32 - Math.log2(map.size)) : ""))));
}
function showMap() {
	const list = up.filter((h) => h.ip4 >= 0);
	if (!list.length)
		return;
	by("map").hidden = false;
	blocks(list).forEach((block) => showMapOf(block, list));
	const entry = (c, text) => by("legend").append(make("li", "", make("i", "c-" + c), text));
	if (last.ranges.length)
		entry("asked", "asked, no host found");
	cells.forEach((text, i) => (i === 0 || nOpen) && entry(i, i === 0 ? "host, " + text : text));
}
