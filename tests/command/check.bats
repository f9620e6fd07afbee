# `ostiary check` on states that were damaged on purpose.
# shellcheck disable=SC2154 # of bats
load ../e2e/lib
load state

setup() { setup_state; }
teardown() { stop_writer; }

sums() { find "$STATE" -type f -exec sha256sum {} + | sort; }

@test "a clean state is clean, and looking changes nothing" {
	local before
	ost app add x --owner alice --redirect-uri https://example.org/cb >/dev/null
	ost key rotate "$KEY_ID" --overlap 7d >/dev/null
	fold
	before=$(sums)
	check 0
	is "accounts activity grants keyring" "$(cut -d: -f1 <<<"$output" | xargs)" stores
	grep -qE '^accounts: [0-9]+ records, [0-9]+ in the log, [0-9]+ bytes, a good spare$' <<<"$output"
	grep -q '^keyring: .*, no spare yet$' <<<"$output"
	check 0 --json
	jq -e '.problems == [] and (.stores | length == 4 and all(.name and .records >= 0 and .log_records >= 0 and .bytes > 0 and (.spare | IN("good", "none"))))' <<<"$output"
	is "$before" "$(sums)" "the files"
	check 0 --repair
	is "$before" "$(sums)" "the files after --repair"
}

@test "what cannot be looked at is 3" {
	run --separate-stderr ost check --json extra
	is 2 "$status" status
	rm -r "$STATE/grants"
	run --separate-stderr ost check --json
	is 3 "$status" status
	is "" "$output" stdout
	jq -e .message <<<"$stderr"
	rm -r "$STATE"
	run --separate-stderr ost check
	is 3 "$status" status
	[[ $stderr == *"ostiary init"* ]]
}

@test "a flipped byte in the base; --repair makes it anew" {
	local at
	fold
	ost key add alice --name after >/dev/null
	# One that opening does not notice: neither size nor time change.
	touch -r "$STATE/accounts/accounts.gdbm" "$BATS_TEST_TMPDIR/time"
	at=$(($(stat -c %s "$STATE/accounts/accounts.gdbm") - 100))
	flip "$STATE/accounts/accounts.gdbm" "$at"
	touch -r "$BATS_TEST_TMPDIR/time" "$STATE/accounts/accounts.gdbm"
	check 1 --json
	is "accounts - error false" "$(problems | head -n 1)" problem
	[[ $(messages) == *checksum* ]]
	check 1
	grep -q '^accounts: error: ' <<<"$output"
	check 0 --repair --json
	is "accounts - error true" "$(problems | head -n 1)" problem
	[[ $(messages) == *"made anew"* ]]
	check 0 --json
	is "" "$(problems)" problems
	is "after one" "$(ost key list --json | jq -r '[.[].name] | sort | join(" ")')" keys
}

@test "whether the base could be made anew is looked at, too" {
	local file
	fold
	for file in prev log1; do
		flip "$STATE/accounts/accounts.$file" 100
		check 0 --json
		is "accounts - warning false" "$(problems)" problem
		is bad "$(jq -r '.stores[] | select(.name == "accounts").spare' <<<"$output")" spare
		flip "$STATE/accounts/accounts.$file" 100
		check 0 --json
		is "" "$(problems)" problems
	done
	# The next fold makes another.
	flip "$STATE/accounts/accounts.prev" 100
	fold
	check 0
	grep -q '^accounts: .*, a good spare$' <<<"$output"
}

@test "a missing base is made anew; one that was never folded cannot be" {
	fold
	cp -R "$STATE/keyring" "$BATS_TEST_TMPDIR/good"
	rm "$STATE/keyring/keyring.gdbm"
	check 1 --json
	is "keyring - error false" "$(problems)" problem
	check 1 --json --repair
	is "keyring - error false" "$(problems)" problem
	[[ $(messages) == *"not repaired"* ]]
	rm "$STATE/accounts/accounts.gdbm"
	check 1 --json --repair
	is "accounts - error true" "$(problems | grep accounts)" problem
	# No command works while a store is closed; a folder put back opens it.
	cp -R "$BATS_TEST_TMPDIR/good/." "$STATE/keyring"
	is one "$(ost key list --json | jq -r '.[].name')" keys
}

