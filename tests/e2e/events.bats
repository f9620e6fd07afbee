# What happened to an account, as its user will see it: `ostiary user events`.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() {
	browser
	: "${WORK:=$BATS_TEST_TMPDIR}"
	# A user of each test's own.
	USER_NAME=user$BATS_TEST_NUMBER
	printf 'correct-horse\n' | ost user add "$USER_NAME" --password-stdin >/dev/null
}
password_of() { echo correct-horse; }

# What happened, the newest first: word:count:detail.
events() {
	ost user events "${1:-$USER_NAME}" --json |
		jq -r '[.[] | "\(.event):\(.count):\(.detail // "")"] | join(" ")'
}
addresses() { ost user events "$USER_NAME" --json | jq -r '[.[].address] | unique | map(. // "none") | join(" ")'; }

@test "signing in and out, with the address and the program that was used" {
	local session
	visit "$(authorize)"
	submit "username=$USER_NAME" password=correct-horse
	status_is 303
	is signed_in:1: "$(events)" events
	is 127.0.0.1 "$(addresses)" address
	session=$(ost session list "$USER_NAME" --json)
	is '["127.0.0.1",false,0]' "$(jq -c '.[] | [.address, .two_step, .proved - .created]' <<<"$session")" session
	[[ $(jq -r '.[].agent' <<<"$session") == curl/* ]]
	visit "$location"
	req /oauth/signout -b "$JAR" -c "$JAR" --data-urlencode "csrf=$(signout_csrf)"
	status_is 200
	is 'signed_out:1: signed_in:1:' "$(events)" events
}
# The last form of the page signs out.
signout_csrf() { grep -o 'name="csrf" value="[^"]*"' "$WORK/body" | tail -n 1 | sed 's/.*value="//; s/"$//'; }

@test "wrong passwords, one event for an address and hour" {
	local i
	window_has 30
	for i in 1 2 3; do
		visit "$(authorize)"
		submit "username=$USER_NAME" "password=wrong-$i"
		status_is 403
	done
	get /login 401 -H "$(basic "$USER_NAME:wrong-4")"
	is signin_failed:4: "$(events)" events
	is 127.0.0.1 "$(addresses)" address
	# A name that nobody has is nobody's.
	get /login 401 -H "$(basic "nobody-$USER_NAME:wrong")"
	is signin_failed:4: "$(events)" events
	! ost dump | grep -F -e wrong- -e "nobody-$USER_NAME"
}

@test "a session that is ended is ended for every program" {
	local id
	consent_to
	id=$(ost session list "$USER_NAME" --json | jq -r '.[].session_id')
	ost session end "$id" >/dev/null
	visit "$(authorize)"
	is_signin
	is 'session_ended:1:by the operator signed_in:1:' "$(events)" events
}

@test "what an application was allowed, and what is withdrawn" {
	local name
	name=$(ost app show "$CLIENT" --json | jq -r .name)
	get_token
	is "app_allowed:1:$name signed_in:1:" "$(events)" events
	current "$token"
	status_is 200
	ost consent revoke "$USER_NAME" "$CLIENT" >/dev/null
	current "$token"
	status_is 401
	is "app_withdrawn:1:$name, by the operator app_allowed:1:$name signed_in:1:" "$(events)" events
	consent_to
	submit decision=deny
	is "app_withdrawn:1:$name, by the operator" "$(events | sed 's/ app_allowed.*//')" "events of a denial"
}

@test "when an application was last used for a user is noted" {
	local user_id
	user_id=$(ost user show "$USER_NAME" --json | jq -r .id)
	get_token
	is 0 "$(ost dump | grep -cF "\"used:$user_id:$CLIENT\"")" "notes of use"
	current "$token"
	is 1 "$(ost dump | grep -cF "\"used:$user_id:$CLIENT\"")" "notes of use"
}

@test "a token or code that came over http" {
	local name
	name=$(ost app show "$CLIENT" --json | jq -r .name)
	get_token
	get "$PLAIN/users/current.json" 403 -H "$(bearer "$token")"
	is "token_revoked_http:1:$name" "$(events | sed 's/ app_allowed.*//')" events
	# What is dead already is no event.
	get "$PLAIN/users/current.json" 403 -H "$(bearer "$token")"
	is "token_revoked_http:1:$name" "$(events | sed 's/ app_allowed.*//')" events
	get_code
	req "$PLAIN/oauth/token" -d "code=$code"
	status_is 403
	is "token_revoked_http:1:$name" "$(events | sed 's/ app_allowed.*//')" events
	is 2 "$(events | grep -o token_revoked_http | wc -l)" "times"
	req /login -H "$(basic "$USER_NAME:correct-horse")"
	get "$PLAIN/users/current.json" 403 -H "$(bearer "$(json .access_token)")"
	[[ $(events) == 'token_revoked_http:1: '* ]]
}
