# /account/security: another password.
load lib
load oauth
load account
load records

setup_file() { start_server 'limit_login = 6/15m'; }
teardown_file() { stop_server; }
setup() {
	browser
	USER_NAME=p$BATS_TEST_NUMBER OLD="correct horse p$BATS_TEST_NUMBER"
	new_user "$USER_NAME"
}

here() { at /account/security "$USER_NAME" "${1:-$OLD}"; }
change() { submit "current_password=$1" "new_password=$2" "again=${3-$2}"; }
# opens PASSWORD: at the API.
opens() {
	req /login -u "$USER_NAME:$1"
	[[ $status = 200 ]]
}

@test "a new password ends all that the old one opened, but not this browser" {
	local token key before
	browser b
	here
	browser
	here
	page_is_closed
	req /login -u "$USER_NAME:$OLD"
	token=$(json .access_token)
	key=$(ost key add "$USER_NAME" --name k --json | jq -r '"\(.key_id):\(.key_secret)"')
	again /account/security
	before=$(cookies)
	change "$OLD" 'battery staple more'
	status_is 303
	[[ $(header Set-Cookie) =~ ^__Host-ostiary=[A-Za-z0-9]{43}';'\ Path=/';'\ Secure';'\ HttpOnly';'\ SameSite=Lax$ ]]
	is 1 "$(header_count Set-Cookie)" cookies
	[[ $(cookies) != "$before" ]]
	done_says 'Your password was changed'
	signed_in /account/sessions
	is 1 "$(grep -c 'id="session_' "$WORK/body")" sessions
	req /account -b "$before"
	is_signin
	browser b
	! signed_in /account
	! opens "$OLD"
	opens 'battery staple more'
	req /user/index.json -H "Authorization: Bearer $token"
	is 401 "$status" "a login token of before"
	req /api/users/current.json -u "$key"
	is 200 "$status" "an API key"
	is 'password_changed' "$(ost user events "$USER_NAME" --json | jq -r '[.[].event | select(. != "signin_failed")][0]')" event
}

@test "what is wrong stands beside its field; passwords never come back" {
	local fault
	here
	change '' 'battery staple more'
	wrong_field current 'Please type your password'
	change "$OLD" ''
	wrong_field new 'Please type a new password'
	change "$OLD" short
	wrong_field new 'at least 8 characters'
	change "$OLD" "osk_$OLD"
	wrong_field new 'may not begin with osk_'
	change "$OLD" $'battery\nstaple more'
	wrong_field new 'no key types'
	change "$OLD" "$(printf 'x%.0s' {1..1025})"
	wrong_field new '1024 bytes'
	change "$OLD" "$OLD"
	wrong_field new 'the present password'
	change "$OLD" 'battery staple more' 'battery staple less'
	wrong_field again 'not the same'
	[[ $body != *'battery staple'* && $body != *"$OLD"* ]]
	change "wrong $OLD" 'battery staple more'
	wrong_field current 'The password is not right'
	[[ $body != *'battery staple'* && $body != *"$OLD"* ]]
	# the form that was refused goes on working; blanks belong to a password
	change "$OLD" ' battery staple '
	done_says 'Your password was changed'
	opens ' battery staple '
	! opens 'battery staple'
}

@test "the present password is asked for however fresh the sign-in is" {
	here
	submit 'new_password=battery staple more' 'again=battery staple more'
	wrong_field current 'Please type your password'
	submit "password=$OLD" 'new_password=battery staple more' 'again=battery staple more'
	wrong_field current 'Please type your password'
	opens "$OLD"
}

@test "wrong present passwords are counted, and then none is compared" {
	local i
	here
	for i in 1 2 3 4 5 6; do
		change "wrong $i" 'battery staple more'
		wrong_field current 'not right'
	done
	change "wrong 7" 'battery staple more'
	status_is 429
	[[ $(header Retry-After) =~ ^[1-9][0-9]*$ && $body == *'Too many failed attempts'* ]]
	page_is_closed
	signed_in /account
	again /account/events
	[[ $body == *'A wrong password or code was tried'* ]]
}

@test "two tabs: the second one's old password is wrong, its session over" {
	local first old
	here
	old=("${form_fields[@]}")
	again /account/security
	first=("${form_fields[@]}")
	change "$OLD" 'battery staple more'
	done_says 'Your password was changed'
	# the forms of the session of before are nobody's any more
	form_fields=("${old[@]}") form_action=/account/security
	change "$OLD" 'third password here'
	error_page 403 form_invalid
	form_fields=("${first[@]}") form_action=/account/security
	change 'battery staple more' 'third password here'
	error_page 403 form_invalid
	opens 'battery staple more'
}

@test "forms that are not ours change nothing" {
	local theirs
	browser b
	at /account/security reader
	theirs=${form_fields[0]}
	browser
	here
	submit "$theirs" "current_password=$OLD" 'new_password=battery staple more' 'again=battery staple more'
	error_page 403 form_invalid
	visit /account/security -d csrf=x --data-urlencode "current_password=$OLD" \
		-d new_password=batterystaple -d again=batterystaple
	error_page 403 form_invalid
	browser c
	visit /account/security
	is_signin
	opens "$OLD"
}

@test "the state of two-step sign-in is told" {
	here
	[[ $body == *'Off: your password alone is enough'* && $body == *'href="/account/two-step"'* ]]
	put_record accounts "user:$(ost user show "$USER_NAME" --json | jq -r .id)" --arg hash "$(printf 0%.0s {1..64})" \
		'.totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" | .recovery = $hash'
	# A session that the password alone began is over now.
	put_record grants "$(newest grants session: .key)" '.two_step = "1"'
	again /account/security
	[[ $body == *'On: signing in takes'* && $body == *'Recovery codes left: <bdi>1</bdi>'* ]]
	[[ $body == *'Authenticator and recovery codes'* ]]
}
