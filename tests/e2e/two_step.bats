# Two-step sign-in at the doors: a password alone is no credential for who has
# a second step or must have one, and nobody can tell whether it was right.
load lib
load oauth
load records

setup_file() {
	W=$(window)
	make_root /user/a.json
	POLICY='* /user/ user' start_server "limit_login = 16/$W"
	# what an authenticator would know
	export SECRET_32=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
}
teardown_file() { stop_server; }
setup() { WORK=$BATS_TEST_TMPDIR; }

add_person() { # NAME [OPTION...]
	printf '%s-password\n' "$1" | ost user add "$@" --password-stdin >/dev/null
}
id_of() { ost user show "$1" --json | jq -r .id; }

# two_steps NAME [JQ]: the user has them from now on; JQ changes more of it.
two_steps() {
	put_record accounts "user:$(id_of "$1")" --arg secret "$SECRET_32" \
		'.totp_secret = $secret | .totp_step = "1"'" | ${2:-.}"
}
grown='.generation |= (tonumber + 1 | tostring)'

# said PATH CREDENTIALS: the whole answer, but for what is never the same.
said() {
	req "$1" -H "$(basic "$2")"
	printf '%s\n' "$status"
	sed 's/\r$//' "$WORK/headers" | grep -viE '^(date|x-request-id|x-ratelimit-[a-z]*|request-id):' | sort
	cat "$WORK/body"
}
# same_as_wrong NAME: everywhere.
same_as_wrong() {
	local path
	for path in /user/a.json /login /v1/login /users/current.json /api/users/current.xml; do
		is "$(said "$path" "$1:wrong-password")" "$(said "$path" "$1:$1-password")" "answer of $path"
		said "$path" "$1:$1-password" >/dev/null
		status_is 401
	done
}

@test "the right password is answered as a wrong one, to the byte" {
	add_person right
	get /user/a.json 200 -H "$(basic right:right-password)"
	two_steps right
	same_as_wrong right
	is '{"error":401,"message":"Invalid access method or wrong credentials"}' \
		"$(req /login -H "$(basic right:right-password)"; printf %s "$body")" body
}

@test "a try with the right password is not given back" {
	local i
	add_person counted
	two_steps counted
	for i in {1..8}; do
		get /user/a.json 401 -H "$(basic counted:counted-password)"
		get /login 401 -H "$(basic counted:counted-password)"
	done
	get /user/a.json 429 -H "$(basic counted:counted-password)"
	code_is too_many_failures
	get /login 429 -H "$(basic counted:wrong)"
	is 1 "$(header_count Retry-After)" 'number of Retry-After'
}

@test "a worker that knows the password forgets it at once" {
	local i
	add_person known
	# each worker has it in its table of verified passwords
	for i in {1..12}; do get /user/a.json 200 -H "$(basic known:known-password)"; done
	# nothing that the table is keyed with changes
	two_steps known
	for i in {1..8}; do get /user/a.json 401 -H "$(basic known:known-password)"; done
}

@test "keys and OAuth tokens stay, login tokens of the password die" {
	local pair login key_login
	add_person stays
	pair=$(ost key add stays --name test --json | jq -r '"\(.key_id):\(.key_secret)"')
	req /login -H "$(basic stays:stays-password)"
	login=$(json .access_token)
	req /login -H "$(basic "$pair")"
	key_login=$(json .access_token)
	demo_app
	USER_NAME=reader get_token
	get /user/a.json 200 -H "$(bearer "$login")"
	two_steps stays
	two_steps reader "$grown"
	get /user/a.json 401 -H "$(bearer "$login")"
	code_is token_revoked
	get /user/a.json 200 -H "$(bearer "$key_login")"
	get /user/a.json 200 -H "$(basic "$pair")"
	get /user/a.json 200 -H "$(basic "stays:${pair#*:}")"
	get /login 200 -H "$(basic "$pair")"
	get /user/a.json 200 -H "$(bearer "$token")"
	current "$token"
	is reader "$(json .userName)" user
	is false "$(printf '%s\n' "$login" | ost token inspect --json | jq .alive)" alive
	is password_changed "$(printf '%s\n' "$login" | ost token inspect --json | jq -r .reason)" reason
	ost user set reader --no-two-step >/dev/null
}

@test "when it ends the password is enough again, but what died stays dead" {
	local login
	add_person ends
	req /login -H "$(basic ends:ends-password)"
	login=$(json .access_token)
	two_steps ends "$grown" # as it begins
	get /login 401 -H "$(basic ends:ends-password)"
	ost user set ends --no-two-step >/dev/null
	get /login 200 -H "$(basic ends:ends-password)"
	get /user/a.json 200 -H "$(bearer "$(json .access_token)")"
	get /user/a.json 401 -H "$(bearer "$login")"
}

@test "a role that needs two steps, whether they are there or not" {
	local login pair
	add_person needs --role reader --role curator
	add_person free --role reader
	pair=$(ost key add needs --name test --json | jq -r '"\(.key_id):\(.key_secret)"')
	req /login -H "$(basic needs:needs-password)"
	login=$(json .access_token)
	get /user/a.json 200 -H "$(bearer "$login")"
	configure 'two_step_roles = admin curator'
	same_as_wrong needs
	get /user/a.json 401 -H "$(bearer "$login")"
	get /user/a.json 200 -H "$(basic "$pair")"
	get /login 200 -H "$(basic free:free-password)"
	# by the command, at once
	ost user set needs --remove-role curator >/dev/null
	get /login 200 -H "$(basic needs:needs-password)"
	unconfigure
}

# What happened, the newest first: word:count.
events() { ost user events "$1" --json | jq -r '[.[] | "\(.event):\(.count)"] | join(" ")'; }

@test "a password where two steps are needed is no wrong one for its user, whatever it was" {
	local name
	window_has 30
	for name in alone both; do
		add_person "$name" --role curator
		get /login 401 -H "$(basic "$name:wrong-password")"
	done
	two_steps both
	configure 'two_step_roles = admin curator'
	for name in alone both; do
		same_as_wrong "$name"
		is "one_step_refused:15 signin_failed:1" "$(events "$name")" "events of $name"
	done
	unconfigure
}

@test "at the sign-in page the password is the first step" {
	add_person pages
	two_steps pages
	demo_app
	visit "$(authorize)"
	submit username=pages password=wrong
	status_is 403
	submit username=pages password=pages-password
	status_is 200
	[[ $body == *'autocomplete="one-time-code"'* ]]
	page_is_closed
	visit "$(authorize)"
	is_signin
}

@test "a name that nobody has, one without two steps and one with: one answer" {
	local path
	add_person without
	add_person with
	two_steps with
	for path in /user/a.json /login; do
		is "$(said "$path" nobody:x)" "$(said "$path" with:with-password)" "$path"
		is "$(said "$path" nobody:x)" "$(said "$path" without:x)" "$path"
	done
}
