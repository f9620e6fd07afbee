# The command `ostiary`: the second step of signing in.
load admin

secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ

# with_two_steps NAME [JQ]: as an enabled second step with two recovery codes
# would leave the user; JQ changes more.
with_two_steps() {
	local id
	id=$(ost user show "$1" --json | jq -r .id)
	load_lines "$(fields_of "user:$id" | jq -c --arg secret "$secret" --arg one "$(hash_of one)" --arg two "$(hash_of two)" \
		'.totp_secret = $secret | .totp_step = "56666666" | .recovery = "\($one) \($two)" | '"${2:-.}")"
}
shown() { ost user show "$1" --json | jq -c '[.twoStep, .recoveryCodes]'; }
field() { ost dump "${@:2}" | jq -r "select(.key | strings | startswith(\"user:\")) | .$1"; }

@test "user show says whether there is one, user set takes it away" {
	ost init >/dev/null
	add_user alice --role reader
	is '[false,0]' "$(shown alice)" before
	with_two_steps alice
	is '[true,2]' "$(shown alice)" with
	run -0 ost user show alice
	[[ $output =~ 'two-step sign-in'\ +yes ]]
	[[ $output =~ 'recovery codes'\ +2 ]]
	[[ $output != *$secret* && $output != *"$(hash_of one)"* ]]
	call 0 user set alice --no-two-step --json
	is '[false,0]' "$(shown alice)" after
	is '["reader"]' "$(ost user show alice --json | jq -c .roles)" roles
	is null "$(field totp_secret)" 'secret'
	is null "$(field totp_step)" 'last step'
	is null "$(field recovery)" 'recovery codes'
	# there is nothing to take away: done
	call 0 user set alice --no-two-step
}

@test "other changes of a user leave it as it is" {
	ost init >/dev/null
	add_user alice
	with_two_steps alice '.language = "es"'
	ost user set alice --role editor
	ost user passwd alice --password-stdin <<<'battery staple'
	ost user disable alice
	ost user enable alice
	is '[true,2]' "$(shown alice)" 'second step'
	is es "$(field language)" language
	is 56666666 "$(field totp_step)" 'last step'
	LC_ALL=C grep -qra "totp_secret=$secret" "$STATE/accounts"
}

@test "a record without a second step is spelled as ever" {
	ost init >/dev/null
	add_user alice
	is 'display_name id name roles password generation disabled epoch created' \
		"$(fields_of "user:$(ost user show alice --json | jq -r .id)" |
			jq -r 'del(.store, .key) | keys_unsorted | [(.[] | select(. == "display_name")), (.[] | select(. != "display_name"))] | join(" ")')" fields
}

@test "a dump seals the secret of the authenticator" {
	ost init >/dev/null
	add_user alice
	with_two_steps alice
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	ost dump --passphrase-file "$BATS_TEST_TMPDIR/pass" >"$BATS_TEST_TMPDIR/sealed"
	run ! grep -F "$secret" "$BATS_TEST_TMPDIR/sealed"
	CONF2=$BATS_TEST_TMPDIR/second.conf
	sed 's/gdbm:state/gdbm:second/' "$CONF" >"$CONF2"
	CONF=$CONF2 STATE=$BATS_TEST_TMPDIR/second
	ost init >/dev/null
	echo 'another passphrase' >"$BATS_TEST_TMPDIR/wrong"
	call 1 load --passphrase-file "$BATS_TEST_TMPDIR/wrong" <"$BATS_TEST_TMPDIR/sealed"
	call 0 load --passphrase-file "$BATS_TEST_TMPDIR/pass" <"$BATS_TEST_TMPDIR/sealed"
	LC_ALL=C grep -qra "totp_secret=$secret" "$STATE/accounts"
	is '[true,2]' "$(shown alice)" loaded
	# What was sealed for one user is nothing for another.
	add_user bob
	local bob
	bob=$(ost user show bob --json | jq -r .id)
	jq -c --arg id "$bob" 'if .totp_secret or .sealed_totp_secret then
		.key = "user:\($id)" | .id = $id | .name = "bob" else . end' "$BATS_TEST_TMPDIR/sealed" >"$BATS_TEST_TMPDIR/moved"
	call 1 load --force --passphrase-file "$BATS_TEST_TMPDIR/pass" --json <"$BATS_TEST_TMPDIR/moved"
	error_is bad_dump
	# Without the passphrase the account does not fall back to the password.
	call 0 load --force --new-signing-keys <"$BATS_TEST_TMPDIR/sealed"
	is '[true,2]' "$(shown alice)" 'loaded without the passphrase'
	is '""' "$(ost dump | jq -c 'select(.name == "alice") | .totp_secret')" secret
}

@test "a dump without a passphrase leaves the secret out, not the second step" {
	ost init >/dev/null
	add_user alice
	with_two_steps alice
	ost dump >"$BATS_TEST_TMPDIR/plain"
	run ! grep -F "$secret" "$BATS_TEST_TMPDIR/plain"
	is '""' "$(jq -c 'select(.key | strings | startswith("user:")) | .totp_secret' "$BATS_TEST_TMPDIR/plain")" secret
	CONF2=$BATS_TEST_TMPDIR/second.conf
	sed 's/gdbm:state/gdbm:second/' "$CONF" >"$CONF2"
	CONF=$CONF2 STATE=$BATS_TEST_TMPDIR/second
	ost init >/dev/null
	call 0 load <"$BATS_TEST_TMPDIR/plain"
	is '[true,2]' "$(shown alice)" loaded
	call 0 check
	call 0 user set alice --no-two-step
	is '[false,0]' "$(shown alice)" reset
}

@test "what can be no second step is not loaded" {
	ost init >/dev/null
	add_user alice
	local id bad
	id=$(ost user show alice --json | jq -r .id)
	for bad in '.totp_secret = "gezdgnbvgy3tqojqgezdgnbvgy3tqojq"' '.totp_secret = "MZXW6YTB"' \
		'.recovery = "x"' '.recovery = .recovery + " "' '.recovery = ""' '.totp_step = "-1"' \
		'.totp_step = "x"' '.language = "e n"' '.language = ""'; do
		run --separate-stderr with_two_steps alice "$bad"
		is 1 "$status" "$bad"
		[[ $stderr == *'this user cannot be'* ]]
	done
	is '[false,0]' "$(shown alice)" 'as before'
}
