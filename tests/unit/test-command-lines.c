// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * test-command-lines.c - wrong command lines, each with the line that helps. No name is resolved: a name
 * that reached the resolver would fail with another line.
 */
#include "config.h"
#include "habits.h"
#include "options.h"
#include "target_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NO   "not an option of xscan: "
#define HOST "198.18.0.1"

/* Arguments are separated by blanks. `line` holds this at its beginning. */
static const struct {
	const char *arguments, *line;
} wrong[] = {
	/* nmap */
	{ "-sS " HOST, "-sS: " NO "say --tcp PORTS for a SYN scan" },
	{ "-sT " HOST, "-sT: " NO "say --tcp PORTS" },
	{ "-sU " HOST, "-sU: " NO "say --udp PORTS" },
	{ "-sn 198.18.0.0/24", "-sn: " NO "say --arp" },
	{ "-sP 198.18.0.0/24", "-sP: " NO "say --arp" },
	{ "-sL 198.18.0.0/24", "-sL: " NO "say --dry-run" },
	{ "-sV " HOST, "-sV: " NO "xscan asks no service for its version" },
	{ "-sC " HOST, "-sC: " NO "xscan runs no scripts" },
	{ "-Pn " HOST, "-Pn: " NO "leave it out" },
	{ "-PE " HOST, "-PE: " NO "say --ping" },
	{ "-PS22 " HOST, "-PS22: " NO "say --tcp PORTS" },
	{ "-p 80 -T4 " HOST, "-T4: " NO "leave it out: --rate auto" },
	{ "-A " HOST, "-A: " NO "xscan detects no versions" },
	{ "-O " HOST, "-O: " NO "xscan detects no operating systems" },
	{ "-F " HOST, "-F: " NO "say --tcp top100" },
	{ "-n " HOST, "-n: " NO "leave it out" },
	{ "-r " HOST, "-r: " NO "leave it out" },
	{ "-e eth0 " HOST, "-e: " NO "say --iface IFACE" },
	{ "-iL hosts.txt", "-iL: " NO "say --targets FILE" },
	{ "-iR 100", "-iR: " NO "xscan takes no random targets" },
	{ "-oN out " HOST, "-oN: " NO "send standard output to the file" },
	{ "-oJ out " HOST, "-oJ: " NO "say --json FILE" },
	{ "--open " HOST, "--open: " NO "leave it out: only open ports" },
	{ "--max-rate 100 " HOST, "--max-rate: " NO "say --rate PPS" },
	{ "--min-rate=100 " HOST, "--min-rate: " NO "say --rate PPS, or --rate max" },
	{ "--max-retries 2 " HOST, "--max-retries: " NO "say --retries N" },
	{ "--host-timeout 5 " HOST, "--host-timeout: " NO "say --timeout SECONDS" },
	{ "--max-rtt-timeout 5 " HOST, "--max-rtt-timeout: " NO "say --timeout SECONDS" },
	{ "--scan-delay 1 " HOST, "--scan-delay: " NO "say --host-rate PPS" },
	{ "--reason " HOST, "--reason: " NO "leave it out" },
	{ "--stats-every 5s " HOST, "--stats-every: " NO "say --stats-interval SECONDS" },
	{ "--script default " HOST, "--script: " NO "xscan runs no scripts" },
	{ "--script=vuln " HOST, "--script: " NO "xscan runs no scripts" },
	{ "--traceroute " HOST, "--traceroute: " NO "xscan traces no routes" },
	{ "-d " HOST, "-d: " NO "say -v" },
	{ "-V", "-V: " NO "say --version" },
	{ "-D 198.18.0.9 " HOST, "-D: " NO "xscan sends from its own address alone" },
	{ "-PR 198.18.0.0/24", "-PR: " NO "say --arp" },
	{ "-sI 198.18.0.9 " HOST, "-sI: " NO "xscan sends from its own address alone" },
	{ "-sO " HOST, "-sO: " NO "xscan asks for TCP and UDP ports alone" },
	{ "--disable-arp-ping " HOST, "--disable-arp-ping: " NO "leave it out" },
	{ "--min-hostgroup 64 " HOST, "--min-hostgroup: " NO "leave it out" },
	{ "--version-intensity 5 " HOST, "--version-intensity: " NO "xscan asks no service" },
	{ "--osscan-guess " HOST, "--osscan-guess: " NO "xscan detects no operating" },
	{ "--dns-servers 198.18.0.9 " HOST, "--dns-servers: " NO "leave it out" },
	{ "--append-output -oX x " HOST, "--append-output: " NO "say --resume FILE" },
	{ "--stylesheet x " HOST, "--stylesheet: " NO "leave it out" },
	{ "--spoof-mac 0 " HOST, "--spoof-mac: " NO "xscan sends from its own address" },
	{ "--data-length 9 " HOST, "--data-length: " NO "leave it out" },
	{ "-g 53 " HOST, "-g: " NO "say --source-port PORT" },
	{ "--exclude-ports 22 " HOST, "--exclude-ports: " NO "leave these ports out of --tcp" },
	{ "--port-ratio 0.1 " HOST, "--port-ratio: " NO "say --top-ports N" },
	{ "--iflist", "--iflist: " NO "`ip address` lists interfaces" },
	{ "--max-scan-delay 1 " HOST, "--max-scan-delay: " NO "say --host-rate PPS" },
	{ "--send-eth " HOST, "--send-eth: " NO "leave it out" },
	{ "--send-ip " HOST, "--send-ip: " NO "leave it out" },
	{ "--unprivileged " HOST, "--unprivileged: " NO "xscan sends frames" },
	{ "--scanflags SYN " HOST, "--scanflags: " NO "say --tcp PORTS for a SYN scan" },
	{ "--badsum " HOST, "--badsum: " NO "xscan sends right frames alone" },
	{ "--proxies http://a:1 " HOST, "--proxies: " NO "xscan sends from its own address" },
	{ "--noninteractive " HOST, "--noninteractive: " NO "leave it out" },
	/* masscan */
	{ "-c scan.conf", "-c: " NO "xscan reads no configuration" },
	{ "--range 198.18.0.0/24", "--range: " NO "name the targets without it" },
	{ "--echo", "--echo: " NO "say --dry-run" },
	{ "--router-ip 198.18.0.254 " HOST, "--router-ip: " NO "leave it out" },
	{ "--adapter-mac 02:00:00:00:00:01 " HOST,
	  "--adapter-mac: " NO "xscan sends from its own" },
	{ "--infinite " HOST, "--infinite: " NO "leave it out" },
	{ "--readscan x", "--readscan: " NO "say xscan report RESULT" },
	{ "--banners " HOST, "--banners: " NO "xscan asks no service for its banner" },
	{ "--wait 0 " HOST, "--wait: " NO "leave it out: a scan ends when" },
	{ "--shards 1/2 " HOST, "--shards: " NO "say --shard I/N" },
	{ "--adapter-port 4000 " HOST, "--adapter-port: " NO "say --source-port PORT" },
	{ "--offline -p 80 " HOST, "--offline: " NO "say --dry-run" },
	{ "--rotate hourly " HOST, "--rotate: " NO "leave it out" },
	{ "--status " HOST, "--status: " NO "say --stats-interval SECONDS" },
	{ "--connection-timeout 9 " HOST, "--connection-timeout: " NO "leave it out" },
	{ "--excludefile x " HOST, "--excludefile: " NO "say --exclude-file FILE" },
	{ "--includefile x", "--includefile: " NO "say --targets FILE" },
	{ "--ports 80 " HOST, "--ports: " NO "say --tcp PORTS" },
	{ "--adapter eth0 " HOST, "--adapter: " NO "say --iface IFACE" },
	{ "--output-format xml " HOST, "--output-format: " NO "say --json FILE" },
	/* arp-scan */
	{ "-l", "-l: " NO "say --iface IFACE: without a target" },
	{ "--localnet", "--localnet: " NO "say --iface IFACE: without a target" },
	{ "-I eth0", "-I: " NO "say --iface IFACE" },
	{ "--interface=eth0", "--interface: " NO "say --iface IFACE" },
	{ "--retry=3 " HOST, "--retry: " NO "say --retries N" },
	{ "--bandwidth 1M " HOST, "--bandwidth: " NO "say --rate PPS" },
	{ "-x " HOST, "-x: " NO "leave it out" },
	{ "--numeric -I eth0", "--numeric: " NO "leave it out" },
	{ "--ignoredups " HOST, "--ignoredups: " NO "leave it out" },
	{ "--ouifile x " HOST, "--ouifile: " NO "leave it out" },
	{ "--vlan 5 " HOST, "--vlan: " NO "say --iface IFACE" },
	{ "--random " HOST, "--random: " NO "leave it out: the order is random" },
	{ "--randomseed=5 " HOST, "--randomseed: " NO "say --seed N" },
	{ "--format=${ip} " HOST, "--format: " NO "say --json FILE" },
	{ "--limit=3 " HOST, "--limit: " NO "leave it out" },
	{ "--backoff=2 " HOST, "--backoff: " NO "leave it out" },
	/* values that are missing */
	{ "-p", "-p: needs a value: --tcp PORTS" },
	{ HOST " -qp", "-p: needs a value: --tcp PORTS" },
	{ HOST " --tcp", "--tcp: needs a value: --tcp PORTS" },
	{ "-u", "-u: needs a value: --udp PORTS" },
	{ "-p --all " HOST, "-p: needs a value, but --all follows: --tcp PORTS" },
	{ "--iface -v", "--iface: needs a value, but -v follows: --iface IFACE" },
	{ "-i --tcp=80", "-i: needs a value, but --tcp=80 follows: --iface IFACE" },
	{ "--json", "--json: needs a value: --json FILE" },
	{ "--xml= " HOST, "--xml: needs a value: --xml FILE" },
	{ "--iface= " HOST, "--iface: needs a value: --iface IFACE" },
	{ "--quiet=yes " HOST, "--quiet: takes no value" },
	{ "-p 80 --json 198.18.0.10",
	  "--json: needs a file, but the target 198.18.0.10 follows: say "
	  "--json -" },
	{ "-i eth0 --csv 198.18.0.0/24", "--csv: needs a file, but the target 198.18.0.0/24" },
	{ "--xml=2001:db8::1 " HOST, "--xml: needs a file, but the target 2001:db8::1 follows" },
	{ "--trace 198.18.0.1-9 " HOST, "--trace: needs a file, but the target 198.18.0.1-9 "
					"follows: say --trace FILE" },
	/* values that are others */
	{ "--attach xdp " HOST, "--attach xdp: say auto, native, generic or tc" },
	{ "--tx raw " HOST, "--tx raw: say af_packet or xdp" },
	{ "--synack rst " HOST, "--synack rst: say auto, pass, drop or reset" },
	/* options that nobody has */
	{ "--frobnicate " HOST, "--frobnicate: no such option" },
	{ "--exc " HOST, "--exc: several options begin so" },
	{ "-vk " HOST, "-vk: no such option: -k" },
	{ "-k", "-k: no such option" },
	/* targets */
	{ "http://198.18.0.1/x", "http://198.18.0.1/x: is a URL: say 198.18.0.1" },
	{ "https://www.example:8443", "https://www.example:8443: is a URL: say www.example" },
	{ "https://[2001:db8::1]/", "https://[2001:db8::1]/: is a URL: name its host alone" },
	{ "198.18.0.1:80", "198.18.0.1:80: names a port: say 198.18.0.1 --tcp 80" },
	{ "www.example:22", "www.example:22: names a port: say www.example --tcp 22" },
	{ "[2001:db8::1]:80", "[2001:db8::1]:80: names a port: say [2001:db8::1] --tcp 80" },
	{ "198.18.0.0/255.255.254.0",
	  "198.18.0.0/255.255.254.0: has a netmask: say 198.18.0.0/23" },
	{ HOST " 80", "80: not an address: ports go behind --tcp" },
	{ "198.18.0.1,5", "5: not an address" },
	{ "-", "-: to read targets from standard input, say --targets -" },
	{ "198.18.9-1.1", "198.18.9-1.1: the range ends before it begins" },
	{ "198.18.0-256.1", "198.18.0-256.1: a number above 255" },
	{ "*.*.*.1", "*.*.*.1: more than 65536 ranges: say it by prefixes" },
	{ "lo", "lo: is an interface: say --iface lo" },
	{ "", "nothing to scan: name a target, or an interface with --iface" },
	{ "::ffff:198.18.0.1", "::ffff:198.18.0.1: is an IPv4 address: say 198.18.0.1" },
	{ "[::ffff:c612:1]", "[::ffff:c612:1]: is an IPv4 address: say 198.18.0.1" },
	{ "::ffff:198.18.0.0/120", "::ffff:198.18.0.0/120: is an IPv4 address: say 198.18.0.0" },
	{ "fe80::/120%lo", "fe80::/120%lo: the zone comes before the /: say fe80::%lo/120" },
	{ "fe80::/64%lo", "fe80::/64%lo: the zone comes before the /: say fe80::%lo/64" },
	{ "2001:db8::*", "2001:db8::*: IPv6 takes no *: say a prefix" },
	{ "198.18.0/24", "198.18.0/24: not an IPv4 address: it has four numbers" },
	{ "10.0-3.1", "10.0-3.1: not an IPv4 address: it has four numbers" },
	{ "198.18.0-3.1.5", "198.18.0-3.1.5: not an IPv4 address: it has four numbers" },
	{ "198.18.0.1.5", "198.18.0.1.5: not an IPv4 address: it has four numbers" },
	{ "198.18.0.256", "198.18.0.256: not an IPv4 address: a number above 255" },
	{ "198.018.0.1", "198.018.0.1: not an IPv4 address: no number may begin with 0" },
	{ "./hosts", "./hosts: is a file: say --targets ./hosts" },
	{ "/etc/hosts", "/etc/hosts: is a file: say --targets /etc/hosts" },
	/* mistyped */
	{ "--quite " HOST, "--quite: no such option: did you mean --quiet?" },
	{ "--source_port 4000 " HOST,
	  "--source_port: no such option: did you mean --source-port?" },
	{ "--ratio 4 " HOST, "--ratio: no such option: did you mean --rate?" },
	{ "--cvs FILE " HOST, "--cvs: no such option: did you mean --csv?" },
	{ "--tpc 80 " HOST, "--tpc: no such option: did you mean --tcp?" },
	{ "--lsit FILE " HOST, "--lsit: no such option: did you mean --list?" },
	{ "--zzzzzz " HOST, "--zzzzzz: no such option (see --help)" },
	{ "-\xc3\xbc " HOST, "-\xc3\xbc: no such option: -\xc3\xbc (see --help)" },
	{ "-v5 " HOST, "-v5: no such option: -5 (see --help)" },
	{ "\xe2\x80\x93p 80 " HOST, "\xe2\x80\x93p: begins with a long dash: type - in its place" },
	{ "\xe2\x88\x92-tcp 80 " HOST, "\xe2\x88\x92-tcp: begins with a long dash" },
	/* ports */
	{ "-p 80/tcp " HOST, "80/tcp: say T:80 for TCP, U:80 for UDP" },
	{ "-p 0 " HOST, "0: not a port" },
	{ "-p top0 " HOST, "top0: the number must be 1 to 65535" },
	{ "-p 80 --top-ports 9 " HOST, "--top-ports 9 and --tcp: join them: --tcp PORTS,top9" },
	{ "--top-ports 9 -p 80 " HOST, "--top-ports 9 and --tcp: join them: --tcp PORTS,top9" },
	{ "-p 80 -p 81 " HOST, "--tcp: given twice: join the ports by a comma" },
	{ "-u 0 " HOST, "0: not a port" },
	{ "--udp 53,99999 " HOST, "99999: not a port" },
	{ "-u 53 --udp 123 " HOST, "--udp: given twice: join the ports by a comma" },
	{ "-p 80,U:53 --udp 123 " HOST, "--udp: given twice: join the ports by a comma" },
	{ "--top-ports all " HOST, "--top-ports all: not a number of ports" },
	/* captures; HOST is one address */
	{ "--capture-flow 198.18.0.1 " HOST,
	  "--capture-flow 198.18.0.1: not an address and a port" },
	{ "--capture-flow 198.18.0.1:0 " HOST, "--capture-flow 198.18.0.1:0: not an address" },
	{ "--capture-flow 198.18.0.1:65536 " HOST, "--capture-flow 198.18.0.1:65536: not an" },
	{ "--capture-flow 198.18.0.1:8.5 " HOST, "--capture-flow 198.18.0.1:8.5: not an address" },
	{ "--capture-flow [198.18.0.1]:80 " HOST,
	  "--capture-flow [198.18.0.1]:80: not an address" },
	{ "--capture-flow 2001:db8::1:80 " HOST, "--capture-flow 2001:db8::1:80: not an address" },
	{ "--capture-flow [2001:db8::1] " HOST, "--capture-flow [2001:db8::1]: not an address" },
	{ "--capture-flow :80 " HOST, "--capture-flow :80: not an address and a port" },
	{ "--capture-flow a.example:80 " HOST, "--capture-flow a.example:80: not an address" },
	{ "--capture-flow 198.18.0.1:80 -p 80 " HOST, "--capture-flow needs --capture FILE" },
	{ "--capture f --capture-flow 198.18.0.1:81 -p 80 " HOST,
	  "--capture-flow: port 81 is not asked: name it in --tcp or --udp" },
	{ "--capture f --capture-flow 198.18.9.9:80 -p 80 198.18.0.1",
	  "--capture-flow: 198.18.9.9 is not asked: name it as a target" },
	{ "--capture f --capture-flow 198.18.0.1:80 --exclude 198.18.0.1 -p 80 198.18.0.1",
	  "--capture-flow: 198.18.0.1 is not asked: name it as a target" },
	{ "--capture f --resume g " HOST, "--capture does not go with --resume" },
	/* what cannot be appended to */
	{ "--xml f --resume g " HOST, "--xml does not go with --resume: a later run could not" },
	{ "--resume g --json f --xml - " HOST, "--xml does not go with --resume" },
};

