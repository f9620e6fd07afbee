# The command `ostiary`: users.
load admin

@test "user add, list and show" {
	ost init >/dev/null
	run --separate-stderr ost user add Alice --role reader --role editor --role reader --password-stdin --json <<<'correct horse'
	is 0 "$status" status
	is '["id","userName"]' "$(answer 'keys | tojson')" members
	is Alice "$(answer .userName)" name
	id=$(answer .id)
	is '{"id":"'"$id"'","userName":"Alice","displayName":"Alice","email":null,"emailVerified":false,"roles":["reader","editor"],"state":"active"}' \
		"$(ost user list --json | jq -c '.[0] | del(.created)')" list
	is '[[],[],0]' "$(ost user show alice --json | jq -c '[.keys, .apps, .grants]')" show
	is "$id" "$(ost user show "$id" --json | jq -r .id)" "by id"
	call 0 user list
	is 'id                name   display name  roles          state   created' "${lines[0]}" headings
	[[ ${lines[1]} =~ ^$id\ \ Alice\ \ Alice\ +reader\ editor\ \ active\ \ 20[0-9-]+T[0-9:]+[+-][0-9:]+$ ]]
	is "no keys" "$(ost key list)" "empty table"
	is "[]" "$(ost key list --json)" "empty list"
}

@test "a name is there once, in whatever case" {
	ost init >/dev/null
	add_user alice
	call 1 user add ALICE --password-stdin --json <<<'correct horse'
	error_is exists
	local i
	for i in 1 2 3 4; do
		add_user bob >>"$BATS_TEST_TMPDIR/out" 2>&1 &
	done
	wait
	is 1 "$(ost user list --json | jq '[.[] | select(.userName == "bob")] | length')" bobs
}

@test "bad names, roles and addresses are refused" {
	ost init >/dev/null
	local name
	for name in -- .bob bob. 'b b' 'b/b' "$(printf 'b%.0s' {1..65})" 'bób'; do
		[[ $name != -- ]] || continue
		call 1 user add --password-stdin --json -- "$name" <<<'correct horse'
		error_is bad_name
	done
	call 1 user add bob --role 'a b' --password-stdin --json <<<'correct horse'
	error_is bad_role
	for name in bob @b b@ 'b b@c' a@b@c; do
		call 1 user add bob --email "$name" --password-stdin --json <<<'correct horse'
		error_is bad_email
	done
	is "[]" "$(ost user list --json)" users
}

@test "a password that is short, long, not text or like a key is refused" {
	ost init >/dev/null
	local password
	for password in '' short77 $'tab\ttab\ttab' $'crlf ends\r' $'not utf8 \xff' osk_abcdefgh "$(printf 'x%.0s' {1..1025})"; do
		run --separate-stderr ost user add bob --password-stdin --json <<<"$password"
		is 1 "$status" "${password:0:20}"
		is 1 "$(wc -l <<<"$stderr")" lines
		[[ $stderr != *"${password:-nothing}"* ]]
	done
	for password in 'eight ch' 'acht Ä ü' "$(printf 'x%.0s' {1..1024})"; do
		run --separate-stderr ost user add "bob${#password}" --password-stdin <<<"$password"
	done
	is 2 "$(ost user list --json | jq length)" "users with good passwords"
	run -0 --separate-stderr ost user passwd bob8 --password-stdin < <(printf 'no line feed')
	run ! grep -ra 'no line feed' "$STATE"
}

@test "user set changes what it is told to" {
	ost init >/dev/null
	add_user alice --role a --role b --email a@example.org
	call 0 user set alice --role c --role a --remove-role b --display-name 'A. Lice' --json
	is '["A. Lice","a@example.org",["a","c"]]' "$(answer '[.displayName, .email, .roles] | tojson')" changed
	ost user set alice --email '' --display-name '' --remove-role a --remove-role c
	is '["alice",null,[]]' "$(ost user show alice --json | jq -c '[.displayName, .email, .roles]')" emptied
	call 1 user set nobody --role a
}

verified() { ost user show alice --json | jq .emailVerified; }

