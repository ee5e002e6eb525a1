# Functions for the tables of tools/bench: cell[name, round, column] holds the figures; `rounds` is the
# number of rounds.
function median(v, n,    i, j, x) {
	for (i = 2; i <= n; i++) {
		x = v[i]
		for (j = i - 1; j >= 1 && v[j] > x; j--)
			v[j + 1] = v[j]
		v[j + 1] = x
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function figure(x) {
	return sprintf(x >= 100 ? "%.0f" : x >= 10 ? "%.1f" : x >= 1 ? "%.2f" : "%.3f", x)
}
function commas(x,    s) {
	s = sprintf("%d", x)
	while (s ~ /[0-9][0-9][0-9][0-9]/)
		sub(/[0-9][0-9][0-9](,|$)/, ",&", s)
	return s
}
function remember(name) {
	if (!(name in runs))
		names[++n_names] = name
	runs[name]++
}
# The columns that each scan has: what it took, and what it found.
function remember_scan() {
	remember($1)
	cell[$1, $2, "wall"] = $3
	cell[$1, $2, "cpu"] = $4
	if (runs[$1] == 1 || $9 < least[$1])
		least[$1] = $9
	if ($9 > most[$1])
		most[$1] = $9
	wrong[$1] += $10
}
# The median over the runs of one column.
function typical(name, column,    r, n, v) {
	for (r = 1; r <= rounds; r++)
		if ((name, r, column) in cell)
			v[++n] = cell[name, r, column]
	return median(v, n)
}
# The median of the ratio to another in the same round; "-": no round in common.
function ratio(name, base, column,    r, n, v) {
	for (r = 1; r <= rounds; r++)
		if ((name, r, column) in cell && (base, r, column) in cell && cell[base, r, column] > 0)
			v[++n] = cell[name, r, column] / cell[base, r, column]
	return n ? figure(median(v, n)) : "-"
}