@test "a log that is missing, before anything was folded" {
	rm "$STATE/accounts/accounts.log1"
	check 1
	grep -q '^accounts: error: the log of epoch 1 is missing$' <<<"$output"
	run --separate-stderr ost user list
	is 3 "$status" status
	# Nor is it an empty store after a restart.
	printf '\2\0\0\0\0\0\0\0' | dd of="$STATE/accounts/accounts.ctl" conv=notrunc status=none
	check 1 --repair
	run --separate-stderr ost user list
	is 3 "$status" status
	rm "$STATE/accounts/accounts.ctl"
	run --separate-stderr ost user list
	is 3 "$status" status
}

@test "a flipped byte in the log, and a log that was cut off" {
	local log
	log=$(raw accounts log)
	cp -R "$STATE" "$BATS_TEST_TMPDIR/good"
	flip "$log" 120
	check 1 --json
	is "accounts - error false" "$(problems | head -n 1)" problem
	[[ $(messages) == *"damaged at byte 64"* ]]
	check 1 --repair --json
	[[ $(messages) == *"not repaired"* ]]

	rm -r "$STATE"
	mv "$BATS_TEST_TMPDIR/good" "$STATE"
	# A copy gets files of its own when it is opened.
	ost key add alice --name two >/dev/null
	log=$(raw accounts log)
	truncate -s $(($(raw accounts end) - 8)) "$log"
	check 1 --json
	is "accounts - error false" "$(problems | head -n 1)" problem
	[[ $(messages) == *"cut off at byte "* ]]
	# Nobody can say what was there when the page is gone.
	rm "$STATE/accounts/accounts.ctl"
	check 0 --json
	[[ $(messages) == *"cut off"* ]]
}

@test "a value in the log that was written over counts too" {
	raw accounts put filler:1 "v=1"$'\n'"text=first"$'\n'
	raw accounts put filler:1 "v=1"$'\n'"text=second"$'\n'
	ost user list >/dev/null
	check 0
	local at
	at=$(grep -abo text=first "$(raw accounts log)" | cut -d: -f1)
	flip "$(raw accounts log)" "$at"
	check 1 --json
	is "accounts - error false" "$(problems)" problem
}

@test "a missing index is written again" {
	local hash
	hash=$(ost dump | jq -r "select(.key == \"key:$KEY_ID\").secret")
	raw accounts delete username:alice
	raw accounts delete "keyhash:$hash"
	check 1 --json
	is "accounts keyhash:$hash error false accounts username:alice error false" "$(problems | sort | xargs)" problems
	check 0 --repair --json
	is "true true" "$(jq -r '.problems[].repaired' <<<"$output" | xargs)" repaired
	[[ $(messages) == *"written again"* ]]
	check 0 --json
	is "" "$(problems)" problems
	is "$USER_ID" "$(ost user show alice --json | jq -r .id)" id
}

@test "an index that leads nowhere, or to what is not its own, is deleted" {
	raw accounts put username:ghost uGhostGhostGhost
	raw accounts put username:bob "$USER_ID"
	raw accounts put "keyhash:$(printf %064d 0)" "$KEY_ID"
	check 1
	is 3 "$(grep -c 'error: ' <<<"$output")" errors
	check 0 --repair
	is 3 "$(grep -c 'repaired: .*; deleted$' <<<"$output")" repaired
	check 0 --json
	is "" "$(problems)" problems
	is alice "$(ost user list --json | jq -r '.[].userName')" users
}

@test "an index that leads astray gives way to the right one" {
	raw accounts put username:alice uGhostGhostGhost
	check 1
	check 0 --repair
	is "$USER_ID" "$(ost user show alice --json | jq -r .id)" id
}

# repair_amid KEY VALUE: between the look and the repair, somebody puts that.
repair_amid() {
	run --separate-stderr raw accounts amid "$1" "$2" -- \
		"$B/ostiary" -c "$CONF" check --repair --json
	is 1 "$status" "status: $output $stderr"
	[[ $(messages) == *"changed meanwhile"* ]]
}

@test "what was changed between look and repair is not written over" {
	raw accounts delete username:alice
	ost key list >/dev/null # so that the page is there
	repair_amid username:alice uOther
	is "accounts username:alice error false" "$(problems)" problem
	check 1 --json
	grep -q 'leads nowhere' <<<"$output" # it was not written over
	check 0 --repair

	raw accounts put username:ghost uGhostGhostGhost
	ost key list >/dev/null
	repair_amid user:uGhostGhostGhost $'v=1\n'
	is "accounts username:ghost error false" "$(problems)" problem
	check 1 --json
	is "accounts user:uGhostGhostGhost error false" "$(problems)" problem
}

