# Codes, tokens and sessions after they were given: used once, by whom they are
# for, and dead as soon as anything behind them is.
load lib
load oauth

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

invalid_grant() { oauth_error 400 invalid_grant; }
alive() {
	current "$1"
	status_is 200
}
dead() { # TOKEN [CODE]
	current "$1"
	status_is 401
	code_is "${2:-token_revoked}"
	grep -qi '^www-authenticate: .*error="invalid_token"' "$WORK/headers"
}
new_user() { printf '%s\n' "correct horse $1" | ost user add "$1" --password-stdin >/dev/null; }

@test "6749-09 K01 a code is used once; its second use ends the token of the first" {
	get_token
	alive "$token"
	redeem "$code"
	invalid_grant
	dead "$token"
	redeem "$code"
	invalid_grant
}

@test "6749-09 K04 and only that token" {
	get_token
	local first=$token used=$code
	get_token
	redeem "$used"
	invalid_grant
	dead "$first"
	alive "$token"
}

@test "K02 of 32 redemptions at a time exactly one succeeds" {
	get_code
	local form="$BATS_TEST_TMPDIR/form" results
	query grant_type=authorization_code "client_id=$CLIENT" "client_secret=$SECRET" \
		"redirect_uri=$REDIRECT" "code=$code" >"$form"
	seq 32 | xargs -P 32 -I '{}' curl -s --cacert "$STATE/tls.crt" -o "$BATS_TEST_TMPDIR/answer.{}" \
		-w '%{http_code}\n' -d "@$form" "$BASE/oauth/access_token" >"$BATS_TEST_TMPDIR/codes"
	results=$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | awk '{ printf "%sx%s ", $1, $2 }')
	is '1x200 31x400 ' "$results" answers
	is 1 "$(cat "$BATS_TEST_TMPDIR"/answer.* | grep -c access_token)" tokens
	is 31 "$(cat "$BATS_TEST_TMPDIR"/answer.* | grep -c '"invalid_grant"')" refusals
	# somebody had the code who should not: what it gave is gone
	dead "$(jq -rs 'map(.access_token // empty)[0]' "$BATS_TEST_TMPDIR"/answer.*)"
}

@test "6749-10 a code is for one application and one callback" {
	get_code
	local id=$CLIENT secret=$SECRET
	new_app Other --callback-prefix "$(demo .app.callback_prefix)"
	redeem "$code"
	invalid_grant
	CLIENT=$id SECRET=$secret
	REDIRECT=$REDIRECT/ redeem "$code"
	invalid_grant
	req /oauth/access_token -d grant_type=authorization_code -d "client_id=$CLIENT" \
		-d "client_secret=$SECRET" -d "code=$code"
	invalid_grant
	redeem "$code"
	status_is 200
}

@test "6749-10 another application's use of a used code does not end the token" {
	get_token
	local id=$CLIENT secret=$SECRET
	new_app Thief --callback-prefix "$(demo .app.callback_prefix)"
	redeem "$code"
	invalid_grant
	alive "$token"
	CLIENT=$id SECRET=$secret
}

@test "K07 9700-01 a verifier without a challenge is refused" {
	get_code
	redeem "$code" -d code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
	invalid_grant
	redeem "$code"
	status_is 200
}

@test "K11 a code that is not quite the code" {
	get_code
	local last=${code: -1} bad
	for bad in "${code%?}" "${code}x" "$code " " $code" "${code%?}$([[ $last == a ]] && echo b || echo a)" \
		"${code,,}" "${code^^}" "$code,$code" '*' "code:$code" "${code}%00"; do
		[[ $bad == "$code" ]] || { redeem "$bad"; invalid_grant; }
	done
	req /oauth/access_token -d "grant_type=authorization_code&client_id=$CLIENT&client_secret=$SECRET&redirect_uri=$(uri "$REDIRECT")&code=$code%00"
	oauth_error 400 invalid_request
	redeem "$code"
	status_is 200
}

@test "6749-09 K05 an expired code" {
	configure 'code_lifetime = 1s'
	get_code
	pause 1100
	redeem "$code"
	invalid_grant
	is 'The code has expired' "$(json .error_description)" description
	redeem "$code"
	invalid_grant
}

@test "6750-05 an expired token is told so" {
	configure 'access_token_lifetime = 1s'
	get_token
	is 1 "$(json .expires_in)" expires_in
	is_dead() { current "$token"; [[ $status == 401 ]]; }
	wait_until 20 is_dead
	dead "$token" token_expired
}

