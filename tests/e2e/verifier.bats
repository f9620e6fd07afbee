# PKCE at the token endpoint (RFC 7636 sections 4.5 and 4.6): a code that was
# asked for with a challenge, and who may redeem it. The challenge is written
# into the code's record, as authorize does.
load lib
load oauth
load records

verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

# challenged CODE: it was asked for with $challenge.
challenged() {
	put_record grants "code:$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)" \
		--arg c "$challenge" '.challenge = $c'
}
invalid_grant() {
	oauth_error 400 invalid_grant
	is "$1" "$(json .error_description)" error_description
}
mismatch='code_verifier is not that of the code_challenge'

@test "7636-01 the pair of RFC 7636 appendix B" {
	get_code
	challenged "$code"
	redeem "$code" -d "code_verifier=$verifier"
	status_is 200
	current "$(json .access_token)"
	status_is 200
}

@test "K08 9700-01 a challenge needs its verifier, and the code is not lost by trying" {
	get_code
	challenged "$code"
	redeem "$code"
	invalid_grant 'code_verifier is missing'
	redeem "$code" -d code_verifier=
	invalid_grant 'code_verifier is missing'
	redeem "$code" -d "code_verifier=$verifier"
	status_is 200
}

@test "K07 9700-01 a verifier needs its challenge" {
	get_code
	redeem "$code" -d "code_verifier=$verifier"
	invalid_grant 'The code was not asked for with a code_challenge'
}

@test "7636-02 7636-04 K10 any other verifier" {
	get_code
	challenged "$code"
	local bad
	for bad in "$challenge" "${verifier%?}" "${verifier}x" "${verifier,,}" "$verifier"$'\n'garbage \
		plain$'\n'"$verifier" "$verifier " "${verifier/_/+}" "${verifier/_/=}" "${verifier/_//}" \
		"$(printf 'a%.0s' {1..42})" "$(printf 'a%.0s' {1..128})" "$(printf 'a%.0s' {1..129})"; do
		redeem "$code" --data-urlencode "code_verifier=$bad"
		invalid_grant "$mismatch"
	done
	redeem "$code" -d "code_verifier=$verifier%00"
	oauth_error 400 invalid_request
	redeem "$code" -d "code_verifier=$verifier&code_verifier=$verifier"
	oauth_error 400 invalid_request
	redeem "$code" -d "code_verifier=$verifier"
	status_is 200
}

@test "7636-05 9700-13 6749-20 a public application redeems with client_id and verifier alone" {
	local id=$CLIENT secret=$SECRET
	new_app Phone --callback-prefix "$(demo .app.callback_prefix)"
	get_code scope='read offline_access'
	app_is public=1
	SECRET=
	redeem "$code"
	invalid_grant 'An application without a secret needs a code_challenge'
	challenged "$code"
	redeem "$code"
	invalid_grant 'code_verifier is missing'
	redeem "$code" -d "code_verifier=$verifier"
	status_is 200
	current "$(json .access_token)" # what curl said of it stands in $body no more
	status_is 200
	CLIENT=$id SECRET=$secret
}

@test "6749-26 a public application refreshes with client_id alone, and its tokens are replaced too" {
	local id=$CLIENT secret=$SECRET first
	new_app Tablet --callback-prefix "$(demo .app.callback_prefix)"
	get_code scope='read offline_access'
	app_is public=1
	SECRET=
	challenged "$code"
	redeem "$code" -d "code_verifier=$verifier"
	first=$(json .refresh_token)
	req /oauth/token -d "grant_type=refresh_token&client_id=$CLIENT&refresh_token=$first"
	status_is 200
	[[ $(json .refresh_token) != "$first" ]]
	req /oauth/token -d "grant_type=refresh_token&client_id=$CLIENT&refresh_token=$(json .refresh_token)"
	status_is 200
	req /oauth/token -d "grant_type=refresh_token&client_id=$CLIENT&refresh_token=$first"
	invalid_grant 'The refresh token was used before; what it gave is revoked'
	req /oauth/token -d "grant_type=refresh_token&client_id=$CLIENT&client_secret=x&refresh_token=$first"
	oauth_error 401 invalid_client
	req /oauth/token -d "grant_type=refresh_token&refresh_token=$first"
	oauth_error 401 invalid_client
	CLIENT=$id SECRET=$secret
}
