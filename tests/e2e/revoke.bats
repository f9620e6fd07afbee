# An application hands a token back: RFC 7009.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# revoke TOKEN [curl option...]: as $CLIENT, with the secret in the body.
revoke() {
	local text=$1
	shift
	req /oauth/revoke --data-urlencode "token=$text" -d "client_id=$CLIENT" -d "client_secret=$SECRET" "$@"
}
done_is() { # REASON
	status_is 200
	is '' "$body" body
	is no-store "$(header Cache-Control)" Cache-Control
	is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
}
alive() {
	current "$1"
	status_is 200
}
dead() {
	current "$1"
	status_is 401
	code_is token_revoked
	grep -qi '^www-authenticate: .*error="invalid_token"' "$WORK/headers"
}

@test "7009-01 7009-04 a token that is handed back is dead at the next request, once and for all" {
	get_token
	alive "$token"
	revoke "$token"
	done_is token_revoked
	dead "$token"
	revoke "$token"
	done_is token_not_live
	dead "$token"
}

@test "and only that token" {
	get_token
	local first=$token
	get_token
	revoke "$first"
	dead "$first"
	alive "$token"
}

@test "7009-01 the client authenticates by Basic too" {
	get_token
	req /oauth/revoke --data-urlencode "token=$token" -H "$(basic "$CLIENT:$SECRET")"
	done_is token_revoked
	dead "$token"
}

@test "7009-01 another method, no token, a token twice or in the query, another body" {
	get_token
	req /oauth/revoke
	status_is 405
	is POST "$(header Allow)" Allow
	req /oauth/revoke -d "client_id=$CLIENT&client_secret=$SECRET"
	oauth_error 400 invalid_request
	req /oauth/revoke -d "client_id=$CLIENT&client_secret=$SECRET&token="
	oauth_error 400 invalid_request
	revoke "$token" -d "token=$token"
	oauth_error 400 invalid_request
	req "/oauth/revoke?token=$token" -d "client_id=$CLIENT&client_secret=$SECRET"
	oauth_error 400 invalid_request
	req "/oauth/revoke?$(query "token=$token" "client_id=$CLIENT" "client_secret=$SECRET")" -d ''
	oauth_error 400 invalid_request
	req /oauth/revoke -H 'Content-Type: application/json' \
		-d "{\"token\":\"$token\",\"client_id\":\"$CLIENT\",\"client_secret\":\"$SECRET\"}"
	oauth_error 400 invalid_request
	revoke "$token" -H 'Content-Type: multipart/form-data; boundary=x'
	oauth_error 400 invalid_request
	alive "$token"
}

@test "7009-01 without the right secret nothing is revoked" {
	get_token
	req /oauth/revoke -d "token=$token"
	oauth_error 401 invalid_client
	[[ $(header WWW-Authenticate) == Basic* ]]
	req /oauth/revoke -d "token=$token&client_id=$CLIENT"
	oauth_error 401 invalid_client
	req /oauth/revoke -d "token=$token&client_id=$CLIENT&client_secret=osa_wrong"
	oauth_error 401 invalid_client
	req /oauth/revoke -d "token=$token&client_id=nobody&client_secret=$SECRET"
	oauth_error 401 invalid_client
	req /oauth/revoke -d "token=$token&client_secret=$SECRET" -H "$(basic "$CLIENT:$SECRET")"
	oauth_error 400 invalid_request
	req /oauth/revoke -d "token=$token" -H "$(bearer "$token")"
	oauth_error 400 invalid_request
	alive "$token"
}

@test "7009-02 unknown tokens, garbage and what is no token of an application are a 200" {
	local text login before
	get_token
	before=$token
	for text in x osr_ "osr_$(printf 'a%.0s' {1..49})" "${token%?}" "$token." "${token%.*}." a.b.c '%00' \
		"$(printf 'x%.0s' {1..5000})" $'\u00e9' '*' "$CLIENT" "$SECRET"; do
		revoke "$text"
		done_is token_not_live
	done
	alive "$before"
	login=$(login_token reader)
	revoke "$login"
	done_is token_not_live
	alive "$login"
}

@test "7009-02 an expired token is a 200" {
	configure 'access_token_lifetime = 1s'
	get_token
	is_expired() { current "$token"; [[ $(json .code) == token_expired ]]; }
	wait_until 20 is_expired
	revoke "$token"
	done_is token_not_live
}

