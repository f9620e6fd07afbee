# The command `ostiary`: dump and load.
# shellcheck disable=SC2016 # sed addresses
load admin

fill() {
	local user app
	user=$(add_user alice --role reader --email a@example.org)
	add_user Bob --display-name 'Bób % "quoted" \ =x'
	app=$(ost app add Trees --owner alice --callback-prefix https://example.org/cb/ --json | jq -r .client_id)
	ost key add alice --name one --json >"$BATS_TEST_TMPDIR/key"
	ost key rotate "$(jq -r .key_id "$BATS_TEST_TMPDIR/key")" --overlap 1h
	load_lines "{\"store\":\"activity\",\"key\":\"used:$app\",\"at\":\"1700000000000\"}" \
		"{\"store\":\"grants\",\"key\":\"grant:g1\",\"expires_ms\":\"$((EPOCHSECONDS + 900))000\",\"id\":\"g1\",\"user\":\"$user\",\"client_id\":\"$app\",\"scope\":\"read\",\"created\":\"1\",\"expires\":\"$((EPOCHSECONDS + 900))000\"}"
}

# Another state beside the first, initialised.
second_state() {
	sed 's/gdbm:state/gdbm:second/' "$CONF" >"$BATS_TEST_TMPDIR/second.conf"
	CONF=$BATS_TEST_TMPDIR/second.conf STATE=$BATS_TEST_TMPDIR/second
	ost init >/dev/null
}

records() { grep -v '"store":"keyring"\|ostiary_dump'; }

@test "a dump loaded into a new state gives the same dump, and every way in works" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/one"
	is "$(cat "$BATS_TEST_TMPDIR/one")" "$(ost dump)" "second dump"
	second_state
	call 0 load --json <"$BATS_TEST_TMPDIR/one"
	is new "$(answer .signing_keys)" "signing keys"
	is "$(records <"$BATS_TEST_TMPDIR/one")" "$(ost dump | records)" records
	# The records that are not in the dump, because they lead to others:
	call 1 user add BOB --password-stdin --json <<<'correct horse'
	error_is exists
	ost user show bob
	ost user delete bob </dev/null
	add_user bob
	ost key rotate "$(jq -r .key_id "$BATS_TEST_TMPDIR/key")"
}

@test "every line of a dump is JSON of strings, without a secret in clear" {
	ost init >/dev/null
	fill >/dev/null
	ost dump | jq -se 'all(.[1:-1][]; all(.[]; type == "string")) and .[0].ostiary_dump == 1'
	is "$(ost dump | sed 1d | jq -r 'select(.store != "keyring" and .key) | "\(.store) \(.key)"')" \
		"$(ost dump | sed 1d | jq -r 'select(.store != "keyring" and .key) | "\(.store) \(.key)"' | LC_ALL=C sort)" order
	run ! grep -F -e "$(jq -r .key_secret "$BATS_TEST_TMPDIR/key")" -e 'correct horse' <(ost dump)
	local hex
	hex=$(LC_ALL=C grep -raohE 'current [0-9]+ [0-9]+ [0-9a-f]{64}' "$STATE/keyring" | tail -c 65 | head -c 64)
	is 64 "${#hex}" "the signing key in the state"
	run ! grep -F "$hex" <(ost dump)
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	run ! grep -F "$hex" <(ost dump --passphrase-file "$BATS_TEST_TMPDIR/pass")
}

