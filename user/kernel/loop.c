// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* loop.c - the only place where the program waits. */
#include "loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NO_CARRIER_MAX_NS 3000000000ULL
#define LOOK_NS		  100000000ULL

static int watch(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd < 0)
		return fd;
	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int signals_open(const int *signals, size_t n)
{
	struct sigaction action;
	sigset_t set;
	size_t i;
	int fd;

	sigemptyset(&set);
	for (i = 0; i < n; i++)
		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* 0 or a negative errno. */
static int watch_ifaces(struct loop *l, const struct iface *ifaces, unsigned int n)
{
	int code = 0;

	for (; l->n_ifaces < n && !code; l->n_ifaces++) {
		struct loop_iface *i = &l->ifaces[l->n_ifaces];

		*i = (struct loop_iface){
			.index = ifaces[l->n_ifaces].index,
			.name = ifaces[l->n_ifaces].name,
		};
		code = carrier_open(&i->carrier, i->index);
	}
	return code;
}

int loop_open(struct loop *l, const struct iface *ifaces, unsigned int n, struct err *err)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT }, asks[] = { SIGUSR1 };
	int code;

	*l = (struct loop){ .n_ifaces = 0 };
	l->signal_fd = signals_open(stops, sizeof(stops) / sizeof(stops[0]));
	l->status_fd = signals_open(asks, sizeof(asks) / sizeof(asks[0]));
	l->link_fd = route_watch_open();
	l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (l->timer_fd < 0)
		l->timer_fd = -errno;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0)
		l->epoll_fd = -errno;
	code = watch_ifaces(l, ifaces, n);
	if (!code)
		code = l->epoll_fd < 0 ? l->epoll_fd : watch(l->epoll_fd, l->signal_fd);
	if (!code)
		code = watch(l->epoll_fd, l->status_fd);
	if (!code)
		code = watch(l->epoll_fd, l->timer_fd);
	if (!code)
		code = watch(l->epoll_fd, l->link_fd);
	if (!code)
		return 0;
	loop_close(l);
	return err_set(err, code, "cannot set up the event loop: %s", strerror(-code));
}

void loop_close(struct loop *l)
{
	int *const fds[] = { &l->epoll_fd, &l->timer_fd, &l->signal_fd, &l->status_fd,
			     &l->link_fd };
	unsigned int i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
	while (l->n_ifaces)
		carrier_close(&l->ifaces[--l->n_ifaces].carrier);
}

