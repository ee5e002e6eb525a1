// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * main.c - the table of commands; and scan, the default: read the command line, make a plan, run the
 * scan, report how it went.
 *
 * Only this file and those of the other commands print messages and exit.
 */
#include "closing.h"
#include "command.h"
#include "config.h"
#include "network.h"
#include "plan.h"
#include "privilege.h"
#include "scan.h"
#include "search.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void print_notes(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->n_notes && !config->quiet; i++)
		fprintf(stderr, "xscan: %s\n", config->notes[i]);
}

static void print_unfit(const struct config *config, const struct network *net)
{
	if (*net->unfit.text && !config->quiet)
		fprintf(stderr, "xscan: %s; its targets are left out\n", net->unfit.text);
}

/*
 * Make sure that descriptors 0 to 2 are open: a socket of ours must not pass for standard output.
 * Open the root folder in place of each missing one, neither to read nor to write. Then reading and
 * writing fail as if it were closed. /dev/null may be missing, the root folder never is.
 */
static void open_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFL) < 0)
			open("/", O_PATH);
}

/* A scan takes SIGUSR1 when it runs: one that comes before must not end the program. */
static void block_status_signal(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Called before the libraries set themselves up, which takes longer than the rest of the start. */
__attribute__((section(".preinit_array"),
	       used)) static void (*const before_libraries)(void) = block_status_signal;

/* How a scan went. */
struct outcome {
	const struct config *config;
	bool lossy;
};

static void tell(void *ctx, const struct result_summary *summary)
{
	struct outcome *outcome = ctx;

	outcome->lossy = summary->lossy;
	if (!outcome->config->quiet)
		closing_print(summary, outcome->config->verbose, stderr);
}

static void warn(void *ctx, const struct err *err)
{
	(void)ctx;
	complain(err);
}

/* Say why there is no scan. The exit status: some errors are of the command line. */
static int failed(int code, const struct err *err)
{
	complain(err);
	return code == -EDESTADDRREQ || code == -ENOTUNIQ ? STATUS_USAGE : STATUS_BROKEN;
}

/* A plan for each family: IPv4, then IPv6. On the link of IPv6, one for each round of the search. */
enum { PLANS_MAX = 1 + SEARCH_ROUNDS };

static int run(const struct config *config, struct plan *plans, unsigned int n)
{
	struct outcome outcome = { .config = config };
	const struct scan_listener listener = { .ctx = &outcome, .told = tell, .warned = warn };
	struct err err;
	unsigned int i;
	int code;

	code = config->dry_run ? scan_check(config, plans, n, &err) : 0;
	if (code)
		return failed(code, &err);
	for (i = 0; i < n && (config->dry_run || config->verbose); i++)
		if (!i || !plans[i].link || !plans[i - 1].link)
			plan_print(&plans[i], config, config->dry_run ? stdout : stderr);
	if (config->dry_run)
		return finish_printing() ? STATUS_OK : STATUS_BROKEN;
	code = scan_run(config, plans, n, &listener, &err);
	if (code == -EINTR)
		return STATUS_SIGNAL;
	if (code)
		return failed(code, &err);
	return outcome.lossy ? STATUS_LOSSY : STATUS_OK;
}

/* *n plans are to be freed, also after an error. */
static int make_plans(const struct config *config, const struct network *net,
		      struct plan plans[PLANS_MAX], unsigned int *n, struct err *err)
{
	static const struct ranges none[IFACES_MAX];
	int code = 0;

	if (config_only_listens(config)) {
		plans[(*n)++] = plan_silent(net);
		return 0;
	}
	if (plan_is_for(config, net, false))
		code = plan_make(&plans[(*n)++], config, net, false, err);
	if (!code && config->targets.n && plan_is_for(config, net, true))
		code = plan_make(&plans[(*n)++], config, net, true, err);
	/* With IPv6 alone the first plan stays empty. */
	while (!code && !config->targets.n && plan_is_for(config, net, true) && *n < PLANS_MAX)
		code = plan_link(&plans[(*n)++], config, net, none, err);
	return code ? code : plan_need_targets(plans, *n, config, err);
}

static int scan(const struct config *config)
{
	struct network net;
	struct plan plans[PLANS_MAX] = { 0 };
	struct err err;
	unsigned int n = 0;
	int code, status;

	print_notes(config);
	code = network_read(config, &net, &err);
	if (!code)
		code = make_plans(config, &net, plans, &n, &err);
	if (!code)
		print_unfit(config, &net);
	status = code ? failed(code, &err) : run(config, plans, n);
	while (n)
		plan_free(&plans[--n]);
	network_free(&net);
	return status;
}

static int command_scan(int argc, char **argv)
{
	enum config_verdict verdict;
	struct config config;
	int status = STATUS_OK;
	struct err err;

	verdict = config_read(&config, argc, argv, &err);
	if (verdict == CONFIG_WRONG || verdict == CONFIG_BROKEN) {
		complain(&err);
		status = verdict == CONFIG_WRONG ? STATUS_USAGE : STATUS_BROKEN;
	} else if (verdict == CONFIG_DONE) {
		status = finish_printing() ? STATUS_OK : STATUS_BROKEN;
	} else {
		status = scan(&config);
	}
	config_free(&config);
	return status;
}

static int command_help(int argc, char **argv)
{
	char name[] = "xscan", option[] = "--help";
	char *help[] = { name, option, NULL };

	if (argc > 1 && !strcmp(argv[1], "diff"))
		return command_diff(2, help);
	if (argc > 1 && !strcmp(argv[1], "report"))
		return command_report(2, help);
	return command_scan(2, help);
}

/* The first word names a command, or begins a scan. */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	int broken; /* the exit status if it cannot begin */
} commands[] = {
	{ "diff", command_diff, STATUS_TROUBLE },
	{ "report", command_report, STATUS_BROKEN },
	{ "help", command_help, STATUS_BROKEN },
};

static const struct command *find_command(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (word && !strcmp(word, commands[i].name))
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command = find_command(argc > 1 ? argv[1] : NULL);
	struct err err;

	open_standard_files();
	if (privilege_begin(&err) || (command && privilege_renounce(&err))) {
		complain(&err);
		return command ? command->broken : STATUS_BROKEN;
	}
	/* Report a closed pipe or a full quota as a write error, like any other. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return command ? command->run(argc - 1, argv + 1) : command_scan(argc, argv);
}
