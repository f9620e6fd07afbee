# make install: what lies where, and that what was installed runs.
load lib

setup_file() {
	DEST=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-dest.XXXXXX")
	chmod 755 "$DEST"
	export DEST
	(umask 022 && make -s -C "$top" B="$B" install DESTDIR="$DEST" PREFIX=/usr) >"$DEST/make.log" 2>&1 ||
		{ cat "$DEST/make.log"; return 1; }
	OSTIARY_LIBEXEC=$DEST/usr/libexec/ostiary OSTIARY_BIN=$DEST/usr/bin/ostiary
	export OSTIARY_LIBEXEC OSTIARY_BIN
	start_server
}
teardown_file() {
	stop_server
	rm -rf "$DEST"
}

programs=(access_token authorize login protect users_current)

@test "programs in libexec, the command in bin" {
	is "${programs[*]}" "$(ls "$DEST/usr/libexec/ostiary" | paste -sd' ')"
	is ostiary "$(ls "$DEST/usr/bin")"
	is '755 ' "$(stat -c '%a ' "$DEST"/usr/libexec/ostiary/* "$DEST/usr/bin/ostiary" | sort -u)" modes
}

@test "a man page for each, and for both files" {
	local program
	[[ -s $DEST/usr/share/man/man1/ostiary.1 ]]
	[[ -s $DEST/usr/share/man/man5/ostiary.conf.5 ]]
	[[ -s $DEST/usr/share/man/man5/ostiary-policy.5 ]]
	for program in "${programs[@]}"; do
		grep -q '^\.Sh NAME' "$DEST/usr/share/man/man8/ostiary-$program.8"
	done
}

@test "the web servers' files, the units and the style sheet" {
	local share=$DEST/usr/share/ostiary
	diff -r "$top/scripts/deploy" "$share/deploy"
	cmp "$top/www/ostiary.css" "$share/www/ostiary.css"
}

@test "nothing that others may write, nothing outside of PREFIX" {
	is '' "$(find "$DEST" -perm /022 ! -type l)" 'writable by others'
	is 'make.log usr' "$(ls "$DEST" | paste -sd' ')"
}

@test "the installed programs run" {
	local program
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	get /resource/private/budget.json 200 -H "$(bearer "$(login_token reader)")"
	get /resource/private/budget.json 401
	if [[ $TRANSPORT != cgi ]]; then
		for program in "${programs[@]}"; do
			is "$DEST/usr/libexec/ostiary/$program" \
				"$(for pid in $(pgrep -x "$program"); do readlink "/proc/$pid/exe"; done | grep -F "$DEST" | sort -u)"
		done
	fi
	run -0 "$DEST/usr/bin/ostiary" -c "$CONF" user list
}

@test "a program says what it is, and takes no arguments" {
	local program
	for program in "${programs[@]}"; do
		# like spawn-fcgi, with a socket as standard input
		run -0 /usr/bin/python3 -c 'import socket, subprocess, sys
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()
sys.exit(subprocess.call(sys.argv[2:], stdin=s))' "$BATS_TEST_TMPDIR/$program.sock" \
			"$DEST/usr/libexec/ostiary/$program" --help
		[[ $output == "$program:"* ]]
	done
}