@test "signing keys go along under a passphrase" {
	ost init >/dev/null
	local user login first=$CONF
	user=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	ost signing-key rotate
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	ost dump --passphrase-stdin <"$BATS_TEST_TMPDIR/pass" >"$BATS_TEST_TMPDIR/dump"
	second_state
	is invalid "$(reason_of "$login")" before
	call 2 load --json <"$BATS_TEST_TMPDIR/dump"
	error_is usage
	echo 'another passphrase' >"$BATS_TEST_TMPDIR/wrong"
	call 1 load --passphrase-file "$BATS_TEST_TMPDIR/wrong" <"$BATS_TEST_TMPDIR/dump"
	[[ $stderr == *"line "*"passphrase"* ]]
	call 1 load --passphrase-file "$BATS_TEST_TMPDIR/pass" < <(sed 's/\("sealed_secret":"........\)./\1x/' "$BATS_TEST_TMPDIR/dump")
	is '[]' "$(ost user list --json)" users
	call 0 load --passphrase-file "$BATS_TEST_TMPDIR/pass" --json <"$BATS_TEST_TMPDIR/dump"
	is loaded "$(answer .signing_keys)" "signing keys"
	is alive "$(reason_of "$login")" after
	is "$("$OSTIARY_BIN" -c "$first" signing-key list)" "$(ost signing-key list)" "signing keys"
	echo short >"$BATS_TEST_TMPDIR/short"
	call 1 dump --passphrase-file "$BATS_TEST_TMPDIR/short"
	is "" "$output" "dump without a good passphrase"
	call 3 dump --passphrase-file /nowhere
}

@test "without its signing keys a dump says that tokens are dead" {
	ost init >/dev/null
	fill >/dev/null
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	ost dump --passphrase-file "$BATS_TEST_TMPDIR/pass" >"$BATS_TEST_TMPDIR/dump"
	second_state
	call 0 load --new-signing-keys <"$BATS_TEST_TMPDIR/dump"
	[[ $output == *"dead here"* ]]
	# Back where it came from nothing is dead.
	CONF=$BATS_TEST_TMPDIR/ostiary.conf
	is kept "$(ost dump | ost load --force --json | jq -r .signing_keys)" "signing keys"
}

@test "load takes an empty state only, unless it is forced" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/dump"
	call 1 load --json <"$BATS_TEST_TMPDIR/dump"
	error_is not_empty
	second_state
	add_user carol
	call 1 load --json <"$BATS_TEST_TMPDIR/dump"
	call 0 load --force <"$BATS_TEST_TMPDIR/dump"
	is '["Bob","alice","carol"]' "$(ost user list --json | jq -c '[.[].userName]')" users
	ost user set alice --role new
	ost load --force <"$BATS_TEST_TMPDIR/dump"
	is '["reader"]' "$(ost user show alice --json | jq -c .roles)" "alice's roles"
	# A name stays with its user.
	ost user delete bob </dev/null
	add_user bob
	call 1 load --force --json <"$BATS_TEST_TMPDIR/dump"
	jq -e '.message | test("^line [0-9]+: .*bob")' <<<"$stderr"
}

# refused LINE WHAT PROGRAM: the dump, changed by a sed program, is refused at
# that line, and nothing is written.
refused() {
	sed "$3" "$BATS_TEST_TMPDIR/dump" >"$BATS_TEST_TMPDIR/bad"
	run ! cmp -s "$BATS_TEST_TMPDIR/dump" "$BATS_TEST_TMPDIR/bad"
	call 1 load --json <"$BATS_TEST_TMPDIR/bad"
	[[ $(jq -r .message <<<"$stderr") == "line $1: "* ]] || {
		echo "$2: $stderr"
		return 1
	}
}

@test "a dump with an error in any line changes nothing" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/dump"
	local app key user end
	app=$(grep -n '"key":"app:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	key=$(grep -n '"key":"key:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	user=$(grep -n '"key":"user:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	end=$(wc -l <"$BATS_TEST_TMPDIR/dump")
	second_state
	local before
	before=$(ost dump)
	refused 1 "version" '1s/:1,/:2,/'
	refused 1 "no header" 1d
	refused "$end" "cut short" '$d'
	refused $((end - 1)) "a record less" "${user}d"
	refused "$user" "no JSON" "${user}s/}\$//"
	refused "$user" "an empty line" "${user}s/.*//"
	refused "$user" "an array" "${user}s/.*/[]/"
	refused "$user" "unknown store" "${user}s/\"accounts\"/\"account\"/"
	refused "$user" "a number" "${user}s/\"disabled\":\"0\"/\"disabled\":0/"
	refused "$user" "a name twice" "${user}s/\"disabled\":\"0\"/\"disabled\":\"0\",\"disabled\":\"1\"/"
	refused "$user" "a field name" "${user}s/\"disabled\"/\"dis=abled\"/"
	refused "$user" "id unlike the key" "${user}s/\"id\":\"u/\"id\":\"v/"
	refused "$user" "user name" "${user}s/\"name\":\"/\"name\":\" /"
	refused "$user" "password" "${user}s/\"password\":\"/\"password\":\"x/"
	refused "$app" "callback" "${app}s/https:/http:/"
	refused "$app" "secret" "${app}s/\"secret\":\"./\"secret\":\"X/"
	refused "$key" "an index" "${key}s/key:/keyhash:/"
	refused $((user + 1)) "a record twice" "${user}{p;s/x/x/;};\$s/:[0-9]*}/:$((end - 1))}/"
	refused $((end + 1)) "behind the end" '$p'
	is "$before" "$(ost dump)" "state"
	is "[]" "$(ost user list --json)" users
	ost load <"$BATS_TEST_TMPDIR/dump"
}

