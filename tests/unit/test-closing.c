// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* test-closing.c - the closing lines, byte for byte. */
#include "closing.h"

#include "capture.h"

#include <math.h>
#include <string.h>

#define CLOSING "xscan: 1 of 254 hosts up, 1 open port, complete in 0.04 s\n"
#define LOSSY	"xscan: 1 of 254 hosts up, 1 open port, answers are missing, after 0.04 s\n"

static void assert_printed(const struct result_summary *s, bool verbose, const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	closing_print(s, verbose, file);
	fclose(file);
	assert_string_equal(text, want);
	free(text);
}

static void quiet_network(struct result_summary *s)
{
	*s = summary;
	s->ledger.events_lost = 0;
	s->ledger.recovered = 0;
}

static void known_lines(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	assert_printed(&s, false, CLOSING);
	s.ports_scanned = false;
	s.complete = false;
	s.attach = "tc";
	assert_printed(&s, false, "xscan: incomplete: 1 of 254 hosts up, after 0.04 s\n");
	s.complete = true;
	assert_printed(&s, false, "xscan: 1 of 254 hosts up, complete in 0.04 s\n");
	s.coverage = NAN;
	assert_printed(&s, false, "xscan: 1 of 254 hosts up, after 0.04 s\n");
}

/* Nobody was asked: nothing is said of answers or of what to try. */
static void a_silent_run_counts_the_heard(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.silent = true;
	s.ports_scanned = false;
	s.coverage = NAN;
	s.hosts = 0;
	assert_printed(&s, true, "xscan: 1 address heard in 0.04 s\n");
	s.hosts_up = 0;
	assert_printed(&s, false, "xscan: 0 addresses heard in 0.04 s\n");
	s.complete = false;
	assert_printed(&s, false, "xscan: interrupted: 0 addresses heard in 0.04 s\n");
}

static void number_of_ports(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.open = 2;
	assert_printed(&s, false, "xscan: 1 of 254 hosts up, 2 open ports, complete in 0.04 s\n");
}

/* One line says what to try, unless another line tells why nothing was found. */
static void nothing_found_says_what_to_try(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.open = 0;
	assert_printed(
		&s, false,
		"xscan: 1 of 254 hosts up, 0 open ports, complete in 0.04 s\n"
		"xscan: no open port: ask for more (--tcp - and --udp - ask for all), or see "
		"the states of these (--all)\n");
	s.coverage = NAN;
	s.ledger.answers = 0;
	assert_printed(&s, false,
		       "xscan: 1 of 254 hosts up, 0 open ports, after 0.04 s\n"
		       "xscan: no open port: not one port answered; hosts may drop what is asked, "
		       "or take few probes a second (try --rate 100)\n");
	s.hosts_up = 0;
	assert_printed(&s, false,
		       "xscan: 0 of 254 hosts up, 0 open ports, nothing answered, after 0.04 s\n"
		       "xscan: no host answered: check the targets (--dry-run), or wait longer "
		       "(--timeout); beyond the link, ask for other ports\n");
	s.ports_scanned = false;
	assert_printed(
		&s, false,
		"xscan: 0 of 254 hosts up, nothing answered, after 0.04 s\n"
		"xscan: no host answered: check the interface and the targets (--dry-run), or "
		"wait longer (--timeout)\n");
	s.ledger.answers = 1; /* of the gateway, which is no target */
	assert_printed(
		&s, false,
		"xscan: 0 of 254 hosts up, nothing answered, after 0.04 s\n"
		"xscan: no host answered: check the interface and the targets (--dry-run), or "
		"wait longer (--timeout)\n");
	s.hosts = 0;
	assert_printed(
		&s, false,
		"xscan: 0 of 0 hosts up, nothing answered, after 0.04 s\n"
		"xscan: no host answered: check the interface and the targets (--dry-run), or "
		"wait longer (--timeout)\n");
	s.divided = true;
	assert_printed(&s, false,
		       "xscan: 0 of 0 hosts up, nothing answered, after 0.04 s\n"
		       "xscan: this part of the scan (--shard) has no target\n");
	s.hosts = 254;
	s.lossy = true;
	assert_printed(&s, false, "xscan: 0 of 254 hosts up, answers are missing, after 0.04 s\n");
	s.lossy = s.complete = false;
	assert_printed(&s, false, "xscan: incomplete: 0 of 254 hosts up, after 0.04 s\n");
}

