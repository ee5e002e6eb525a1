# xscan: `make demo` and `make test` do everything, on a fresh machine too. `make help` lists the rest.

BUILD ?= build
V ?= 0
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PREFIX ?= /usr/local
# The version has one place: the changelog of the package.
VERSION := $(shell sed -n '1s/^xscan (\(.*\)).*/\1/p' tools/dist/debian/changelog)

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wmissing-prototypes $(if $(WERROR),-Werror)
SAN := $(if $(SANITIZE),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
LIBS := libxdp libbpf libmnl json-c libcap libseccomp
# The filter on system calls: on, off, or kill (tests show what is missing in it). Sanitizers make
# calls of their own that the filter would have to allow to everybody; valgrind knows no filters.
SECCOMP ?= $(if $(SANITIZE),off,on)
CFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE $(WARN) $(SAN) -Iinclude -I$(BUILD)/bpf -DXSCAN_VERSION='"$(VERSION)"' \
	     -DSECCOMP=SECCOMP_$(SECCOMP) -MMD -MP $(CPPFLAGS) $(CFLAGS)
# The programs read no kernel structure whose layout varies. Without the relocations that vmlinux.h
# asks for, libbpf need not parse the kernel's whole BTF: 20 ms less before the first probe.
BPF_CFLAGS = -std=gnu11 -target bpf -mcpu=v2 -O2 -g $(WARN) -Wno-missing-prototypes \
	     -DBPF_NO_PRESERVE_ACCESS_INDEX \
	     -Iinclude -Ivmlinux -MMD -MP

# Each folder sees itself and those before it: an include in the other direction does not compile.
FOLDERS := core probe out read kernel kernel/attach scan
SEEN_core := core
SEEN_probe := $(SEEN_core) probe
SEEN_out := $(SEEN_probe) out
SEEN_read := $(SEEN_out) read
SEEN_kernel := $(SEEN_read) kernel kernel/attach
SEEN_scan := $(SEEN_kernel) scan
seen = $(addprefix -Iuser/,$(SEEN_$(1)))

sources = $(foreach folder,$(1),$(wildcard user/$(folder)/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
# Pure logic: no kernel, no root. Unit tests link this and nothing that can reach the kernel.
PURE := $(call objects,core probe out read)
KERNEL := $(call objects,kernel kernel/attach)
PROGRAM := $(patsubst %.c,$(BUILD)/%.o,$(wildcard user/*.c)) $(KERNEL) $(call objects,scan)
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test-*.c))
BPF_TESTS := $(patsubst tests/bpf/%.c,$(BUILD)/tests/%,$(wildcard tests/bpf/test-*.c))
# All programs are in one folder: of two with one name, only one would be built and run.
ifneq ($(words $(UNIT_TESTS) $(BPF_TESTS)),$(words $(sort $(UNIT_TESTS) $(BPF_TESTS))))
$(error a test of tests/unit and one of tests/bpf have the same name)
endif
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))
FUZZ_SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(filter 1,$(V)),:,printf '  %-7s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all lab demo experiments test torture test-kernels check fuzz sanitize bench deps install uninstall deb test-dist \
	clean help vmlinux FORCE

all: $(BUILD)/xscan

lab: $(BUILD)/fleet $(BUILD)/faulty

help:
	@echo 'make          build $(BUILD)/xscan '
	@echo 'make lab      build what answers in a lab of network namespaces: fleet, faulty'
	@echo 'make demo     install what is missing, build, scan a lab of network namespaces'
	@echo 'make test     install what is missing, build, run all tests (needs root for the lab)'
	@echo 'make check    the tests that need no root'
	@echo 'make torture  scans of lossy, limited, dying networks, judged by the truth: SCENARIOS=300 SEED=1'
	@echo 'make fuzz     let each libFuzzer target look for findings: FUZZ_SECONDS=30'
	@echo 'make sanitize whole scans under ASan and UBSan, and under valgrind'
	@echo 'make test-kernels   scans on other kernels, in QEMU: KERNELS="5.10 newest" CLANGS="clang-16"'
	@echo 'make bench    xscan and other scanners at the same work: ROWS="A C" ROUNDS=3'
	@echo 'make experiments  questions about the receive path, answered in the lab: EXPERIMENTS="native loss"'
	@echo 'make install  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR); SETCAP=1: to be used without root'
	@echo 'make uninstall  remove what make install has installed, with the same PREFIX and DESTDIR'
	@echo 'make deb      build a Debian package in $(BUILD)/deb'
	@echo 'make test-dist  tests of the installation, the completions, the units and the package'
	@echo 'make vmlinux  generate vmlinux/vmlinux.h anew from this kernel'
	@echo 'make clean    remove $(BUILD)/'
	@echo 'V=1 shows commands, WERROR=1 stops at warnings, SANITIZE=1 builds with ASan and UBSan'

deps:
	$(Q)tools/install-deps build

# The recursion lets pkg-config see what was just installed.
demo:
	$(Q)tools/install-deps build lab
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BUILD) tools/demo

EXPERIMENTS ?=

experiments:
	$(Q)tools/install-deps build lab
	$(Q)$(MAKE) --no-print-directory all lab
	$(Q)BUILD=$(BUILD) tools/experiments $(EXPERIMENTS)

test:
	$(Q)tools/install-deps build lab test
	$(Q)tools/install-deps formats || echo "  (without them tests of formats are skipped)"
	$(Q)tools/install-deps udp || echo "  (without them net/58-udp-long is skipped)"
	$(Q)$(MAKE) --no-print-directory all lab tests
	$(Q)BUILD=$(BUILD) tests/run unit dist bpf net

SCENARIOS ?= 300
SEED ?= 1

torture:
	$(Q)tools/install-deps build lab test
	$(Q)$(MAKE) --no-print-directory all lab
	$(Q)BUILD=$(BUILD) tests/net/torture $(SEED) $(SCENARIOS)

# Kernels of Debian's, and compilers of which each builds all that runs on them.
KERNELS ?= 5.10 6.1 6.12 newest
CLANGS ?= clang-14 clang-16 clang-19

test-kernels:
	$(Q)tools/install-deps build lab test kernels
	$(Q)tools/install-deps clangs || echo "  (a clang that is missing is left out)"
	$(Q)for clang in $(CLANGS); do ! command -v $$clang >/dev/null || \
		$(MAKE) --no-print-directory CLANG=$$clang BUILD=$(BUILD)/kernels/$$clang guest || exit; done
	$(Q)BUILD=$(BUILD) CLANGS="$(CLANGS)" tests/kernels/run $(KERNELS)

bench:
	$(Q)tools/install-deps build lab
	$(Q)tools/install-deps bench || echo "  (a scanner that is missing is left out)"
	$(Q)tools/install-deps reach || echo "  (a scanner that is missing is left out)"
	$(Q)$(MAKE) --no-print-directory all lab $(BUILD)/ceiling $(BUILD)/measure
	$(Q)BUILD=$(BUILD) tools/bench

check: $(UNIT_TESTS)
	$(Q)BUILD=$(BUILD) tests/run unit

fuzz:
	$(Q)tools/install-deps build fuzz
	$(Q)$(MAKE) --no-print-directory fuzzers
	$(Q)BUILD=$(BUILD) tests/run fuzz

sanitize:
	$(Q)tools/install-deps build lab test fuzz
	$(Q)$(MAKE) --no-print-directory all lab sanitized
	$(Q)BUILD=$(BUILD) tests/run sanitize

.PHONY: tests fuzzers sanitized guest
tests: $(UNIT_TESTS) $(BPF_TESTS) $(BUILD)/tests/xscan-one-page $(BUILD)/tests/xscan-small-slices \
       $(BUILD)/tests/tun-host $(BUILD)/tests/no-tcx.so $(BUILD)/tests/early-signal.so $(BUILD)/flood

# The same sources once more, built otherwise, in folders of their own.
again = $(MAKE) --no-print-directory $(if $(filter 1,$(V)),,--silent)
fuzzers:
	$(Q)$(again) BUILD=$(BUILD)/fuzz CC=$(CLANG) SAN='$(FUZZ_SAN)' $(FUZZERS)

sanitized:
	$(Q)$(again) BUILD=$(BUILD)/asan SANITIZE=1 $(BUILD)/asan/xscan
	$(Q)$(again) BUILD=$(BUILD)/unfiltered SECCOMP=off $(BUILD)/unfiltered/xscan

# What runs on other kernels.
guest: all lab $(BPF_TESTS) $(BUILD)/tests/load $(BUILD)/pass.bpf.o $(BUILD)/kill-at.so
	@:

BINDIR ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
UNITDIR ?= $(PREFIX)/lib/systemd/system
MANUALS := $(notdir $(wildcard tools/dist/*.8))
UNITS := xscan@.service xscan@.timer
INSTALLED = $(BINDIR)/xscan $(LIBEXECDIR)/xscan-nightly $(addprefix $(MANDIR)/man8/,$(MANUALS)) \
	    $(BASHDIR)/xscan $(ZSHDIR)/_xscan $(addprefix $(UNITDIR)/,$(UNITS))
CAPABILITIES := cap_net_admin,cap_net_raw,cap_bpf,cap_perfmon+ep

# The units name the folders of the programs.
install: $(BUILD)/xscan
ifdef SETCAP
	$(Q)tools/install-deps install
endif
	install -D -m 755 $< $(DESTDIR)$(BINDIR)/xscan
	install -D -m 755 tools/dist/xscan-nightly.sh $(DESTDIR)$(LIBEXECDIR)/xscan-nightly
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 $(addprefix tools/dist/,$(MANUALS))
	install -D -m 644 tools/dist/xscan.bash $(DESTDIR)$(BASHDIR)/xscan
	install -D -m 644 tools/dist/xscan.zsh $(DESTDIR)$(ZSHDIR)/_xscan
	for unit in $(UNITS); do \
		sed 's,@BINDIR@,$(BINDIR),; s,@LIBEXECDIR@,$(LIBEXECDIR),' tools/dist/$$unit | \
			install -D -m 644 /dev/stdin $(DESTDIR)$(UNITDIR)/$$unit || exit; \
	done
ifdef SETCAP
	PATH=$$PATH:/usr/sbin:/sbin setcap $(CAPABILITIES) $(DESTDIR)$(BINDIR)/xscan
	@echo 'whoever may execute $(DESTDIR)$(BINDIR)/xscan can now scan without root'
else
	@echo 'For use without root (`make install SETCAP=1` runs the last command):'
	@echo '  chgrp GROUP $(DESTDIR)$(BINDIR)/xscan && chmod 750 $(DESTDIR)$(BINDIR)/xscan   # if not everybody shall'
	@echo '  setcap $(CAPABILITIES) $(DESTDIR)$(BINDIR)/xscan'
endif

# What users and the timer have made (/var/lib/xscan) stays.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))

# The sources and their debian/ in a tree of their own: what an earlier `make deb` built there is used again.
# Variables of this make must not reach that of the package.
SOURCES := bpf include tests tools user vmlinux LICENSE Makefile README.md
deb:
	$(Q)tools/install-deps build deb
	$(Q)mkdir -p $(BUILD)/deb/tree
	$(Q)rm -rf $(addprefix $(BUILD)/deb/tree/,$(SOURCES) debian) $(BUILD)/deb/xscan*_*
	$(Q)cp -a $(SOURCES) tools/dist/debian $(BUILD)/deb/tree/
	$(Q)cd $(BUILD)/deb/tree && env -i PATH="$$PATH" HOME="$$HOME" LC_ALL=C.UTF-8 \
		DEB_BUILD_OPTIONS="nocheck $$DEB_BUILD_OPTIONS" dpkg-buildpackage -b -us -uc -nc -Pnocheck

test-dist:
	$(Q)tools/install-deps build lab test deb
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BUILD) tests/run dist deb

vmlinux:
	tools/gen-vmlinux > vmlinux/vmlinux.h.new && mv vmlinux/vmlinux.h.new vmlinux/vmlinux.h

clean:
	rm -rf $(BUILD)

# Objects

pkg = $(shell pkg-config $(1) $(2))

# Other flags, another version or another compiler: what they make is made anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(CFLAGS_ALL) / $(CLANG) $(BPF_CFLAGS))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(CFLAGS_ALL) / $(CLANG) $(BPF_CFLAGS))' > $@

$(BUILD)/user/%.o: user/%.c $(BUILD)/flags
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,$(or $(filter $(FOLDERS),$(word 2,$(subst /, ,$<))),scan)) -c $< -o $@

$(BUILD)/libpure.a: $(PURE)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# An object for each kind of question (bpf/kind.h).
$(BUILD)/bpf/xscan_%.bpf.o: bpf/xscan.bpf.c $(BUILD)/flags
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -DKIND=PROBE_$$(echo $* | tr a-z A-Z) -c $< -o $@

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@ 2> $@.log || { cat $@.log >&2; false; }

KINDS := $(shell sed -nE 's/^\tX\([A-Z0-9]+, ([a-z0-9]+),.*\).*/\1/p' include/probe.h)
SKELETONS := $(KINDS:%=$(BUILD)/bpf/xscan_%.skel.h)

$(PROGRAM): | $(SKELETONS)

# The page of `xscan report`: its style and its script in one text.
$(BUILD)/user/read/page_assets.h: tools/embed-page $(wildcard user/read/page/*)
	$(call say,EMBED,$@)
	@mkdir -p $(@D)
	$(Q)tools/embed-page user/read/page > $@

$(BUILD)/user/read/page.o: CFLAGS_ALL += -I$(BUILD)/user/read
$(BUILD)/user/read/page.o: | $(BUILD)/user/read/page_assets.h

link_xscan = $(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) $^ -o $@ $(call pkg,--libs,$(LIBS)) -lelf -lz -lm -pthread

$(BUILD)/xscan: $(PROGRAM) $(BUILD)/libpure.a
	$(call say,LINK,$@)
	$(link_xscan)

# Lab

$(BUILD)/tools/%.bpf.o: tools/%.bpf.c $(BUILD)/flags
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -Itools -c $< -o $@

$(BUILD)/tools/%.skel.h: $(BUILD)/tools/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

$(BUILD)/fleet: tools/fleet.c $(BUILD)/tools/fleet.skel.h $(BUILD)/libpure.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,probe) -Itools -I$(BUILD)/tools $< $(BUILD)/libpure.a -o $@ \
		$(call pkg,--libs,libbpf) -lelf -lz

$(BUILD)/faulty: tools/faulty.c $(BUILD)/libpure.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,probe) -Itools -Itests $< $(BUILD)/libpure.a -o $@

$(BUILD)/ceiling: tools/ceiling.c $(BUILD)/tools/ceiling.skel.h $(BUILD)/bpf/xscan_tcp.skel.h
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,probe) -Itools -I$(BUILD)/tools $< -o $@ $(call pkg,--libs,libbpf) -lelf -lz

$(BUILD)/flood: tools/flood.c $(BUILD)/libpure.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,probe) -Itools $< $(BUILD)/libpure.a -o $@

$(BUILD)/measure: tools/measure.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< -o $@

# Tests

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libpure.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,$(sees)) -Itests $< $(filter %.o,$^) $(BUILD)/libpure.a -o $@ \
		$(call pkg,--libs,cmocka json-c zlib libseccomp libmnl) -lm

# Not of the core, but needs no root either.
sees := kernel
$(BUILD)/tests/test-syscalls: $(BUILD)/user/kernel/syscalls.o
$(BUILD)/tests/test-meanwhile: $(BUILD)/user/kernel/meanwhile.o
PLAN_TESTS := $(filter $(BUILD)/tests/test-plan%,$(UNIT_TESTS))
$(PLAN_TESTS): $(addprefix $(BUILD)/user/,scan/plan.o scan/plan_canaries.o scan/plan_link.o scan/reach.o scan/network.o \
	$(patsubst %,kernel/%.o,netlink permanent route routing rtnl))
$(BUILD)/tests/test-trouble: $(BUILD)/user/scan/trouble.o
$(BUILD)/tests/test-command-lines: $(addprefix $(BUILD)/user/scan/,arguments.o config.o config_rules.o config_targets.o family.o options.o resolve.o)
$(PLAN_TESTS) $(BUILD)/tests/test-trouble $(BUILD)/tests/test-command-lines: sees := scan

$(BUILD)/tests/tun-host: tests/net/tun-host.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests $< -o $@

$(BUILD)/tests/%.so: tests/net/%.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -shared -fPIC $< -o $@

$(BPF_TESTS): $(BUILD)/tests/%: tests/bpf/%.c $(KERNEL) $(BUILD)/libpure.a | $(SKELETONS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,kernel) -Itests $< $(KERNEL) $(BUILD)/libpure.a -o $@ \
		$(call pkg,--libs,cmocka libbpf libxdp libmnl libcap libseccomp) -lelf -lz -lm

# xscan with a ring buffer so small that events are lost.
$(BUILD)/one-page/matcher.o: user/kernel/matcher.c $(BUILD)/flags | $(SKELETONS)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,kernel) -DRING_BYTES=4096 -c $< -o $@

$(BUILD)/tests/xscan-one-page: $(filter-out %/matcher.o,$(PROGRAM)) $(BUILD)/one-page/matcher.o \
			       $(BUILD)/libpure.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(link_xscan)

# xscan with a table of answers so small that a scan takes several slices.
SLICES := user/scan/ask.c

$(BUILD)/small-slices/$(notdir $(SLICES:.c=.o)): $(SLICES) $(BUILD)/flags | $(SKELETONS)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,scan) -DANSWERS_MAX=8192 -c $< -o $@

$(BUILD)/tests/xscan-small-slices: $(filter-out $(BUILD)/$(SLICES:.c=.o),$(PROGRAM)) \
				   $(BUILD)/small-slices/$(notdir $(SLICES:.c=.o)) $(BUILD)/libpure.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(link_xscan)

# As `fuzzers` has it made, with libFuzzer's main.
$(BUILD)/fuzz-%: tests/fuzz/fuzz-%.c $(BUILD)/libpure.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,scan) -Itests -fsanitize=fuzzer $< $(BUILD)/libpure.a -o $@ $(call pkg,--libs,json-c zlib) -lm

# On other kernels

$(BUILD)/tests/load: tests/kernels/load.c $(KERNEL) $(BUILD)/libpure.a | $(SKELETONS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(call seen,kernel) $< $(KERNEL) $(BUILD)/libpure.a -o $@ \
		$(call pkg,--libs,cmocka libbpf libxdp libmnl libcap libseccomp) -lelf -lz -lm

$(BUILD)/pass.bpf.o: tests/kernels/pass.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(BUILD)/kill-at.so: tests/kernels/kill-at.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -shared -fPIC $< -o $@

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
