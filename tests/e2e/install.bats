# make install: what lies where, and that what was installed runs.
load lib

# install MAKE-VARIABLE... What is tested is built, and three suites at a time
# must not build it again: all is taken for old.
install() {
	(umask 022 && make -s -o all -C "$top" B="$B" install "$@") >"$DEST/make.log" 2>&1 && return
	cat "$DEST/make.log" >&2
	return 1
}

setup_file() {
	DEST=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-dest.XXXXXX")
	chmod 755 "$DEST"
	# as a package is made, and as it is for this machine
	install DESTDIR="$DEST/package" PREFIX=/usr
	install PREFIX="$DEST/local"
	SERVE=$DEST/local/share/ostiary/scripts/serve
	unset OSTIARY_LIBEXEC OSTIARY_BIN
	export DEST SERVE
	start_server
}
teardown_file() {
	stop_server
	rm -rf "$DEST"
}

programs=(access_token account api_keys authorize device device_authorization front
	introspect jwks limits login metadata protect revoke revoke_key userinfo
	users_current)

@test "programs in libexec, the command in bin" {
	is "${programs[*]}" "$(ls "$DEST/package/usr/libexec/ostiary" | paste -sd' ')"
	is ostiary "$(ls "$DEST/package/usr/bin")"
	is 755 "$(stat -c %a "$DEST"/package/usr/libexec/ostiary/* "$DEST/package/usr/bin/ostiary" | sort -u)" modes
}

@test "a man page for each, and for both files" {
	local man=$DEST/package/usr/share/man page
	for page in man1/ostiary.1 man5/ostiary.conf.5 man5/ostiary-log.5 man5/ostiary-policy.5 "${programs[@]/#/man8/ostiary-}"; do
		[[ $page != man8/* ]] || page+=.8
		grep -q '^\.Sh NAME' "$man/$page"
	done
}

@test "README, CHANGES and what they lead to" {
	local doc=$DEST/package/usr/share/doc/ostiary page link
	is 'CHANGES LICENSE README.md doc' "$(ls "$doc" | paste -sd' ')"
	for page in README.md doc/INSTALL.md doc/DESIGN.md doc/STATE.md doc/APPLICATIONS.md; do
		for link in $(grep -oE '\]\([^)]*\)' "$doc/$page" | grep -v :// | tr -d ']()'); do
			[[ -e $doc/$(dirname "$page")/${link%%#*} ]] || is "a file" "$link" "link of $page"
		done
	done
}

@test "the web servers' files, the units, the style sheet, the texts and scripts/serve" {
	local usr=$DEST/package/usr unit
	diff -r "$top/scripts/deploy" "$usr/share/ostiary/scripts/deploy"
	cmp "$top/www/ostiary.css" "$usr/share/ostiary/www/ostiary.css"
	diff -r "$top/www/messages" "$usr/share/ostiary/www/messages"
	cmp "$top/scripts/serve" "$usr/share/ostiary/scripts/serve"
	for unit in ostiary.target ostiary@.service ostiary@.socket ostiary-mail.{path,service,timer}; do
		[[ -s $usr/lib/systemd/system/$unit ]]
	done
	[[ -s $usr/lib/sysusers.d/ostiary.conf && -s $usr/lib/tmpfiles.d/ostiary.conf ]]
}

@test "what is installed elsewhere names where it is" {
	run -1 grep -rE '/usr/(libexec|share)/ostiary' "$DEST/local/share/ostiary/scripts/deploy" "$DEST/local/lib"
	grep -qF "$DEST/local/libexec/ostiary/" "$DEST/local/lib/systemd/system/ostiary@.service"
}

@test "nothing that others may write, nothing outside of PREFIX" {
	is '' "$(find "$DEST" -perm /022 ! -type l)" 'writable by others'
	is usr "$(ls "$DEST/package")"
	run -1 grep -rlF "$DEST" "$DEST/package"
}

@test "the installed programs run, by the installed scripts/serve" {
	local program
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	get /resource/private/budget.json 200 -H "$(bearer "$(login_token reader)")"
	get /resource/private/budget.json 401
	get /ostiary.css 200
	if [[ $TRANSPORT != cgi ]]; then
		for program in "${programs[@]}"; do
			is "$DEST/local/libexec/ostiary/$program" "$(for pid in $(pgrep -x "${program:0:15}"); do
				readlink "/proc/$pid/exe"
			done | grep -F "$DEST" | sort -u)"
		done
	fi
	run -0 "$DEST/local/bin/ostiary" -c "$CONF" user list
}

@test "a program says what it is, and takes no arguments" {
	local program
	for program in "${programs[@]}"; do
		run -0 timeout 5 "$DEST/local/libexec/ostiary/$program" --help </dev/null
		[[ $output == "$program:"* ]]
		run -2 timeout 5 "$DEST/local/libexec/ostiary/$program" --nonsense </dev/null
	done
}