static enum config_verdict read_line(const char *arguments, struct config *c, struct err *err)
{
	char *text = strdup(arguments), *rest = text, *word, *argv[16] = { NULL };
	static char name[] = "xscan";
	enum config_verdict verdict;
	int argc = 0;

	assert_non_null(text);
	argv[argc++] = name;
	while ((word = strsep(&rest, " ")))
		if (*word)
			argv[argc++] = word;
	verdict = config_read(c, argc, argv, err);
	free(text);
	return verdict;
}

static void each_says_what_helps(void **unused)
{
	struct config config;
	struct err err;
	size_t i;

	(void)unused;
	assert_true(sizeof(wrong) / sizeof(wrong[0]) >= 50);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_line(wrong[i].arguments, &config, &err), CONFIG_WRONG);
		if (strncmp(err.text, wrong[i].line, strlen(wrong[i].line)) != 0)
			fail_msg("xscan %s: \"%s\", expected \"%s\"", wrong[i].arguments, err.text,
				 wrong[i].line);
		config_free(&config);
	}
}

/* What is right passes, although other scanners' options look alike. */
static void right_ones_pass(void **unused)
{
	static const char *const right[] = {
		"-p - " HOST,
		"-p -100 " HOST,
		"-p80 " HOST,
		"-vqp 80 " HOST,
		"-i eth0",
		"-ieth0",
		"-4 -i eth0",
		"-4p 80 " HOST,
		"-6 2001:db8::1",
		"--udp 53 -6 2001:db8::1",
		"-u 53 -p 80 " HOST " 2001:db8::1-2001:db8::9",
		"--ifac eth0",
		"--tcp=ssh " HOST,
		"--json -sS " HOST,
		"--json - " HOST,
		"--json ./198.18.0.10 " HOST,
		"--json 198.18.0.10.json " HOST,
		"--rate 100 --retries 0 " HOST,
		"-- " HOST,
		"--capture f " HOST,
		"--capture - " HOST,
		"--capture f --capture-flow 198.18.0.1:80 -p 80 198.18.0.0/30",
		"--capture f --capture-flow 198.18.0.1:53 -u 53 198.18.0.1",
		"--capture f --capture-flow [2001:db8::1]:80 -p 80 2001:db8::1",
		"--capture f --capture-flow 198.18.0.1:80 -p 80 -i eth0",
	};
	struct config config;
	struct err err;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		if (read_line(right[i], &config, &err) != CONFIG_RUN)
			fail_msg("xscan %s: \"%s\"", right[i], err.text);
		config_free(&config);
	}
}

