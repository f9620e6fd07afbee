# The key pairs of the signing keys: in an older state, in a dump, and in check.
# shellcheck disable=SC2154 # of bats
load ../e2e/lib
load state

setup() { setup_state; }

pair_names() { ost signing-key list --json | jq -r '.[].kid | "pair:" + .'; }
without_pairs() { # as an older release made it
	local name
	for name in $(pair_names); do raw keyring delete "$name"; done
}
# As plain CGI, over https, with the state of this test.
jwks() {
	env -i GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET REQUEST_SCHEME=https HTTPS=on \
		REMOTE_ADDR=127.0.0.1 SCRIPT_NAME=/oauth/jwks REQUEST_URI=/oauth/jwks \
		OSTIARY_CONF="$CONF" "$B/cgi-bin/jwks" 2>"$BATS_TEST_TMPDIR/log" |
		sed '1,/^\r*$/d'
}
public_keys() { jwks | jq -c '.keys | sort_by(.kid)[]'; }

@test "init makes the pairs that an older state lacks, and says so" {
	local before
	without_pairs
	is '[false,false]' "$(ost signing-key list --json | jq -c 'map(.has_pairs)')" has_pairs
	is unavailable "$(jwks | jq -r .code)" code
	grep -q 'has no key pair yet: run `ostiary init`' "$BATS_TEST_TMPDIR/log"
	before=$(ost signing-key list --json | jq -c 'map(del(.has_pairs))')
	is '["key-pairs"]' "$(ost init --json | jq -c .made)" made
	is '[true,true]' "$(ost signing-key list --json | jq -c 'map(.has_pairs)')" has_pairs
	is "$before" "$(ost signing-key list --json | jq -c 'map(del(.has_pairs))')" "signing keys"
	is 4 "$(public_keys | wc -l)" keys
	before=$(public_keys)
	is '[]' "$(ost init --json | jq -c .made)" "made by another init"
	is "$before" "$(public_keys)" "keys after another init"
	check 0
	without_pairs
	[[ $(ost init) == *'made key pairs for the signing keys'* ]]
}

@test "signing-key rotate keeps the public keys that were published" {
	local before key
	before=$(public_keys)
	ost signing-key rotate >/dev/null
	is 6 "$(public_keys | wc -l)" keys
	while read -r key; do
		public_keys | grep -qFx -- "$key"
	done <<<"$before"
	check 0
}

@test "check: a pair that is missing, none, mixed up, or nobody's" {
	local names
	mapfile -t names < <(pair_names)
	raw keyring put pair:nobodys1 'v=1
'
	check 0 --json
	is 'keyring pair:nobodys1 warning false' "$(problems)" problems
	raw keyring delete pair:nobodys1
	raw keyring delete "${names[0]}"
	check 1 --json
	is "keyring ${names[0]} error false" "$(problems)" problems
	[[ $(messages) == *'ostiary init'* ]]
	raw keyring put "${names[0]}" 'v=1
ec=00
rsa=00
'
	check 1 --json
	is "keyring ${names[0]} error false" "$(problems)" problems
	[[ $(messages) == *'restore them from a backup'* ]]
	[[ $(messages) != *ec=* ]]
	# what there is, is never made anew
	is '[]' "$(ost init --json | jq -c .made)" made
	check 1 --json
}

@test "a dump carries the pairs sealed, and load puts them back" {
	local phrase=$BATS_TEST_TMPDIR/phrase dump=$BATS_TEST_TMPDIR/dump before
	printf 'a long pass phrase\n' >"$phrase"
	before=$(public_keys)
	ost dump >"$dump.open"
	is 0 "$(grep -c 'sealed_pair' "$dump.open")" "pairs in an open dump"
	ost dump --passphrase-file "$phrase" >"$dump"
	is 2 "$(jq -r 'select(.sealed_pair).kid' "$dump" | wc -l)" "pairs in a sealed dump"
	is 0 "$(grep -c '"ec"\|"rsa"' "$dump")" "private keys in a dump"
	STATE=$BATS_TEST_TMPDIR/new
	sed -i "s|^state = .*|state = gdbm:$STATE|" "$CONF"
	ost init >/dev/null
	[[ $(public_keys) != "$before" ]]
	ost load --passphrase-file "$phrase" <"$dump" >/dev/null
	is "$before" "$(public_keys)" "public keys"
	check 0 --json
	is '' "$(problems)" problems
	# a sealed pair of one key under the name of another
	jq -c --arg other "$(jq -r 'select(.sealed_pair).sealed_pair' "$dump" | tail -n 1)" \
		'if .sealed_pair then .sealed_pair = $other else . end' "$dump" >"$dump.mixed"
	run ost load --force --passphrase-file "$phrase" <"$dump.mixed"
	is 1 "$status" "status of load"
	is "$before" "$(public_keys)" "public keys"
	# a dump of an older release
	jq -c 'del(.sealed_pair)' "$dump" >"$dump.older"
	ost load --force --passphrase-file "$phrase" <"$dump.older" >/dev/null
	is "$before" "$(public_keys)" "public keys"
	STATE=$BATS_TEST_TMPDIR/third
	sed -i "s|^state = .*|state = gdbm:$STATE|" "$CONF"
	ost init >/dev/null
	ost load --passphrase-file "$phrase" <"$dump.older" >/dev/null
	check 0 --json
	is '' "$(problems)" problems
	is 4 "$(public_keys | wc -l)" keys
}