@test "the operator says whether an address is verified, and another address is not" {
	ost init >/dev/null
	add_user alice --email a@example.org --email-verified
	is true "$(verified)" added
	ost user show alice | grep -q '^email verified  *yes$'
	is true "$(ost user list --json | jq '.[0].emailVerified')" list
	ost user set alice --role a --email a@example.org >/dev/null
	is true "$(verified)" 'the same address'
	ost user set alice --email A@example.org >/dev/null
	is false "$(verified)" 'another address'
	ost user set alice --email a@example.org >/dev/null
	is false "$(verified)" 'the first one again'
	ost user set alice --email b@example.org --email-verified >/dev/null
	is true "$(verified)" set
	ost user set alice --no-email-verified >/dev/null
	is false "$(verified)" 'taken back'
	call 1 user set alice --email '' --email-verified --json
	error_is no_email
	call 1 user add bob --email-verified --password-stdin --json <<<'correct horse'
	error_is no_email
	call 2 user set alice --email-verified --no-email-verified
	is '["b@example.org",false]' "$(ost user show alice --json | jq -c '[.email, .emailVerified]')" unchanged
}

@test "an address that a dump proves is proven where it is loaded, unless it was changed" {
	ost init >/dev/null
	add_user alice --email a@example.org --email-verified
	ost dump >"$BATS_TEST_TMPDIR/dump"
	rm -r "$STATE"
	ost init >/dev/null
	ost load <"$BATS_TEST_TMPDIR/dump" >/dev/null
	is true "$(verified)" loaded
	rm -r "$STATE"
	ost init >/dev/null
	sed 's/"email":"a@/"email":"b@/' "$BATS_TEST_TMPDIR/dump" | ost load >/dev/null
	is '["b@example.org",false]' "$(ost user show alice --json | jq -c '[.email, .emailVerified]')" changed
	ost check >/dev/null
}

@test "a new password ends what the old one bought" {
	ost init >/dev/null
	local id before after old
	id=$(add_user alice)
	before=$(fields_of "user:$id")
	old=$(token ostiary-login+jwt "$(login_claims "$id" "p:$(jq -r .generation <<<"$before")")")
	is alive "$(reason_of "$old")" before
	call 0 user passwd alice --password-stdin --json <<<'battery staple'
	is '["id","state","userName"]' "$(answer 'keys | tojson')" members
	after=$(fields_of "user:$id")
	is $(($(jq -r .generation <<<"$before") + 1)) "$(jq -r .generation <<<"$after")" generation
	[[ $(jq -r .password <<<"$before") != $(jq -r .password <<<"$after") ]]
	[[ $(reason_of "$old") != alive ]]
}

@test "a disabled user's tokens are dead, and stay so when he is enabled" {
	ost init >/dev/null
	local id login
	id=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$id" p:1)")
	call 0 user disable alice --json
	is disabled "$(answer .state)" state
	ost user disable alice
	is user_disabled "$(reason_of "$login")" reason
	is disabled "$(ost user show alice --json | jq -r .state)" state
	is active "$(ost user enable alice --json | jq -r .state)" state
	is user_disabled "$(reason_of "$login")" reason
}

@test "user delete takes the keys along, applications only with --with-apps" {
	ost init >/dev/null
	local id app login
	id=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$id" p:1)")
	add_user bob
	ost key add alice --name one
	ost key add bob --name two
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	call 1 user delete alice --json </dev/null
	error_is owns_apps
	jq -e --arg app "$app" '.message | contains($app)' <<<"$stderr"
	is 2 "$(ost user list --json | jq length)" users
	call 0 user delete alice --with-apps --json </dev/null
	is deleted "$(answer .state)" state
	is '["two"]' "$(ost key list --json | jq -c '[.[].name]')" keys
	is '[]' "$(ost app list --json)" apps
	is user_deleted "$(reason_of "$login")" reason
	is "" "$(ost dump | grep -F "$id")" "what is left"
	call 1 user delete alice --yes
	# The name is free, the id is not the same.
	[[ $(add_user alice) != "$id" ]]
}

@test "at a terminal the password is asked for twice and never shown" {
	ost init >/dev/null
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" 'correct horse' 'correct horse' -- "$OSTIARY_BIN" -c "$CONF" user add alice
	is 0 "$status" "$output"
	[[ $output == *"New password of alice: "*"The same again: "*"user alice added"* ]]
	[[ $output != *horse* ]]
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" 'correct horse' 'battery staple' -- "$OSTIARY_BIN" -c "$CONF" user add bob
	is 1 "$status" "$output"
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" n -- "$OSTIARY_BIN" -c "$CONF" user delete alice
	is 1 "$status" "$output"
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" y -- "$OSTIARY_BIN" -c "$CONF" user delete alice
	is 0 "$status" "$output"
	is "[]" "$(ost user list --json)" users
}

@test "without a terminal the prompt gives way to --password-stdin" {
	ost init >/dev/null
	run --separate-stderr setsid -w "$OSTIARY_BIN" -c "$CONF" --json user add alice </dev/null
	is 2 "$status" "$stderr"
	[[ $stderr == *--password-stdin* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
}