static void silent_udp_ports_are_told(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.ledger.silent = 57;
	assert_printed(&s, false,
		       CLOSING "xscan: 57 UDP ports stayed silent: open, closed or filtered\n");
	s.ledger.mute = 40;
	assert_printed(
		&s, false,
		CLOSING
		"xscan: 57 UDP ports stayed silent: open, closed or filtered; for 40 of "
		"them silence says nothing, since their hosts did not answer for ports that are "
		"closed almost surely\n");
}

static void losses_are_told(void **unused)
{
	struct result_summary s = summary;

	(void)unused;
	s.lossy = true;
	s.search.missing = 300;
	s.ledger.missing = 20400;
	s.ledger.pulses = 16;
	s.ledger.alive = 14;
	s.ledger.refused = 3;
	s.ledger.dropped = 4;
	assert_printed(&s, false,
		       LOSSY
		       "xscan: 3 events did not fit into the ring buffer; their results were taken "
		       "from the answer map\n"
		       "xscan: a host may be missing: give a lower --rate or more --retries\n"
		       "xscan: about 20 answers are missing (2 of 16 answered questions had no "
		       "answer when "
		       "asked once more): give a lower --rate or more --retries\n"
		       "xscan: 7 frames were refused or dropped by the interface\n");
}

static void sums_are_shown(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.coverage_low = 0.999;
	s.ledger = (struct ledger){ .questions = 6144,
				    .asked = 6144,
				    .answers = 5121,
				    .retransmits = 2158,
				    .sent = 8300,
				    .refused = 2,
				    .seen = 5125,
				    .late = 1,
				    .duplicates = 4,
				    .pulses = 112,
				    .alive = 112 };
	assert_printed(
		&s, true,
		CLOSING
		"place        native XDP, sent by af_packet\n"
		"ports        1 open + 1023 closed + 0 filtered + 1023 unanswered\n"
		"questions    6144 = 6144 asked + 0 not asked\n"
		"asked        6144 = 5121 answered + 1023 unanswered\n"
		"frames       6144 asked + 2158 asked again + 0 to find hosts = 8300 sent + 2 "
		"refused by the "
		"interface + 0 dropped by the interface\n"
		"seen         5125 = 5121 answered + 4 duplicate + 0 rejected\n"
		"answered     5121 = 1 late + 5120 in time\n"
		"lost events  0 = 0 recovered from the answer map\n"
		"coverage     1, at least 0.999: of 112 answered questions asked once more 112 "
		"were "
		"answered\n");
}

static void own_addresses_are_told_if_wanted(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.self = 1;
	s.self_first = ADDR_IP4(0xc6120001);
	assert_printed(&s, false, CLOSING);
	s.self_told = true;
	assert_printed(&s, false, CLOSING "xscan: left out 198.18.0.1: an address of this host\n");
	s.self = 3;
	assert_printed(&s, false,
		       CLOSING "xscan: left out 198.18.0.1 and 2 more: addresses of this host\n");
	s.self = 0;
	assert_printed(&s, false, CLOSING);
}

static void targets_without_a_route_are_told(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.unroutable = 1;
	s.unroutable_first = ADDR_IP4(0xc6120001);
	assert_printed(&s, false,
		       CLOSING "xscan: left out 198.18.0.1: no route (ip route get says why)\n");
	s.unroutable = 3;
	assert_printed(&s, false,
		       CLOSING "xscan: left out 198.18.0.1 and 2 more: no route (ip route get says "
			       "why)\n");
}

