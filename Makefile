# Ostiary. `make help` lists the targets. Local settings go into config.mk.
-include config.mk
CC      ?= cc
PREFIX  ?= /usr/local
B       ?= build
VERSION  = 0.1.0

WARN    = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
          -Wmissing-prototypes -Wwrite-strings -Wcast-qual -Wundef -Wvla \
          -Wformat=2 -Wimplicit-fallthrough -fno-common
HARDEN  = -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
          -fstack-clash-protection -fcf-protection -fPIE
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=c17 -D_DEFAULT_SOURCE -DOSTIARY_VERSION='"$(VERSION)"' \
             $(LAYERS:%=-Icommon/%) -I$B/gen $(WARN) $(HARDEN) $(CFLAGS) -MMD -MP
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
LDLIBS  = -lfcgi -ljson-c -lcrypto -lgdbm -lqrencode

PROGRAMS = authorize access_token login users_current protect revoke introspect \
           revoke_key \
           api_keys \
           limits \
           metadata jwks userinfo device_authorization device account front
LAYERS  := $(shell sed '/^\#/d; s/ .*//' common/LAYERS)
COMMON   = $(patsubst %.c,%,$(wildcard common/*/*.c))
ACCOUNT  = $(patsubst account/%.c,%,$(wildcard account/*.c))
ADMIN    = $(patsubst admin/%.c,%,$(wildcard admin/*.c))
UNIT     = $(patsubst tests/unit/%.c,%,$(wildcard tests/unit/*.c))
TORTURE  = main kills kills_check points power io syncs restores cuts disk rates script value copier copies changes

bins     = $(PROGRAMS:%=$B/cgi-bin/%)
lib      = $B/libostiary.a
account_o = $(ACCOUNT:%=$B/account/%.o)
admin_o  = $(ADMIN:%=$B/admin/%.o)
unit_o   = $(UNIT:%=$B/tests/unit/%.o)
torture_o = $(TORTURE:%=$B/tests/torture/%.o) $B/tests/unit/workshop.o
# V=1 shows the commands whole.
say      = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo '  $1 $@' &&)
sources  = $(wildcard common/*/*.[ch] cgi-bin/*.c account/*.[ch] admin/*.[ch] tests/*/*.[ch])

all: $(bins) $B/ostiary

$B/cgi-bin/account: $(account_o)
$B/cgi-bin/account.o $(account_o): ALL_CFLAGS += -Iaccount
$(bins): $B/cgi-bin/%: $B/cgi-bin/%.o $(lib)
	$(call say,LD) $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(lib) $(LDLIBS)
$B/ostiary: $(admin_o) $(lib)
	$(call say,LD) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)
$B/unit: $(unit_o) $(lib)
	$(call say,LD) $(CC) $(ALL_LDFLAGS) -Wl,--wrap=pkey_generate,--wrap=password_verify -o $@ $^ $(LDLIBS) -lcmocka
$B/torture: $(torture_o) $(lib)
	$(call say,LD) $(CC) $(ALL_LDFLAGS) -rdynamic -o $@ $^ $(LDLIBS) -ldl
$B/bench-state $B/bench-tally: $B/bench-%: $B/tests/bench/%.o $B/tests/unit/workshop.o $(lib)
	$(call say,LD) $(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)
$B/tests/bench/%.o: ALL_CFLAGS += -Itests/unit
$B/tests/torture/%.o: ALL_CFLAGS += -Itests/unit
$B/fail_io.so: tests/torture/fail_io.c tests/torture/disk.c Makefile
	$(call say,CC) $(CC) $(ALL_CFLAGS) -fPIC -shared -o $@ $(filter %.c,$^) -ldl
$(lib): $(COMMON:%=$B/%.o)
	$(call say,AR) rm -f $@ && $(AR) rcs $@ $^