@test "K13 a disabled application: its secret is nothing, its token dead for good" {
	new_app Tired --callback-prefix "$(demo .app.callback_prefix)"
	get_token
	get_code
	ost app disable "$CLIENT" >/dev/null
	dead "$token"
	redeem "$code"
	oauth_error 401 invalid_client
	ost app enable "$CLIENT" >/dev/null
	dead "$token"
	redeem "$code"
	invalid_grant
	is 'The application was disabled meanwhile' "$(json .error_description)" description
	get_token
	alive "$token"
	ost app delete "$CLIENT" --yes >/dev/null
	dead "$token"
	visit "$(authorize)"
	error_page 400 unknown_application
}

@test "K13 a disabled user: token, code and session are dead, the token for good" {
	new_user sleepy
	sign_in sleepy "$(authorize)" 'correct horse sleepy'
	get_token
	get_code
	ost user disable sleepy >/dev/null
	dead "$token"
	redeem "$code"
	invalid_grant
	visit "$(authorize)"
	is_signin
	ost user enable sleepy >/dev/null
	dead "$token"
	redeem "$code"
	invalid_grant
	sign_in sleepy "$(authorize)" 'correct horse sleepy'
	get_token
	alive "$token"
}

@test "K13 a user of the same name is another one" {
	new_user phoenix
	sign_in phoenix "$(authorize)" 'correct horse phoenix'
	get_token
	get_code
	ost user delete phoenix --yes >/dev/null
	dead "$token"
	new_user phoenix
	dead "$token"
	redeem "$code"
	invalid_grant
	visit "$(authorize)"
	is_signin
}

@test "K14 a new password ends sessions and login tokens, not what applications were given" {
	local login
	new_user changer
	req /login -u 'changer:correct horse changer'
	login=$(json .access_token)
	alive "$login"
	sign_in changer "$(authorize)" 'correct horse changer'
	get_token
	visit "$(authorize)"
	is_consent
	local fields=("${form_fields[@]}")
	echo 'battery staple more' | ost user passwd changer --password-stdin >/dev/null
	dead "$login"
	form_fields=("${fields[@]}")
	submit decision=allow
	error_page 403 form_invalid
	visit "$(authorize)"
	is_signin
	alive "$token"
}

@test "K20 a grant that is revoked ends with the next request" {
	get_token
	alive "$token"
	local id
	id=$(ost --json token inspect <<<"$token" | jq -r .grant_id)
	ost grant revoke "$id" >/dev/null
	dead "$token"
	redeem "$code"
	invalid_grant
	get_token
	ost token revoke <<<"$token" >/dev/null
	dead "$token"
}

@test "6749-23 a code that travelled over http is destroyed" {
	local place
	for place in "/oauth/access_token?code=" "/demo/callback?state=s&code=" "/oauth/authorize?%63ode="; do
		get_code
		req "$PLAIN$place$code"
		status_is 403
		code_is https_required
		redeem "$code"
		invalid_grant
	done
	get_code
	req "$PLAIN/oauth/token" -d "grant_type=authorization_code" -d "code=$code"
	status_is 403
	is 0 "$(header_count WWW-Authenticate)" challenges
	redeem "$code"
	invalid_grant
	# one that was used stays used, and its second use is seen
	get_token
	req "$PLAIN/oauth/access_token?code=$code"
	status_is 403
	redeem "$code"
	invalid_grant
	dead "$token"
}

# redeem as plain CGI, with $CGI_PREFIX before the program
redeem_by_cgi() {
	local form
	form=$(query grant_type=authorization_code "client_id=$CLIENT" "client_secret=$SECRET" \
		"redirect_uri=$REDIRECT" "code=$1")
	cgi access_token REQUEST_METHOD=POST SCRIPT_NAME=/oauth/access_token \
		CONTENT_TYPE=application/x-www-form-urlencoded "CONTENT_LENGTH=${#form}" <<<"$form"
}

@test "K19 a store that cannot be written at redemption: 503, no token, and the code is not lost" {
	get_code
	trap '' XFSZ
	CGI_PREFIX='prlimit --fsize=0' redeem_by_cgi "$code"
	status_is 503
	code_is unavailable
	oauth_error 503 temporarily_unavailable
	is 5 "$(header Retry-After)" Retry-After
	[[ $body != *access_token* ]]
	redeem "$code"
	status_is 200
	alive "$(json .access_token)"
}

@test "K19 the limit on file sizes as a system sets it does not kill the program either" {
	get_code
	CGI_PREFIX='env --default-signal=XFSZ prlimit --fsize=0' redeem_by_cgi "$code"
	status_is 503
	redeem "$code"
	status_is 200
}