@test "records that have expired are not loaded" {
	ost init >/dev/null
	load_lines '{"store":"grants","key":"jti:a","expires_ms":"1000"}' '{"store":"grants","key":"jti:b","expires_ms":"99999999999999"}'
	is '["jti:b"]' "$(ost dump | jq -sc '[.[] | select(.store == "grants").key]')" grants
	printf '%s\n' '{"ostiary_dump":1,"signing_keys":"absent"}' '{"store":"grants","key":"jti:a","expires_ms":"1000"}' \
		'{"ostiary_dump_end":1}' >"$BATS_TEST_TMPDIR/dump"
	ost load --force <"$BATS_TEST_TMPDIR/dump" | grep -q '^1 had expired and were left out$'
}

@test "records that cannot be are not loaded" {
	ost init >/dev/null
	add_user alice >/dev/null
	local hash end="$((EPOCHSECONDS + 600))000" grant code device consent app
	hash=$(printf x | sha256sum | cut -d' ' -f1)
	bad() { # GOOD JQ...: GOOD is loaded; as each filter changes it, it is not
		local filter
		load_lines "$1"
		for filter in "${@:2}"; do
			if load_lines "$(jq -c "$filter" <<<"$1")" 2>/dev/null; then
				echo "loaded: $filter of $1"
				return 1
			fi
		done
	}
	grant='{"store":"grants","key":"grant:g1","id":"g1","user":"u1","client_id":"a1","scope":"read","user_epoch":"0"}'
	bad "$grant" '.user_epoch = "-1"' '.app_epoch = "-9"'
	code="{\"store\":\"grants\",\"key\":\"code:$hash\",\"client_id\":\"a1\",\"user\":\"u1\",\"expires\":\"$end\"}"
	bad "$code" '.user_epoch = "-1"' '.app_epoch = "-1"'
	device="{\"store\":\"grants\",\"key\":\"device:$hash\",\"hash\":\"$hash\",\"user_code\":\"BCDFGHJK\",\"client_id\":\"a1\",\"expires\":\"$end\"}"
	bad "$device" '.user_code = "AAAA"' '.user_code = "bcdfghjk"' 'del(.user_code)' '.app_epoch = "-1"'
	bad "{\"store\":\"grants\",\"key\":\"usercode:BCDFGHJK\",\"device\":\"$hash\"}" '.key = "usercode:AAAA"'
	consent='{"store":"grants","key":"consent:u1:a1","scope":"read","app_epoch":"0","created":"1000"}'
	bad "$consent" '.created = "9999999999999"' '.app_epoch = "-1"'
	app='{"store":"accounts","key":"app:a1","client_id":"a1","name":"x","owner":"u1","public":"1"}'
	bad "$app" '.introspect = "1"' '.epoch = "-1"' '.name = "x\u001b[2J"' '.description = "a\u0007"'
	bad "{\"store\":\"accounts\",\"key\":\"key:k1\",\"id\":\"k1\",\"user\":\"u1\",\"name\":\"x\",\"secret\":\"$hash\",\"made_by\":\"k2\"}" \
		'.made_by = "k1"' '.made_by = "k 2"' '.made_by = "../k2"'
	bad '{"store":"accounts","key":"user:u9","id":"u9","name":"zoe","display_name":"Zoe"}' '.epoch = "-1"'
}