/* Use a timerfd: epoll's timeout counts in milliseconds. */
static void arm(const struct loop *l, uint64_t until_ns)
{
	const struct itimerspec at = { .it_value = { .tv_sec = (time_t)(until_ns / 1000000000),
						     .tv_nsec = (long)(until_ns % 1000000000) } };

	timerfd_settime(l->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

/* Take the signal, so that the next one shows. */
static void on_status_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	l->status_wanted |= read(l->status_fd, &info, sizeof(info)) == sizeof(info);
}

/* An interface that is down or gone; NULL: there is none. */
static struct loop_iface *on_link_change(struct loop *l)
{
	int index[IFACES_MAX];
	enum link_state state;
	unsigned int i, down;

	for (i = 0; i < l->n_ifaces; i++)
		index[i] = l->ifaces[i].index;
	state = route_watch_read(l->link_fd, index, l->n_ifaces, &down);
	if (state != LINK_UNCHANGED)
		l->look_ns = 0;
	return state == LINK_DOWN ? &l->ifaces[down] : NULL;
}

/*
 * The number of the interface that has missed its carrier for the longest time; n_ifaces: there is none. A
 * lost one does not count.
 */
static unsigned int without_carrier(const struct loop *l)
{
	unsigned int found = l->n_ifaces, i;

	for (i = 0; i < l->n_ifaces; i++) {
		const struct loop_iface *one = &l->ifaces[i];

		if (one->no_carrier_ns && !one->lost &&
		    (found == l->n_ifaces || one->no_carrier_ns < l->ifaces[found].no_carrier_ns))
			found = i;
	}
	return found;
}

/* 0: others are left, and go on. Else -ENETDOWN. */
static int lose(struct loop *l, struct loop_iface *iface, const char *how, struct err *err)
{
	if (!iface->lost) {
		if (!l->n_lost)
			err_set(&l->lost, -ENETDOWN, "%s: %s during the scan", iface->name, how);
		iface->lost = true;
		l->n_lost++;
	}
	if (l->goes_on && l->n_lost < l->n_ifaces)
		return 0;
	*err = l->lost;
	return -ENETDOWN;
}

int loop_lose(struct loop *l, unsigned int iface, struct err *err)
{
	return lose(l, &l->ifaces[iface], "went down", err);
}

int loop_wait(struct loop *l, uint64_t until_ns, struct err *err)
{
	struct epoll_event events[5];
	bool wait = until_ns > loop_now_ns();
	struct loop_iface *down;
	unsigned int lost;
	int i, n, code = 0;

	if (wait)
		arm(l, until_ns);
	n = epoll_wait(l->epoll_fd, events, 5, wait ? -1 : 0);
	for (i = 0; i < n; i++) {
		if (events[i].data.fd == l->signal_fd)
			return -EINTR;
		if (events[i].data.fd == l->status_fd)
			on_status_signal(l);
		down = events[i].data.fd == l->link_fd ? on_link_change(l) : NULL;
		if (down)
			code = lose(l, down, "went down", err);
	}
	lost = without_carrier(l);
	if (!code && lost < l->n_ifaces &&
	    loop_now_ns() - l->ifaces[lost].no_carrier_ns > NO_CARRIER_MAX_NS)
		code = lose(l, &l->ifaces[lost], "lost its carrier", err);
	return code;
}

/* Returns 0, or since when frames may have been lost at this interface. */
static uint64_t look_at(struct loop_iface *i, uint64_t now_ns)
{
	const uint64_t certain_ns = i->certain_ns;
	struct carrier now;
	bool lost;

	if (carrier_read(&i->carrier, &now))
		return 0;
	lost = certain_ns && (now.losses != i->losses || i->no_carrier_ns);
	i->losses = now.losses;
	if (!now.there) {
		if (!i->no_carrier_ns)
			i->no_carrier_ns = now_ns;
		if (!certain_ns)
			i->certain_ns = now_ns;
		return 0;
	}
	i->no_carrier_ns = 0;
	i->certain_ns = now_ns;
	return lost ? certain_ns : 0;
}

uint64_t loop_look(struct loop *l, uint64_t now_ns)
{
	uint64_t since_ns = 0, lost_ns;
	unsigned int i;

	if (now_ns < l->look_ns)
		return 0;
	l->look_ns = now_ns + LOOK_NS;
	for (i = 0; i < l->n_ifaces; i++) {
		if (l->ifaces[i].lost)
			continue;
		lost_ns = look_at(&l->ifaces[i], now_ns);
		if (!lost_ns)
			continue;
		l->without_carrier = l->ifaces[i].name;
		if (!since_ns || lost_ns < since_ns)
			since_ns = lost_ns;
	}
	if (since_ns)
		l->without_carrier_ns += now_ns - since_ns;
	return since_ns;
}

bool loop_has_carrier(const struct loop *l)
{
	return without_carrier(l) == l->n_ifaces;
}

int loop_check_carrier(const struct loop *l, struct err *err)
{
	const unsigned int lost = without_carrier(l);

	if (lost == l->n_ifaces)
		return 0;
	return err_set(err, -ENETDOWN, "%s: lost its carrier during the scan",
		       l->ifaces[lost].name);
}

int loop_check_lost(const struct loop *l, struct err *err)
{
	if (!l->n_lost)
		return 0;
	*err = l->lost;
	return -ENETDOWN;
}

uint64_t loop_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}