static void conflicts_are_told(void **unused)
{
	static const uint8_t macs[3][6] = { { 2, 0, 0, 0, 0, 1 },
					    { 2, 0, 0, 0, 0, 2 },
					    { 2, 0, 0, 0, 0, 3 } };
	const struct result_conflict conflicts[] = { { ADDR_IP4(0xc6120009), macs, 2 },
						     { ADDR_IP4(0xc612000a), macs, 3 } };
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.conflicts = conflicts;
	s.n_conflicts = 2;
	assert_printed(
		&s, false,
		CLOSING
		"xscan: 198.18.0.9: two machines answer for this address: 02:00:00:00:00:01, "
		"02:00:00:00:00:02\n"
		"xscan: 198.18.0.10: 3 machines answer for this address: 02:00:00:00:00:01, "
		"02:00:00:00:00:02, 02:00:00:00:00:03\n");
}

/* A link-local address has its zone. */
static void zones_are_told(void **unused)
{
	static const uint8_t macs[2][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 } };
	const struct addr local = { ADDR_LINK_LOCAL_HI, 1 };
	const struct result_conflict conflict = { local, macs, 2, "eth1" };
	const struct result_gone gone = { local, 7, RESULT_WENT_AWAY };
	const char *const zone = "eth0";
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.conflicts = &conflict;
	s.gone = &gone;
	s.gone_zones = &zone;
	s.n_conflicts = s.n_gone = s.refused = 1;
	s.refused_first = local;
	s.refused_zone = "eth2";
	assert_printed(&s, false,
		       CLOSING "xscan: fe80::1%eth1: two machines answer for this address: "
			       "02:00:00:00:00:01, 02:00:00:00:00:02\n"
			       "xscan: fe80::1%eth0 went away during the scan: 7 of its ports are "
			       "not known\n"
			       "xscan: the interface refused probes to fe80::1%eth2: they were not "
			       "sent (a filter on the way out?)\n");
}

static void hosts_that_went_away_are_told(void **unused)
{
	const struct result_gone gone[] = { { ADDR_IP4(0xc6120007), 11185, RESULT_WENT_AWAY },
					    { ADDR_IP4(0xc6120008), 1, RESULT_FELL_SILENT },
					    { ADDR_IP4(0xc6120009), 7, RESULT_WAY_DIED },
					    { ADDR_IP4(0xc612000a), 8, RESULT_LINK_DIED },
					    { ADDR_IP4(0xc612000b), 9, RESULT_NO_ANSWER } };
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.gone = gone;
	s.n_gone = 5;
	assert_printed(
		&s, false,
		CLOSING
		"xscan: 198.18.0.7 went away during the scan: 11185 of its ports are not "
		"known\n"
		"xscan: 198.18.0.8 fell silent during the scan: 1 of its ports is not known\n"
		"xscan: 198.18.0.9 brings no more answers: 7 ports behind it are not known\n"
		"xscan: 198.18.0.10 hears nobody on its link any more: 8 ports are not known\n"
		"xscan: 198.18.0.11 did not answer again what it had answered before, perhaps for "
		"loss or a limit alone: 9 of its ports are not known\n");
}

static void refused_targets_are_told(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.refused_first = ADDR_IP4(0xc6120107);
	s.refused = 1;
	assert_printed(&s, false,
		       CLOSING "xscan: the interface refused probes to 198.18.1.7: they were not "
			       "sent (a filter on the way out?)\n");
	s.refused = 2;
	assert_printed(&s, false,
		       CLOSING "xscan: the interface refused probes to 198.18.1.7 and 1 more "
			       "target: they were not sent (a filter on the way out?)\n");
	s.refused = 64;
	assert_printed(&s, false,
		       CLOSING "xscan: the interface refused probes to 198.18.1.7 and 63 more "
			       "targets: they were not sent (a filter on the way out?)\n");
}

static void a_lost_carrier_is_told(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.iface = "eth0";
	s.no_carrier_s = 2.08;
	s.without_carrier = "eth0";
	assert_printed(&s, false,
		       CLOSING "xscan: eth0 had no carrier for 2.1 s: what was asked then was "
			       "asked again\n");
}

