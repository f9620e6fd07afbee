# Proof Key for Code Exchange (RFC 7636) at the authorization endpoint: what is
# taken, what is refused, and that the code remembers it. What becomes of it at
# the token endpoint is in codes.bats.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

# RFC 7636 appendix B.
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM

# lighttpd gives a 400 of its own to control characters.
server_refuses() { [[ $TRANSPORT != nginx && $status == 400 && $body == *'<h1>400 Bad Request</h1>'* ]]; }

# refused [NAME=VALUE...]: back to the application with invalid_request.
refused() {
	visit "$(authorize state=s "$@")"
	status_is 303
	is invalid_request "$(param error)" "error for $*"
	is s "$(param state)" "state for $*"
	is "$(uri "$BASE")" "$(param iss)" "iss for $*"
	[[ $location == "$REDIRECT?"* ]]
}

@test "7636-01 9700-01 the challenge of RFC 7636 is taken and stays with the code" {
	get_code code_challenge="$challenge" code_challenge_method=S256
	is "$challenge" "$(newest grants code: .challenge)" "challenge of the code"
	get_code
	is null "$(newest grants code: .challenge)" "challenge of a code without one"
}

@test "7636-02 a challenge is 43 characters of base64url" {
	consent_to
	local bad
	for bad in "${challenge%?}" "${challenge}A" "${challenge/-/+}" "${challenge/2/\/}" \
		"${challenge%?}=" "${challenge%?}." "${challenge%?}~" "${challenge%?} " x \
		"$(printf 'a%.0s' {1..128})" "$(printf 'a%.0s' {1..2000})"; do
		refused code_challenge="$bad" code_challenge_method=S256
		[[ $(param error_description) == code_challenge* ]]
	done
}

@test "7636-03 only S256: plain, no method at all and other spellings are refused" {
	consent_to
	refused code_challenge="$challenge"
	local method
	for method in plain s256 SHA256 'S256 ' S512; do
		refused code_challenge="$challenge" code_challenge_method="$method"
		[[ $(param error_description) == *S256* ]]
	done
}

@test "K10 a challenge or a method with a line end in it" {
	consent_to
	local method
	for method in plain%0Agarbage S256%0Agarbage garbage%0AS256 S256%0A %0D%0AS256; do
		visit "$(authorize state=s "code_challenge=$challenge")&code_challenge_method=$method"
		server_refuses || is invalid_request "$(param error)" "method $method"
		is '' "$(param code)" "code for $method"
	done
	for method in "$challenge%0A" "%0A$challenge" "${challenge%?}%0A"; do
		visit "$(authorize state=s code_challenge_method=S256)&code_challenge=$method"
		server_refuses || is invalid_request "$(param error)" "challenge $method"
		is '' "$(param code)" "code for $method"
	done
}

@test "7636-03 a method without a challenge is refused" {
	consent_to
	refused code_challenge_method=S256
	refused code_challenge_method=plain
	visit "$(authorize)&code_challenge=&code_challenge_method="
	is_consent
}

@test "6749-03 a challenge or method that stands twice" {
	consent_to
	visit "$(authorize code_challenge="$challenge" code_challenge_method=S256)&code_challenge=$challenge"
	is invalid_request "$(param error)" challenge
	visit "$(authorize code_challenge="$challenge" code_challenge_method=S256)&code_challenge_method=S256"
	is invalid_request "$(param error)" method
}

@test "7636-05 a public application must bring a challenge" {
	consent_to
	public_app 'Tree Phone'
	refused
	refused code_challenge="$challenge"
	get_code code_challenge="$challenge" code_challenge_method=S256
	is "$challenge" "$(newest grants code: .challenge)" "challenge of the code"
}

@test "9700-05 a challenge that is wrong: sign-in first, then the error" {
	visit "$(authorize code_challenge=x code_challenge_method=S256)"
	is_signin
	submit username=reader "password=$(password_of reader)"
	visit "$location"
	is invalid_request "$(param error)" error
}

@test "S05 the posted form cannot take the challenge away or change it" {
	consent_to code_challenge="$challenge" code_challenge_method=S256
	local mine=("${form_fields[@]}")
	submit "${mine[0]/code_challenge=/code_challenges=}" decision=allow
	error_page 403 form_invalid
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit code_challenge="${challenge/E/F}" decision=allow
	error_page 400 form_changed
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit code_challenge="$challenge" decision=allow
	status_is 303
	[[ -n $(param code) ]]
}
