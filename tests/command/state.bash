# For tests of the state's files: shared by check.bats and backup.bats.
# shellcheck shell=bash disable=SC2034,SC2154 # of lib.bash and bats

setup_state() {
	STATE=$BATS_TEST_TMPDIR/state CONF=$BATS_TEST_TMPDIR/ostiary.conf
	cat >"$CONF" <<-'EOT'
		issuer = https://localhost:8443
		state = gdbm:state
		policy = policy
		password_cost = ln=10,r=8,p=1
	EOT
	printf 'GET,HEAD /resource/ app\n' >"$BATS_TEST_TMPDIR/policy"
	unset OSTIARY_CONF
	ost init >/dev/null
	USER_ID=$(printf 'correct horse\n' | ost user add alice --password-stdin --json | jq -r .id)
	KEY_ID=$(ost key add alice --name one --json | jq -r .key_id)
}

# check STATUS [OPTION...]: must end with that status.
check() {
	local want=$1
	shift
	run --separate-stderr ost check "$@"
	is "$want" "$status" "status of check $*: $output $stderr"
	is "" "$stderr" stderr
}

# What --json has found: STORE KEY LEVEL REPAIRED a line.
problems() { jq -r '.problems[] | "\(.store) \(.key // "-") \(.level) \(.repaired)"' <<<"$output"; }
messages() { jq -r '.problems[].message' <<<"$output"; }

raw() { # STORE ACTION...
	local store=$1
	shift
	python3 "$top/tests/command/raw.py" "$STATE/$store/$store" "$@"
}

# flip FILE OFFSET: turns the bits of one byte.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # an escape
	printf "\\x$(printf %x $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# fold [N]: so much is written to accounts that the next base is made.
fold() {
	local i long
	long=$(printf '%060000d' 7)
	{
		echo '{"ostiary_dump":1,"signing_keys":"absent"}'
		for i in {1..10}; do echo "{\"store\":\"accounts\",\"key\":\"filler:$i\",\"text\":\"$long ${1-}\"}"; done
		echo '{"ostiary_dump_end":10}'
	} | ost load --force >/dev/null || return
	# Another process may be about it.
	wait_until 60 test -e "$STATE/accounts/accounts.prev"
}

# A loop of `ostiary key add` in the background; names that were acknowledged
# go to $DONE, those that were not to $DONE.refused. Ends when $DONE.stop is
# there.
start_writer() {
	DONE=$BATS_TEST_TMPDIR/done
	: >"$DONE"
	(
		exec 3>&- >/dev/null
		n=0
		until [[ -e $DONE.stop ]]; do
			ost key add alice --name "w$((++n))" && echo "w$n" >>"$DONE" || echo "w$n" >>"$DONE.refused"
		done
	) &
	WRITER=$!
	wait_until 60 test -s "$DONE"
}
# The same with writes that are so long that each is folded: the number of the
# last one to $DONE, and as text of filler:1.
start_folder() {
	DONE=$BATS_TEST_TMPDIR/done
	(
		exec 3>&- >/dev/null
		n=0
		until [[ -e $DONE.stop ]]; do
			fold $((++n)) || echo "$n" >>"$DONE.refused"
			echo "$n" >"$DONE.new" && mv "$DONE.new" "$DONE"
		done
	) &
	WRITER=$!
	wait_until 60 test -s "$DONE"
}
stop_writer() {
	[[ -n ${WRITER-} ]] || return 0
	: >"$DONE.stop"
	wait "$WRITER"
	WRITER=
	[[ ! -e $DONE.refused ]] || is "" "$(<"$DONE.refused")" "writes that were refused"
}