/* The interface is gone: no filter and no rate is at fault. The error that follows names the cause. */
static void a_lost_interface_is_the_cause(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.complete = false;
	s.lossy = true;
	s.coverage = NAN;
	s.ledger.refused = 64;
	s.ledger.pulses = 10;
	s.ledger.alive = 2;
	s.ledger.missing = 5000;
	s.refused = 64;
	s.refused_first = addr_ip4(0xc6120107);
	s.iface_lost = true;
	assert_printed(&s, false,
		       "xscan: incomplete: 1 of 254 hosts up, 1 open port, after 0.04 s\n"
		       "xscan: 64 frames were refused or dropped by the interface\n");
}

static unsigned int lines_of(const struct result_summary *s, const char *last)
{
	unsigned int lines = 0;
	char *text = NULL;
	size_t size, i;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	closing_print(s, false, file);
	fclose(file);
	for (i = 0; i < size; i++)
		lines += text[i] == '\n';
	assert_string_equal(text + size - strlen(last), last);
	free(text);
	return lines;
}

/* Eight lines of each kind, and one that counts the rest. */
static void long_lists_are_cut(void **unused)
{
	static const uint8_t macs[2][6];
	struct result_conflict conflicts[20];
	struct result_gone gone[20];
	struct result_summary s;

	(void)unused;
	for (unsigned int i = 0; i < 20; i++) {
		conflicts[i] = (struct result_conflict){ addr_ip4(i), macs, 2 };
		gone[i] = (struct result_gone){ addr_ip4(i), 5 };
	}
	quiet_network(&s);
	s.conflicts = conflicts;
	s.gone = gone;
	s.n_conflicts = 8;
	assert_int_equal(lines_of(&s, "00:00:00:00:00:00\n"), 9);
	s.n_conflicts = 9;
	assert_int_equal(lines_of(&s, "xscan: 1 more address with several machines\n"), 10);
	s.n_conflicts = 20;
	assert_int_equal(lines_of(&s, "xscan: 12 more addresses with several machines\n"), 10);
	s.n_conflicts = 0;
	s.n_gone = 8;
	assert_int_equal(lines_of(&s, "5 of its ports are not known\n"), 9);
	s.n_gone = 9;
	assert_int_equal(lines_of(&s, "xscan: 1 more host went away or fell silent\n"), 10);
	s.n_gone = 20;
	assert_int_equal(lines_of(&s, "xscan: 12 more hosts went away or fell silent\n"), 10);
}

static void captures_are_told(void **unused)
{
	struct result_summary s;

	(void)unused;
	quiet_network(&s);
	s.captures = true;
	assert_printed(&s, false, CLOSING "xscan: captured 0 frames\n");
	s.captured = 1;
	assert_printed(&s, false, CLOSING "xscan: captured 1 frame\n");
	s.capture_left_out = 3;
	assert_printed(&s, false,
		       CLOSING
		       "xscan: captured 1 frame, left out 3: at most 1000 a second are kept\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_run_counts_the_heard),
		cmocka_unit_test(known_lines),
		cmocka_unit_test(number_of_ports),
		cmocka_unit_test(nothing_found_says_what_to_try),
		cmocka_unit_test(losses_are_told),
		cmocka_unit_test(silent_udp_ports_are_told),
		cmocka_unit_test(sums_are_shown),
		cmocka_unit_test(own_addresses_are_told_if_wanted),
		cmocka_unit_test(targets_without_a_route_are_told),
		cmocka_unit_test(conflicts_are_told),
		cmocka_unit_test(zones_are_told),
		cmocka_unit_test(hosts_that_went_away_are_told),
		cmocka_unit_test(refused_targets_are_told),
		cmocka_unit_test(a_lost_carrier_is_told),
		cmocka_unit_test(a_lost_interface_is_the_cause),
		cmocka_unit_test(captures_are_told),
		cmocka_unit_test(long_lists_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