@test "orphans and broken records are left, and said" {
	local id
	id=$(ost app add x --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	raw grants put grant:g1 "v=1
id=g1
user=$USER_ID
client_id=aGoneGoneGone
"
	check 0 --json
	is "grants grant:g1 warning false" "$(problems)" problem
	raw accounts delete "user:$USER_ID"
	raw accounts delete username:alice
	raw accounts put user:uBroken $'v=1\n'
	raw activity put used:x 'no record'
	check 1 --repair --json
	is "accounts app:$id error false
accounts key:$KEY_ID error false
accounts user:uBroken error false
activity used:x error false
grants grant:g1 warning false
grants grant:g1 warning false" "$(problems | sort)" problems
	grep -q "its owner $USER_ID is not there" <<<"$output"
	grep -q "restore it" <<<"$output"
}

# A record of a key that another one made, as text.
made_by() { # MAKER
	printf 'v=1\nid=kMade\nuser=%s\nname=made\nmade_by=%s\ncreated=1\nsecret=%064d\n' "$USER_ID" "$1" 0
}

@test "a key whose maker is gone is dead, and said" {
	raw accounts put keyhash:$(printf %064d 0) kMade
	raw accounts put key:kMade "$(made_by "$KEY_ID")"$'\n'
	check 0 --json
	is '' "$(problems)" problem
	raw accounts put key:kMade "$(made_by kGoneGone)"$'\n'
	check 0 --json
	is "accounts key:kMade warning false" "$(problems)" problem
	grep -q 'its maker, the key kGoneGone is not there' <<<"$output"
	raw accounts put key:kMade "$(made_by kMade)"$'\n'
	check 1 --json
	is "accounts key:kMade error false" "$(problems)" problem
}

@test "a broken keyring is an error, and its secrets are not shown" {
	local secret
	secret=$(printf %064d 7)
	raw keyring put ring "v=1
key=abcdefgh old 1 2 $secret
"
	check 1 --json
	is "keyring ring error false" "$(problems)" problem
	[[ $output != *"$secret"* ]]
	check 1 --repair
	raw keyring delete ring
	check 1
	grep -q 'ostiary init' <<<"$output"
	ost init >/dev/null
	check 0
}

@test "tables of rates/ have their sizes, or --repair makes new ones" {
	local size file
	mkdir -p "$STATE/rates"
	for file in key subjects.tab addresses.tab; do
		[[ -e $STATE/rates/$file ]] || : >"$STATE/rates/$file"
	done
	ost check --repair >/dev/null
	for file in key subjects.tab addresses.tab; do
		size=$(stat -c %s "$STATE/rates/$file")
		truncate -s 13 "$STATE/rates/$file"
		check 1 --json
		is "rates $file error false" "$(problems)" problem
		check 0 --json --repair
		is "rates $file error true" "$(problems)" problem
		[[ $(messages) == *"made anew"* ]]
		is "$size 600" "$(stat -c "%s %a" "$STATE/rates/$file")" "size and mode"
		check 0 --json
		is "" "$(problems)" problems
	done
	rm "$STATE/rates/addresses.tab"
	check 0
}

@test "clean while others write" {
	start_writer
	for _ in {1..20}; do
		check 0 --json
		is "" "$(problems)" problems
	done
	check 0 --repair --json
	is "" "$(problems)" problems
	stop_writer
	check 0
	is $(($(wc -l <"$DONE") + 1)) "$(ost key list --json | jq length)" keys
}

@test "clean while a store is folded again and again" {
	start_folder
	for _ in {1..40}; do
		check 0 --json
		is "" "$(problems)" problems
	done
	check 0 --repair --json
	is "" "$(problems)" problems
}

@test "a repair while others write loses nothing of theirs" {
	start_writer
	fold
	rm "$STATE/accounts/accounts.gdbm"
	wait_until 60 test -e "$STATE/accounts/accounts.gdbm"
	run ost check --repair --json
	stop_writer
	check 0
	is "" "$(comm -23 <(sort "$DONE") <(ost key list --json | jq -r '.[].name' | sort))" "writes that are missing"
}

@test "looking keeps the modes of a state of separate users" {
	local before
	rm -r "$STATE"
	mkdir -m 2770 "$STATE"
	ost init >/dev/null
	before=$(find "$STATE" -printf '%p %m\n' | sort)
	check 0
	is "$before" "$(find "$STATE" -printf '%p %m\n' | sort)" modes
}