/* A hint that names an option of ours that does not exist would be worse than none. */
static void hints_name_options_that_exist(void **unused)
{
	static const char *const words[] = { "-iL",    "-e",	  "-sn", "-sS",
					     "-Pn",    "-F",	  "-T4", "-oX",
					     "--wait", "--retry", "-d",	 "--stats-every" };
	struct argp_option all[OPTIONS_MAX];
	size_t i, k;

	(void)unused;
	options_collect(all);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct habit *habit = habits_find(words[i]);
		bool exists = false;

		assert_non_null(habit);
		for (k = 0; habit->ours && (all[k].name || all[k].doc); k++)
			exists |= all[k].name && !strcmp(all[k].name, habit->ours);
		if (habit->ours && !exists && strcmp(words[i], "-oX") != 0)
			fail_msg("%s: there is no --%s", words[i], habit->ours);
	}
	assert_null(habits_find("-"));
	assert_null(habits_find("--"));
	assert_null(habits_find("--opem"));
}

/* Words with stars and ranges: how many addresses, and the first and the last. */
static void octets_are_read(void **unused)
{
	static const struct {
		const char *word;
		uint64_t n;
		uint32_t first, last;
	} words[] = {
		{ "198.18.0.*", 256, 0xc6120000, 0xc61200ff },
		{ "198.18.*.7", 256, 0xc6120007, 0xc612ff07 },
		{ "198.18-19.0.1", 2, 0xc6120001, 0xc6130001 },
		{ "198.18.0-3.1-5", 20, 0xc6120001, 0xc6120305 },
		{ "198.18-19.*.*", 131072, 0xc6120000, 0xc613ffff },
		{ "*.18.0.1", 256, 0x00120001, 0xff120001 },
	};
	struct config config;
	struct err err;
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(read_line(words[i].word, &config, &err), CONFIG_RUN);
		assert_int_equal(ranges_count(&config.targets), words[i].n);
		assert_true(addr_equal(config.targets.v[0].first, addr_ip4(words[i].first)));
		assert_true(addr_equal(config.targets.v[config.targets.n - 1].last,
				       addr_ip4(words[i].last)));
		config_free(&config);
	}
	assert_false(target_words_is_octets("198.18.0.1"));
	assert_false(target_words_is_octets("198.18.0.1-9"));
	assert_false(target_words_is_octets("198.18.0.1-198.18.0.9"));
	assert_false(target_words_is_octets("198.18.*"));
	assert_false(target_words_is_octets("*"));
	assert_false(target_words_is_octets(""));
	assert_false(target_words_is_octets("a-b.example.test"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_says_what_helps),
		cmocka_unit_test(right_ones_pass),
		cmocka_unit_test(hints_name_options_that_exist),
		cmocka_unit_test(octets_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
