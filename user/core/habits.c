// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* habits.c - a row for each option of another scanner. The first row that fits counts. */
#include "habits.h"

#include <stddef.h>
#include <string.h>

static const struct habit habits[] = {
	/* what to scan */
	{ "-iL", "targets", "say --targets FILE" },
	{ "-iR", NULL, "xscan takes no random targets: name some" },
	{ "-iflist", NULL, "`ip address` lists interfaces" },
	{ "--iflist", NULL, "`ip address` lists interfaces" },
	{ "-e", "iface", "say --iface IFACE" },
	{ "-I", "iface", "say --iface IFACE" },
	{ "--interface", "iface", "say --iface IFACE" },
	{ "--adapter", "iface", "say --iface IFACE" },
	{ "-l", "iface", "say --iface IFACE: without a target it means the network there" },
	{ "--localnet", "iface", "say --iface IFACE: without a target it means the network there" },
	{ "-f", NULL, "xscan sends no fragments; for a file of targets say --targets FILE" },
	{ "--file", "targets", "say --targets FILE" },
	{ "--includefile", "targets", "say --targets FILE" },
	{ "--excludefile", "exclude-file", "say --exclude-file FILE" },
	/* what to ask */
	{ "-sn", "arp",
	  "say --arp, and beyond the link --ping; without ports that is the default" },
	{ "-sP", "arp",
	  "say --arp, and beyond the link --ping; without ports that is the default" },
	{ "-sL", "dry-run", "say --dry-run" },
	{ "-sU", "udp", "say --udp PORTS" },
	{ "-sV", NULL, "xscan asks no service for its version: hand open ports to nmap -sV" },
	{ "-sC", NULL, "xscan runs no scripts: hand open ports to nmap -sC" },
	{ "-sI", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "-sO", NULL, "xscan asks for TCP and UDP ports alone" },
	{ "-s*", "tcp", "say --tcp PORTS for a SYN scan, the only kind of TCP scan" },
	{ "--scanflags", "tcp", "say --tcp PORTS for a SYN scan, the only kind of TCP scan" },
	{ "--script*", NULL, "xscan runs no scripts: hand open ports to nmap" },
	{ "-Pn", NULL,
	  "leave it out: xscan asks hosts by ARP on the link, and no others unless --ping" },
	{ "--disable-arp-ping", NULL, "leave it out: behind a gateway xscan asks by --ping alone" },
	{ "-PR", "arp", "say --arp" },
	{ "-PS*", "tcp", "say --tcp PORTS" },
	{ "-P*", "ping", "say --ping" },
	{ "-F", "tcp", "say --tcp top100" },
	{ "--ports", "tcp", "say --tcp PORTS" },
	{ "--port", "tcp", "say --tcp PORTS" },
	{ "--target-port*", "tcp", "say --tcp PORTS" },
	{ "--exclude-ports", NULL, "leave these ports out of --tcp and --udp" },
	{ "--port-ratio", "top-ports", "say --top-ports N" },
	{ "-A", NULL, "xscan detects no versions or systems: hand open ports to nmap -A" },
	{ "-O", NULL, "xscan detects no operating systems: hand open ports to nmap -O" },
	{ "--banners", NULL, "xscan asks no service for its banner: hand open ports to nmap -sV" },
	{ "--version-*", NULL,
	  "xscan asks no service for its version: hand open ports to nmap -sV" },
	{ "--osscan-*", NULL, "xscan detects no operating systems: hand open ports to nmap -O" },
	{ "--traceroute", NULL, "xscan traces no routes: traceroute does" },
	/* how */
	{ "-T*", "rate",
	  "leave it out: --rate auto finds what the path takes; see --rate and --budget" },
	{ "--max-rate", "rate", "say --rate PPS" },
	{ "--min-rate", "rate", "say --rate PPS, or --rate max" },
	{ "--min-parallelism", "rate", "leave it out, or say --rate PPS" },
	{ "--max-parallelism", "rate", "leave it out, or say --rate PPS" },
	{ "--scan-delay", "host-rate", "say --host-rate PPS" },
	{ "--max-scan-delay", "host-rate", "say --host-rate PPS" },
	{ "--bandwidth", "rate", "say --rate PPS" },
	{ "-B", "rate", "say --rate PPS" },
	{ "--interval", "rate", "say --rate PPS" },
	{ "--wait", "timeout",
	  "leave it out: a scan ends when the last answer has come; see --timeout" },
	{ "--cooldown-time", "timeout", "leave it out; see --timeout" },
	{ "--connection-timeout", NULL, "leave it out: xscan makes no connections" },
	{ "--host-timeout", "timeout", "say --timeout SECONDS, the wait for one answer" },
	{ "--*-rtt-timeout", "timeout", "say --timeout SECONDS" },
	{ "--max-retries", "retries", "say --retries N" },
	{ "--retry", "retries", "say --retries N" },
	{ "--backoff", NULL, "leave it out: how long a try waits is measured; see --timeout" },
	{ "--shards", "shard", "say --shard I/N" },
	{ "--limit", NULL, "leave it out: a scan ends when the last answer has come" },
	{ "--min-hostgroup", NULL, "leave it out: xscan asks all hosts at once" },
	{ "--max-hostgroup", NULL, "leave it out: xscan asks all hosts at once" },
	{ "--data*", NULL, "leave it out: probes carry no data, UDP what its service answers to" },
	{ "--infinite", NULL, "leave it out: a timer starts xscan again, and xscan diff compares" },
	{ "-c", NULL, "xscan reads no configuration: put the command line into a script" },
	{ "--conf", NULL, "xscan reads no configuration: put the command line into a script" },
	{ "-n", NULL, "leave it out: xscan asks for no names of hosts unless told to (--names)" },
	{ "-N", NULL, "leave it out: xscan asks for no names of hosts unless told to (--names)" },
	{ "--numeric", NULL,
	  "leave it out: xscan asks for no names of hosts unless told to (--names)" },
	{ "--dns-servers", NULL, "leave it out: --names asks the resolver of this host" },
	{ "--system-dns", NULL, "leave it out: --names asks the resolver of this host" },
	{ "--resolve", "names", "say --names" },
	{ "-R", "names", "say --names" },
	{ "-r", NULL, "leave it out: the order is random; --seed N makes it the same again" },
	{ "--randomseed", "seed", "say --seed N" },
	{ "--random*", NULL, "leave it out: the order is random" },
	{ "-g", "source-port", "say --source-port PORT" },
	{ "--adapter-port", "source-port", "say --source-port PORT" },
	{ "-S", "source-ip", "say --source-ip ADDRESS" },
	{ "--adapter-ip", "source-ip", "say --source-ip ADDRESS" },
	{ "--router-mac*", "gateway-mac", "say --gateway-mac MAC" },
	{ "--arpspa", "source-ip", "say --source-ip ADDRESS" },
	{ "--router-ip", NULL, "leave it out: the route of this host says which gateway" },
	{ "--vlan", "iface", "say --iface IFACE, with the interface of that VLAN" },
	{ "-Q", "iface", "say --iface IFACE, with the interface of that VLAN" },
	{ "--range", NULL, "name the targets without it" },
	{ "--spoof-mac", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "--source-mac", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "--adapter-mac", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "-D", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "--proxies", NULL, "xscan sends from its own address alone: it needs the answers" },
	{ "--badsum", NULL, "xscan sends right frames alone: it needs the answers" },
	{ "--send-*", NULL, "leave it out: xscan builds whole frames" },
	{ "--unprivileged", NULL, "xscan sends frames, which needs rights: see README" },
	{ "--noninteractive", NULL, "leave it out: xscan asks nothing of the keyboard" },
	{ "--privileged", NULL, "leave it out" },
	/* what to print */
	{ "-oX", "xml", "say --xml FILE" },
	{ "-oJ", "json", "say --json FILE" },
	{ "-oD", "json", "say --json FILE" },
	{ "-oL", "list", "say --list FILE" },
	{ "-oG", "list", "say --list FILE" },
	{ "-oN", NULL, "send standard output to the file: xscan … > FILE" },
	{ "-oA", "xml", "say --xml FILE --json FILE --list FILE" },
	{ "-oB", "resume", "say --resume FILE to go on later" },
	{ "-o*", NULL, "send standard output to the file, or say --json FILE" },
	{ "--output-file*", "json", "say --json FILE" },
	{ "--output-format", "json", "say --json FILE" },
	{ "--output-filename", "json", "say --json FILE" },
	{ "--format", "json", "say --json FILE, or --csv FILE" },
	{ "--rotate*", NULL, "leave it out: name other files for each scan" },
	{ "--open*", NULL, "leave it out: only open ports are shown unless --all is given" },
	{ "--append-output", "resume", "say --resume FILE: then --json, --csv and --list append" },
	{ "--stylesheet", NULL, "leave it out: xsltproc makes a page of --xml, or xscan report" },
	{ "--webxml", NULL, "leave it out: xsltproc makes a page of --xml, or xscan report" },
	{ "--no-stylesheet", NULL, "leave it out: --xml names none" },
	{ "--readscan", NULL, "say xscan report RESULT, or xscan diff OLD NEW" },
	{ "--echo", "dry-run", "say --dry-run" },
	{ "--offline", "dry-run", "say --dry-run" },
	{ "--ignoredups", NULL, "leave it out: each answer counts once" },
	{ "--ouifile", NULL, "leave it out: vendors come from the lists of this host" },
	{ "--macfile", NULL, "leave it out: vendors come from the lists of this host" },
	{ "--pcapsavefile", "capture", "say --capture FILE" },
	{ "--pcap", "capture", "say --capture FILE" },
	{ "-W", "capture", "say --capture FILE" },
	{ "--reason", "json", "leave it out: rows in a pipe and --json have the reason" },
	{ "--stats-every", "stats-interval", "say --stats-interval SECONDS" },
	{ "--status", "stats-interval", "say --stats-interval SECONDS" },
	{ "--plain", NULL, "leave it out: rows in a pipe are plain" },
	{ "-x", NULL, "leave it out: rows in a pipe are plain" },
	{ "-d*", "verbose", "say -v" },
	{ "-V", "version", "say --version" },
	{ "--packet-trace", "dry-run", "xscan prints no packets; --dry-run prints the plan" },
};

/* A * stands for anything, also for nothing. */
static int fits(const char *pattern, const char *word)
{
	const size_t len = strcspn(pattern, "*"), word_len = strlen(word);
	const char *rest = pattern + len;

	if (strncmp(pattern, word, len) != 0)
		return 0;
	if (!*rest)
		return word_len == len;
	rest++;
	return word_len >= len + strlen(rest) && !strcmp(word + word_len - strlen(rest), rest);
}

const struct habit *habits_find(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
		if (fits(habits[i].theirs, word))
			return &habits[i];
	return NULL;
}
