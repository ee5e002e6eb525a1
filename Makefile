# xscan: `make demo` and `make test` do everything, on a fresh machine too. `make help` lists the rest.

BUILD ?= build
V ?= 0
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PREFIX ?= /usr/local
VERSION := 0.1.0

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wmissing-prototypes $(if $(WERROR),-Werror)
SAN := $(if $(SANITIZE),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
LIBS := libxdp libbpf libmnl json-c libcap libseccomp
# The filter on system calls: on, off, or kill (tests show what is missing in it). Sanitizers make
# calls of their own that the filter would have to allow to everybody; valgrind knows no filters.
SECCOMP ?= $(if $(SANITIZE),off,on)
CFLAGS_ALL = -std=gnu11 -D_GNU_SOURCE $(WARN) $(SAN) -Iinclude -Iuser -I$(BUILD)/bpf -DXSCAN_VERSION='"$(VERSION)"' \
	     -DSECCOMP=SECCOMP_$(SECCOMP) -MMD -MP $(CFLAGS)
# The programs read no kernel structure whose layout varies. Without the relocations that vmlinux.h
# asks for, libbpf need not parse the kernel's whole BTF: 20 ms less before the first probe.
BPF_CFLAGS = -std=gnu11 -target bpf -mcpu=v2 -O2 -g $(WARN) -Wno-missing-prototypes \
	     -DBPF_NO_PRESERVE_ACCESS_INDEX \
	     -Iinclude -Ivmlinux -MMD -MP

# Pure logic: no kernel, no root. Unit tests link this and nothing that can reach the kernel.
CORE := err ranges targets ports shard values paths permute pacer sendlog rtt control flow hosts ledger resume result closing names out_text out_json
# The program around it.
PROGRAM := main config plan route loop source_ports table extension matcher drivers guardian clsact \
	   multiprog dispatcher attach tx_af_packet tx_xdp link_stats phase sweep portscan progress \
	   report syscalls privilege scan
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test-*.c))
BPF_TESTS := $(patsubst tests/bpf/%.c,$(BUILD)/tests/%,$(wildcard tests/bpf/test-*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz-*.c))
FUZZ_SAN := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined

Q := $(if $(filter 1,$(V)),,@)
say = @$(if $(filter 1,$(V)),:,printf '  %-7s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: all demo test test-kernels check fuzz sanitize bench deps install clean help vmlinux

all: $(BUILD)/xscan $(BUILD)/fleet

help:
	@echo 'make          build $(BUILD)/xscan (and the tools the lab needs)'
	@echo 'make demo     install what is missing, build, scan a lab of network namespaces'
	@echo 'make test     install what is missing, build, run all tests (needs root for the lab)'
	@echo 'make check    the tests that need no root'
	@echo 'make fuzz     let each libFuzzer target look for findings: FUZZ_SECONDS=30'
	@echo 'make sanitize whole scans under ASan and UBSan, and under valgrind'
	@echo 'make test-kernels   scans on other kernels, in QEMU: KERNELS="5.10 newest" CLANGS="clang-16"'
	@echo 'make bench    xscan and other scanners at the same work: ROWS="A C" ROUNDS=3'
	@echo 'make install  PREFIX=$(PREFIX) DESTDIR=$(DESTDIR); SETCAP=1: to be used without root'
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

test:
	$(Q)tools/install-deps build lab test
	$(Q)$(MAKE) --no-print-directory all tests
	$(Q)BUILD=$(BUILD) tests/run unit bpf net

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
	$(Q)$(MAKE) --no-print-directory all $(BUILD)/ceiling $(BUILD)/measure
	$(Q)BUILD=$(BUILD) tools/bench

check: $(UNIT_TESTS)
	$(Q)BUILD=$(BUILD) tests/run unit

fuzz:
	$(Q)tools/install-deps build fuzz
	$(Q)$(MAKE) --no-print-directory fuzzers
	$(Q)BUILD=$(BUILD) tests/run fuzz

sanitize:
	$(Q)tools/install-deps build lab test fuzz
	$(Q)$(MAKE) --no-print-directory all sanitized
	$(Q)BUILD=$(BUILD) tests/run sanitize

.PHONY: tests fuzzers sanitized guest
tests: $(UNIT_TESTS) $(BPF_TESTS) $(BUILD)/tests/xscan-one-page $(BUILD)/tests/tun-host $(BUILD)/flood

# The same sources once more, built otherwise, in folders of their own.
again = $(MAKE) --no-print-directory $(if $(filter 1,$(V)),,--silent)
fuzzers:
	$(Q)$(again) BUILD=$(BUILD)/fuzz CC=$(CLANG) SAN='$(FUZZ_SAN)' $(FUZZERS)

sanitized:
	$(Q)$(again) BUILD=$(BUILD)/asan SANITIZE=1 $(BUILD)/asan/xscan
	$(Q)$(again) BUILD=$(BUILD)/unfiltered SECCOMP=off $(BUILD)/unfiltered/xscan

# What runs on other kernels.
guest: all $(BPF_TESTS) $(BUILD)/tests/load $(BUILD)/pass.bpf.o $(BUILD)/kill-at.so
	@:

INSTALLED = $(DESTDIR)$(PREFIX)/sbin/xscan
CAPABILITIES := cap_net_admin,cap_net_raw,cap_bpf,cap_perfmon+ep

install: $(BUILD)/xscan
	install -D -m 755 $< $(INSTALLED)
ifdef SETCAP
	PATH=$$PATH:/usr/sbin:/sbin setcap $(CAPABILITIES) $(INSTALLED)
	@echo 'whoever may execute $(INSTALLED) can now scan without root'
else
	@echo 'For use without root (`make install SETCAP=1` runs the last command):'
	@echo '  chgrp GROUP $(INSTALLED) && chmod 750 $(INSTALLED)   # if not everybody shall'
	@echo '  setcap $(CAPABILITIES) $(INSTALLED)'
endif

vmlinux:
	tools/gen-vmlinux > vmlinux/vmlinux.h.new && mv vmlinux/vmlinux.h.new vmlinux/vmlinux.h

clean:
	rm -rf $(BUILD)

# Objects

objects = $(addprefix $(BUILD)/user/,$(addsuffix .o,$(1)))
pkg = $(shell pkg-config $(1) $(2))

$(BUILD)/user/%.o: user/%.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c $< -o $@

$(BUILD)/libcore.a: $(call objects,$(CORE))
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/bpf/%.bpf.o: bpf/%.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(BUILD)/bpf/%.skel.h: $(BUILD)/bpf/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@ 2> $@.log || { cat $@.log >&2; false; }

SKELETONS := $(patsubst bpf/%.bpf.c,$(BUILD)/bpf/%.skel.h,$(wildcard bpf/*.bpf.c))

$(call objects,$(PROGRAM)): | $(SKELETONS)

link_xscan = $(Q)$(CC) $(SAN) $(CFLAGS) $^ -o $@ $(call pkg,--libs,$(LIBS)) -lelf -lz -lm

$(BUILD)/xscan: $(call objects,$(PROGRAM)) $(BUILD)/libcore.a
	$(call say,LINK,$@)
	$(link_xscan)

# Lab

$(BUILD)/tools/%.bpf.o: tools/%.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -Itools -c $< -o $@

$(BUILD)/tools/%.skel.h: $(BUILD)/tools/%.bpf.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

$(BUILD)/fleet: tools/fleet.c $(BUILD)/tools/fleet.skel.h $(BUILD)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -Itools -I$(BUILD)/tools $< $(BUILD)/libcore.a -o $@ \
		$(call pkg,--libs,libbpf) -lelf -lz

$(BUILD)/ceiling: tools/ceiling.c $(BUILD)/tools/ceiling.skel.h $(BUILD)/bpf/portscan.skel.h
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -Itools -I$(BUILD)/tools $< -o $@ $(call pkg,--libs,libbpf) -lelf -lz

$(BUILD)/flood: tools/flood.c $(BUILD)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -Itools $< $(BUILD)/libcore.a -o $@

$(BUILD)/measure: tools/measure.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< -o $@

# Tests

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libcore.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests $< $(filter %.o,$^) $(BUILD)/libcore.a -o $@ \
		$(call pkg,--libs,cmocka json-c zlib libseccomp) -lm

# Not of the core, but needs no root either.
$(BUILD)/tests/test-syscalls: $(call objects,syscalls)

$(BUILD)/tests/tun-host: tests/net/tun-host.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests $< -o $@

BPF_TEST_OBJECTS := $(call objects,table extension matcher drivers syscalls privilege guardian clsact \
			   multiprog dispatcher attach)

$(BPF_TESTS): $(BUILD)/tests/%: tests/bpf/%.c $(BPF_TEST_OBJECTS) $(BUILD)/libcore.a | $(SKELETONS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests $< $(BPF_TEST_OBJECTS) $(BUILD)/libcore.a -o $@ \
		$(call pkg,--libs,cmocka libbpf libxdp libmnl libcap libseccomp) -lelf -lz -lm

# xscan with a ring buffer so small that events are lost.
$(BUILD)/one-page/matcher.o: user/matcher.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -DRING_BYTES=4096 -c $< -o $@

$(BUILD)/tests/xscan-one-page: $(call objects,$(filter-out matcher,$(PROGRAM))) $(BUILD)/one-page/matcher.o \
			       $(BUILD)/libcore.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(link_xscan)

# As `fuzzers` has it made, with libFuzzer's main.
$(BUILD)/fuzz-%: tests/fuzz/fuzz-%.c $(BUILD)/libcore.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) -Itests -fsanitize=fuzzer $< $(BUILD)/libcore.a -o $@ $(call pkg,--libs,json-c zlib) -lm

# On other kernels

$(BUILD)/tests/load: tests/kernels/load.c $(BPF_TEST_OBJECTS) $(BUILD)/libcore.a | $(SKELETONS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $< $(BPF_TEST_OBJECTS) $(BUILD)/libcore.a -o $@ \
		$(call pkg,--libs,cmocka libbpf libxdp libmnl libcap libseccomp) -lelf -lz -lm

$(BUILD)/pass.bpf.o: tests/kernels/pass.bpf.c
	$(call say,BPF,$@)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -c $< -o $@

$(BUILD)/kill-at.so: tests/kernels/kill-at.c
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Wno-missing-prototypes -shared -fPIC $< -o $@

-include $(wildcard $(BUILD)/*/*.d $(BUILD)/*.d)