$B/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC) $(CC) $(ALL_CFLAGS) -c -o $@ $<
$B/common/http/page.o $B/tests/unit/pages.o: $B/gen/pages.inc
$B/common/config/messages.o: $B/gen/messages.inc
$B/gen/pages.inc: scripts/embed-pages $(wildcard www/*.html)
	@mkdir -p $(@D)
	$(call say,GEN) scripts/embed-pages www/*.html > $@
$B/gen/messages.inc: scripts/embed-messages $(wildcard www/messages/*.txt)
	@mkdir -p $(@D)
	$(call say,GEN) scripts/embed-messages www/messages/*.txt > $@

run: deps all
	scripts/serve --demo
deps:
	@scripts/install-deps

# The last line of each part counts its cases. The browser has a target of its
# own: it takes minutes, and chromium.
check: deps lint
	$(MAKE) CFLAGS='-O2 -g -Werror' all unit
	$(MAKE) torture-programs
	tests/run unit command torture clients cgi nginx lighttpd
ASAN     = -fsanitize=address,undefined
ASAN_C   = -O1 -g -fno-omit-frame-pointer $(ASAN) -fno-sanitize-recover=all
check-asan: deps
	$(MAKE) B=build/asan HARDEN= CFLAGS='$(ASAN_C)' LDFLAGS='$(ASAN)' all unit
	$(MAKE) torture-programs T=build/asan-torture HARDEN= \
	  TORTURE_C='$(ASAN_C)' LDFLAGS='$(ASAN)'
	PARTS='power io copies' B=build/asan tests/run unit command torture cgi
check-torture-asan: check-asan
	B=build/asan tests/run torture
check-clang: deps
	$(MAKE) B=build/clang CC=clang CFLAGS='-O2 -g -Werror' all unit
unit: $B/unit
# With the points in it where processes die. LONG=1: ten times as much.
T         = build/torture
TORTURE_C = -O2 -g -Werror
torture-programs:
	$(MAKE) B=$T CFLAGS='$(TORTURE_C) -DOSTIARY_TORTURE' $T/torture
	$(MAKE) B=$T CFLAGS='-O2 -g' LDFLAGS= $T/fail_io.so
check-torture: deps torture-programs
	tests/run torture

lint:
	scripts/check-layers
	scripts/check-messages
	scripts/check-reasons
	scripts/statements --check
	clang-format --dry-run -Werror $(sources)
format:
	clang-format -i $(sources)
fuzz: deps
	tests/fuzz/run
browser: deps all
	scripts/install-deps --browser
	tests/browser/run
# A picture of every page, light, dark and on a phone, into D.
screenshots: D = build/screenshots
screenshots: deps all
	scripts/install-deps --browser
	tests/browser/run --screenshots $D
bench: deps all $B/bench-state $B/bench-tally
	tests/bench/run
	$B/bench-tally
	$B/bench-state 1000 && $B/bench-state 100000 && $B/bench-state 0 0 growth

D = $(DESTDIR)$(PREFIX)
install: all
	install -d $D/bin $D/libexec/ostiary $D/share/doc/ostiary/doc
	install -m 755 $B/ostiary $D/bin/ostiary
	install -m 755 $(bins) $D/libexec/ostiary
	for n in 1 5 8; do install -d $D/share/man/man$$n && \
	  install -m 644 doc/man/*.$$n $D/share/man/man$$n; done
	install -m 644 README.md LICENSE CHANGES $D/share/doc/ostiary
	install -m 644 doc/*.md $D/share/doc/ostiary/doc
	scripts/install-share $D $(PREFIX)
clean:
	rm -rf build
help:
	@echo 'all      the programs, the command, the library (build/)'
	@echo 'run      a demo portal on https://localhost:8443'
	@echo 'check    lint, unit tests, real clients, end to end over CGI, nginx, lighttpd'
	@echo 'check-torture kills, full disks, power cuts, copies (LONG=1: more)'
	@echo 'screenshots  of every page, into build/screenshots (D=FOLDER)'
	@echo 'check-asan check-clang fuzz browser bench lint format install clean'
	@echo 'V=1 shows the commands of a build whole.'

.DELETE_ON_ERROR:
.PHONY: all run deps check check-asan check-clang check-torture \
  check-torture-asan torture-programs unit lint format fuzz browser screenshots bench install clean help
-include $(COMMON:%=$B/%.d) $(bins:=.d) $(account_o:.o=.d) $(admin_o:.o=.d) $(unit_o:.o=.d) $(torture_o:.o=.d)
