# The command `ostiary`: its words, its output, `init`.
load admin

@test "what is no command ends with 2 and one line that says where to look" {
	ost init >/dev/null
	local words
	for words in "" "frobnicate" "user" "user frobnicate" "--frobnicate" "user list extra" "user add" \
		"user list --frobnicate" "user add bob --email" "user list --help=x" "key add bob --name=a --name=b" \
		"init -x" "user set bob" "-c"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$OSTIARY_BIN" -c "$CONF" $words
		[[ $words != -c ]] || run --separate-stderr "$OSTIARY_BIN" -c
		is 2 "$status" "ostiary $words"
		is "" "$output" "stdout of ostiary $words"
		is 1 "$(wc -l <<<"$stderr")" "lines of ostiary $words"
		[[ $stderr == *--help* ]]
	done
}

@test "every command explains itself, without any configuration" {
	local commands name
	commands=$("$OSTIARY_BIN" --help | sed -n 's/^  \([a-z]\)/\1/p' | sed 's/  .*//')
	is 37 "$(wc -l <<<"$commands")" "commands: $commands"
	while read -r name; do
		# shellcheck disable=SC2086
		run --separate-stderr "$OSTIARY_BIN" -c /nowhere $name --help
		is 0 "$status" "$name --help"
		[[ $output == "usage: ostiary [-c FILE] [--json] $name"* ]]
	done <<<"$commands"
	"$OSTIARY_BIN" user --help | grep -q '^  user passwd'
	[[ $("$OSTIARY_BIN" --version) =~ ^ostiary\ [0-9.]+$ ]]
}

@test "an option's value follows it or =, and -- ends the options" {
	ost init >/dev/null
	add_user alice --email=a@example.org --display-name "Alice A." --role=reader
	is "a@example.org Alice A. reader" "$(ost user show alice --json | jq -r '"\(.email) \(.displayName) \(.roles[0])"')" fields
	call 1 user show -- --json
	[[ $stderr == *"no user --json"* ]]
}

@test "-c comes before OSTIARY_CONF" {
	ost init >/dev/null
	add_user alice
	export OSTIARY_CONF=$CONF
	is alice "$("$OSTIARY_BIN" --json user list | jq -r '.[].userName')" "by OSTIARY_CONF"
	OSTIARY_CONF=/nowhere call 0 user list
	call 0 user list --json
	OSTIARY_CONF=/nowhere run -3 "$OSTIARY_BIN" user list
}

@test "a broken configuration is 3, with its line" {
	echo 'password_cst = ln=10,r=8,p=1' >>"$CONF"
	call 3 user list
	[[ $stderr == "ostiary: $CONF:5: "* ]]
	call 3 user list --json
	error_is bad_input
	jq -r .message <<<"$stderr" | grep -qF "$CONF:5: "
}

@test "with --json every failure is one line of JSON on stderr" {
	call 3 user list --json
	is 1 "$(wc -l <<<"$stderr")" lines
	jq -e '.message | test("ostiary init")' <<<"$stderr"
	ost init >/dev/null
	call 1 user show nobody --json
	error_is not_found
	call 2 --json user show
	error_is usage
	is "" "$output" stdout
	mv "$STATE/keyring" "$STATE/keyring.away"
	call 3 --json signing-key list
	is 1 "$(wc -l <<<"$stderr")" lines
	jq -e .error <<<"$stderr"
}

@test "arguments with control characters or broken UTF-8 are refused" {
	ost init >/dev/null
	call 2 user show $'a\nb'
	call 2 user show $'a\xff'
	call 2 user show $'a\u009b'
	is 1 "$(wc -l <<<"$stderr")" lines
}

# init

@test "init makes a private state, and a second one changes nothing" {
	local before
	call 0 init --json
	is "$STATE" "$(answer .state)" state
	is '["state","accounts","grants","activity","keyring","rates","signing-keys"]' "$(answer '.made | tojson')" made
	is 700 "$(stat -c %a "$STATE")" "mode of the state"
	is "" "$(find "$STATE" -mindepth 1 -type d ! -perm 700)" "open folders"
	is "" "$(find "$STATE" -type f ! -perm 600)" "open files"
	before=$(ost signing-key list --json)
	call 0 init
	[[ $output == "already initialised: $STATE" ]]
	is "[]" "$(ost init --json | jq -c .made)" made
	is "$before" "$(ost signing-key list --json)" "signing keys"
}

@test "a state folder that its group may write is shared" {
	mkdir "$STATE"
	chmod 2770 "$STATE"
	ost init >/dev/null
	add_user alice
	is "" "$(find "$STATE" -mindepth 1 -type d ! -perm 2770)" "folders"
	is "" "$(find "$STATE" -type f ! -perm 660)" "files"
}

@test "run by root the command writes as the owner of the state" {
	((EUID == 0)) || skip "needs root"
	local shared
	shared=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-admin.XXXXXX")
	cp "$CONF" "$BATS_TEST_TMPDIR/policy" "$shared"
	chmod -R a+rX "$shared"
	mkdir "$shared/state"
	chown www-data:www-data "$shared/state"
	CONF=$shared/ostiary.conf
	ost init >/dev/null
	add_user alice
	is "www-data:www-data" "$(find "$shared/state" -printf '%u:%g\n' | sort -u)" owners
	is "" "$(find "$shared/state" -type f ! -perm 600)" "open files"
	# A folder to be made inside of somebody's folder is his, too.
	chown www-data:www-data "$shared"
	sed -i 's/gdbm:state/gdbm:other/' "$CONF"
	ost init >/dev/null
	is "www-data:www-data" "$(find "$shared/other" -printf '%u:%g\n' | sort -u)" owners
	# What he cannot read the programs could not either.
	chmod 600 "$CONF"
	call 3 user list
	[[ $stderr == *"$CONF must be readable for the owner of"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
	rm -r "$shared"
}

@test "before init every command says what is missing" {
	call 3 user list
	[[ $stderr == *"ostiary init"* ]]
	ost init >/dev/null
	rm "$STATE"/keyring/*
	call 3 signing-key list
	[[ $stderr == *"ostiary init"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
}

# output

@test "what cannot be printed is noticed, and a lost secret is to be rotated" {
	[[ -e /dev/full ]] || skip "no /dev/full"
	ost init >/dev/null
	add_user alice
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' user list >/dev/full"
	is 3 "$status" status
	[[ $stderr == "ostiary: standard output: No space left on device" ]]
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' --json key add alice --name x >/dev/full"
	is 3 "$status" status
	[[ $stderr == *"ostiary key rotate"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' user list >&-"
	is 3 "$status" "closed output"
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' dump >/dev/full"
	is 3 "$status" dump
	# The reader is gone before there is anything to read.
	run --separate-stderr bash -c "{ sleep 0.1; '$OSTIARY_BIN' -c '$CONF' user list; echo \$? >'$BATS_TEST_TMPDIR/rc'; } | true"
	is 3 "$(cat "$BATS_TEST_TMPDIR/rc")" "closed pipe"
	# Nothing was written into a store in place of the closed streams.
	run -0 ost user show alice
}

@test "control characters in values do not reach the terminal" {
	ost init >/dev/null
	load_lines '{"store":"accounts","key":"user:u1","id":"u1","name":"eve","display_name":"\u001b[31mred\u202e\nline","roles":"","generation":"1","disabled":"0","created":"1"}'
	call 0 user list
	is 2 "${#lines[@]}" lines
	[[ $output != *$'\e'* && $output == *'\u001b[31mred\u202e\u000aline'* ]]
	ost user list --json | jq -e '.[0].displayName == "\u001b[31mred\u202e\nline"'
}
