# The command `ostiary`: who is signed in, and what happened to an account.
load admin

setup() {
	STATE=$BATS_TEST_TMPDIR/state CONF=$BATS_TEST_TMPDIR/ostiary.conf
	printf '%s\n' 'issuer = https://localhost:8443' 'state = gdbm:state' 'policy = policy' 'password_cost = ln=10,r=8,p=1' >"$CONF"
	: >"$BATS_TEST_TMPDIR/policy"
	unset OSTIARY_CONF
	ost init >/dev/null
	ALICE=$(add_user alice) BOB=$(add_user bob)
	NOW=$((EPOCHSECONDS - 5))000
}

# session_line LETTER USER_ID [FIELD=VALUE...]: one whose id is that letter.
session_line() {
	local letter=$1 user=$2 field
	shift 2
	printf '{"store":"grants","key":"session:%s","expires_ms":"%d","user":"%s","generation":"%s","created":"%s","seen":"%s"' \
		"$(printf "$letter%.0s" {1..64})" $((NOW + 3600000)) "$user" "${GENERATION:-1}" "$NOW" "$NOW"
	for field; do printf ',"%s":"%s"' "${field%%=*}" "${field#*=}"; done
	printf '}\n'
}
id_of() { printf "$1%.0s" {1..16}; }
events() { ost user events "$1" --json | jq -c '.[] | [.event, .count, .detail]' | xargs -d '\n'; }

@test "session list says who is signed in, where and since when" {
	is '[]' "$(ost session list --json)" list
	load_lines "$(session_line a "$ALICE" address=192.0.2.1 agent=curl two_step=1 "proved=$((NOW + 2000))")" \
		"$(session_line b "$BOB")" "$(GENERATION=0 session_line c "$ALICE")" "$(session_line d gone)"
	is '["'"$(id_of a)"'","alice","192.0.2.1","curl",true,2]' "$(ost session list alice --json |
		jq -c '.[] | [.session_id, .userName, .address, .agent, .two_step, .proved - .created]')" "alice's"
	is 2 "$(ost session list --json | jq length)" all
	ost session list | grep -q "$(id_of b) *bob *- "
	call 1 session list nobody --json
	error_is not_found
	ost user disable bob >/dev/null
	is 1 "$(ost session list --json | jq length)" "all that let in"
}

@test "session end ends one, or all of a user" {
	load_lines "$(session_line a "$ALICE")" "$(session_line b "$ALICE")" "$(session_line c "$ALICE")" "$(session_line d "$BOB")"
	call 0 session end "$(id_of a)" --json
	is ended "$(answer .state)" state
	call 1 session end "$(id_of a)" --json
	error_is not_found
	call 1 session end aaaa --json
	error_is not_found
	call 2 session end
	call 2 session end "$(id_of b)" --user bob
	call 0 session end --user alice --json
	is 2 "$(answer .sessions)" sessions
	is bob "$(ost session list --json | jq -r '.[].userName')" "who is left"
	is '["sessions_ended",1,"by the operator"] ["session_ended",1,"by the operator"]' "$(events alice)" events
	is '' "$(events bob)" "bob's events"
}

@test "user events says what the operator did" {
	local key app
	is '[]' "$(ost user events alice --json)" events
	key=$(ost key add alice --name 'a key' --json | jq -r .key_id)
	ost key rotate "$key" >/dev/null
	ost key revoke "$key" >/dev/null
	ost key revoke "$key" >/dev/null
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	ost app set "$app" --name Oaks >/dev/null
	ost app rotate "$app" >/dev/null
	ost app delete "$app" --yes >/dev/null
	printf 'another horse\n' | ost user passwd alice --password-stdin >/dev/null
	ost user set alice --email a@example.org >/dev/null
	ost user disable alice >/dev/null
	ost user enable alice >/dev/null
	ost user enable alice >/dev/null
	is "$(printf '%s ' '["account_changed",1,"enabled, by the operator"]' '["account_changed",1,"disabled, by the operator"]' \
		'["account_changed",1,"by the operator"]' '["password_changed",1,"by the operator"]' \
		'["app_deleted",1,"Oaks, by the operator"]' '["app_rotated",1,"Oaks, by the operator"]' \
		'["app_changed",1,"Oaks, by the operator"]' '["app_created",1,"Trees, by the operator"]' \
		'["key_revoked",1,"a key, by the operator"]' '["key_rotated",1,"a key, by the operator"]' \
		'["key_created",1,"a key, by the operator"]')" "$(events alice) " events
	ost user events alice | grep -q 'key_created *1 *- *a key, by the operator'
	call 1 user events nobody --json
	error_is not_found
}

@test "events go with a dump, and with their user" {
	ost key add alice --name 'x%y' >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/dump"
	is 1 "$(grep -c "\"events:$ALICE\"" "$BATS_TEST_TMPDIR/dump")" "records of events"
	ost user delete alice --yes >/dev/null
	is 0 "$(ost dump | grep -c "\"events:$ALICE\"")" "records of events"
	ost load --force <"$BATS_TEST_TMPDIR/dump" >/dev/null
	is '["key_created",1,"x%y, by the operator"]' "$(events alice)" events
	call 0 check --json
}