@test "7009-02 a wrong hint is no matter" {
	local hint
	for hint in refresh_token access_token foo ''; do
		get_token
		revoke "$token" -d "token_type_hint=$hint"
		done_is token_revoked
		dead "$token"
	done
}

@test "7009-03 another application's token is refused and stays alive" {
	local id=$CLIENT secret=$SECRET
	get_token
	new_app Other --callback-prefix "$(demo .app.callback_prefix)"
	revoke "$token"
	oauth_error 400 unauthorized_client
	is token_of_another "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	is "$CLIENT" "$(decision "$(header X-Request-Id)" | jq -r .subject)" subject
	alive "$token"
	CLIENT=$id SECRET=$secret
	revoke "$token"
	done_is token_revoked
}

@test "7009-03 a public application hands its token back with its client_id" {
	local id=$CLIENT secret=$SECRET
	get_token
	new_app Pocket --redirect-uri https://pocket.example/cb
	app_is public=1
	req /oauth/revoke -d "token=x&client_id=$CLIENT"
	done_is token_not_live
	# RFC 7009 section 2.1: never another's
	req /oauth/revoke -d "client_id=$CLIENT" --data-urlencode "token=$token"
	oauth_error 400 unauthorized_client
	alive "$token"
	# its own
	public_app Phone
	get_code code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM code_challenge_method=S256
	req /oauth/token -d "grant_type=authorization_code&client_id=$CLIENT&code=$code" \
		--data-urlencode "redirect_uri=$REDIRECT" -d code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
	token=$(json .access_token)
	alive "$token"
	req /oauth/revoke -d "client_id=$CLIENT" --data-urlencode "token=$token"
	done_is token_revoked
	dead "$token"
	CLIENT=$id SECRET=$secret
}

@test "7009-02 a refresh token takes its grant along, also when it was used" {
	local refresh
	get_token scope=offline_access
	refresh=$(json .refresh_token)
	revoke "$refresh" -d token_type_hint=access_token
	done_is token_revoked
	dead "$token"
	req /oauth/token -d grant_type=refresh_token -d "refresh_token=$refresh" \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET"
	oauth_error 400 invalid_grant
	revoke "$refresh"
	done_is token_not_live
	get_token scope=offline_access
	refresh=$(json .refresh_token)
	req /oauth/token -d grant_type=refresh_token -d "refresh_token=$refresh" \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	revoke "$refresh"
	done_is token_revoked
	dead "$token"
}

@test "no token and no secret is in the log" {
	get_token
	revoke "$token"
	done_is token_revoked
	! grep -qF -e "$token" -e "$SECRET" "$STATE/decisions.log"
}

@test "7009-05 over http a token that comes along is revoked, with the client or without" {
	get_token
	req "$PLAIN/oauth/revoke" --data-urlencode "token=$token"
	status_is 403
	code_is https_required
	is revoked_over_http "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	dead "$token"
	req "$PLAIN/oauth/revoke" -d token=x
	status_is 403
	is https_required "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
}

@test "7009-04 what could not be written down is a 503 with Retry-After, and the token is alive" {
	get_token
	# plain CGI with a limit on the size of files, so that the log cannot grow
	body_of() { query "token=$token" "client_id=$CLIENT" "client_secret=$SECRET"; }
	refused() {
		CGI_PREFIX='prlimit --fsize=1:1' cgi revoke REQUEST_METHOD=POST SCRIPT_NAME=/oauth/revoke \
			REQUEST_URI=/oauth/revoke CONTENT_TYPE=application/x-www-form-urlencoded \
			"CONTENT_LENGTH=$(body_of | wc -c)" < <(body_of)
	}
	refused
	status_is 503
	(($(header Retry-After) > 0))
	alive "$token"
	revoke "$token"
	done_is token_revoked
}

@test "9700-11 a page of any origin may revoke" {
	get_token
	revoke "$token" -H 'Origin: https://spa.example'
	status_is 200
	is '*' "$(header Access-Control-Allow-Origin)" Access-Control-Allow-Origin
	req /oauth/revoke -X OPTIONS -H 'Origin: https://spa.example' -H 'Access-Control-Request-Method: POST'
	status_is 204
}
