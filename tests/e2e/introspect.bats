# A resource server asks what a token is worth: RFC 7662.
load lib
load oauth
load records

setup_file() {
	start_server 'access_token_lifetime = 30m'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# introspect TOKEN [curl option...]: as $CLIENT.
introspect() {
	local text=$1
	shift
	req /oauth/introspect --data-urlencode "token=$text" -d "client_id=$CLIENT" -d "client_secret=$SECRET" "$@"
}
reason_is() { is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason; }
inactive() {
	status_is 200
	is '{"active":false}' "$body" body
	is no-store "$(header Cache-Control)" Cache-Control
	is application/json "$(header Content-Type)" Content-Type
	reason_is introspected_inactive
}
# guardian: $CLIENT and $SECRET become those of an application that may ask
# about every token.
guardian() {
	new_app Guardian --callback-prefix https://guardian.example/cb
	app_is introspect=1
}

@test "7662-02 7662-03 a live token: who, for whom, what for, until when" {
	get_token 'scope=read write'
	local now=$EPOCHSECONDS id
	introspect "$token"
	status_is 200
	is no-store "$(header Cache-Control)" Cache-Control
	is application/json "$(header Content-Type)" Content-Type
	reason_is introspected
	is '["active","aud","client_id","exp","iat","iss","jti","scope","sub","token_type","username"]' \
		"$(json 'keys | tojson')" members
	is true "$(json .active)" active
	is 'read write' "$(json .scope)" scope
	is "$CLIENT" "$(json .client_id)" client_id
	is reader "$(json .username)" username
	is Bearer "$(json .token_type)" token_type
	is "$BASE $BASE" "$(json '"\(.iss) \(.aud)"')" 'iss and aud'
	is 'number number' "$(json '"\(.exp | type) \(.iat | type)"')" 'types'
	is 1800 "$(json '.exp - .iat')" lifetime
	(($(json .iat) <= now && $(json .iat) > now - 60))
	[[ $body != *'.'*[0-9]'e'* ]]
	id=$(ost user show reader --json | jq -r .id)
	is "$id" "$(json .sub)" sub
	[[ $(json .jti) =~ ^[A-Za-z0-9]{22}$ ]]
}

@test "7662-02 a wrong hint is no matter, and Basic is as good" {
	get_token
	introspect "$token" -d token_type_hint=refresh_token
	is true "$(json .active)" active
	req /oauth/introspect --data-urlencode "token=$token" -H "$(basic "$CLIENT:$SECRET")"
	is true "$(json .active)" active
}

@test "7662-02 what is not alive is inactive and nothing else: unknown, malformed, revoked, ended" {
	local text
	get_token
	for text in x osr_ "osr_$(printf 'a%.0s' {1..49})" "${token%?}" "$token." "${token%.*}." a.b.c \
		"$(printf 'x%.0s' {1..5000})" "$CLIENT" "$SECRET" '{"active":true}'; do
		introspect "$text"
		inactive
	done
	ost token revoke <<<"$token" >/dev/null
	introspect "$token"
	inactive
	get_token
	redeem "$code"
	introspect "$token"
	inactive
}

@test "7662-02 an expired token is inactive" {
	configure 'access_token_lifetime = 1s'
	get_token
	is_over() { introspect "$token"; [[ $(json .active) == false ]]; }
	wait_until 20 is_over
	inactive
}

@test "7662-02 a disabled user's token is inactive for good" {
	printf 'correct horse sleepy\n' | ost user add sleepy --password-stdin >/dev/null
	visit "$(authorize)"
	submit username=sleepy 'password=correct horse sleepy'
	visit "$location"
	submit decision=allow
	redeem "$(param code)"
	token=$(json .access_token)
	introspect "$token"
	is sleepy "$(json .username)" username
	ost user disable sleepy >/dev/null
	introspect "$token"
	inactive
	ost user enable sleepy >/dev/null
	introspect "$token"
	inactive
}

@test "7662-02 7662-03 another application learns nothing, one that may ask about all learns all" {
	get_token scope=read
	local id=$CLIENT secret=$SECRET login
	login=$(login_token editor)
	introspect "$login"
	inactive
	new_app Other --callback-prefix "$(demo .app.callback_prefix)"
	introspect "$token"
	inactive
	guardian
	introspect "$token"
	is "true read $id reader" "$(json '"\(.active) \(.scope) \(.client_id) \(.username)"')" token
	introspect "$login"
	status_is 200
	is '["active","aud","exp","iat","iss","jti","sub","token_type","username"]' "$(json 'keys | tojson')" members
	is 'true editor Bearer' "$(json '"\(.active) \(.username) \(.token_type)"')" 'login token'
	introspect x
	inactive
	CLIENT=$id SECRET=$secret
}

@test "7662-01 nobody, a wrong secret and a public application learn nothing" {
	get_token
	local id=$CLIENT secret=$SECRET
	req /oauth/introspect -d "token=$token"
	oauth_error 401 invalid_client
	[[ $(header WWW-Authenticate) == Basic* ]]
	req /oauth/introspect -d "token=$token&client_id=$CLIENT"
	oauth_error 401 invalid_client
	req /oauth/introspect -d "token=$token&client_id=$CLIENT&client_secret=osa_wrong"
	oauth_error 401 invalid_client
	req /oauth/introspect -d "token=$token" -H "$(bearer "$token")"
	oauth_error 400 invalid_request
	new_app Pocket --redirect-uri https://pocket.example/cb
	app_is public=1
	req /oauth/introspect -d "token=$token&client_id=$CLIENT"
	oauth_error 401 invalid_client
	CLIENT=$id SECRET=$secret
}

@test "7662-01 another method, no token, a token twice or in the query, another body" {
	get_token
	req /oauth/introspect
	status_is 405
	is POST "$(header Allow)" Allow
	req /oauth/introspect -d "client_id=$CLIENT&client_secret=$SECRET"
	oauth_error 400 invalid_request
	introspect "$token" -d token=x
	oauth_error 400 invalid_request
	req "/oauth/introspect?token=$token" -d "client_id=$CLIENT&client_secret=$SECRET"
	oauth_error 400 invalid_request
	introspect "$token" -H 'Content-Type: text/plain'
	oauth_error 400 invalid_request
}

@test "over http nothing is said, and the token that came is revoked" {
	get_token
	introspect "$token"
	is true "$(json .active)" active
	req "$PLAIN/oauth/introspect" --data-urlencode "token=$token" -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 403
	code_is https_required
	reason_is revoked_over_http
	introspect "$token"
	inactive
}

@test "to be asked about is no use of a token, and no token is in the log" {
	new_app Quiet --callback-prefix "$(demo .app.callback_prefix)"
	get_token
	introspect "$token"
	is true "$(json .active)" active
	is 0 "$(ost dump | jq -r "select(.key == \"used:$CLIENT\") | .key" | wc -l)" 'notes of use'
	! grep -qF -e "$token" -e "$SECRET" "$STATE/decisions.log"
	demo_app
}

@test "no page of another origin may ask" {
	get_token
	introspect "$token" -H 'Origin: https://spa.example'
	status_is 200
	is 0 "$(header_count Access-Control-Allow-Origin)" Access-Control-Allow-Origin
}

@test "a refresh token is alive until it is used or its grant ends" {
	local refresh
	get_token 'scope=read offline_access'
	refresh=$(json .refresh_token)
	introspect "$refresh"
	is '["active","aud","client_id","exp","iss","scope","sub","username"]' "$(json 'keys | tojson')" members
	is "true reader $CLIENT" "$(json '"\(.active) \(.username) \(.client_id)"')" token
	req /oauth/token -d grant_type=refresh_token -d "refresh_token=$refresh" \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	introspect "$refresh"
	inactive
	get_token 'scope=offline_access'
	refresh=$(json .refresh_token)
	req /oauth/revoke -d "token=$refresh" -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	introspect "$refresh"
	inactive
	introspect "$token"
	inactive
}

@test "7662-02 a refresh token's exp is when it dies unused" {
	local left
	configure 'refresh_token_idle = 5m'
	get_token 'scope=read offline_access'
	introspect "$(json .refresh_token)"
	left=$(($(json .exp) - EPOCHSECONDS))
	((left > 290 && left <= 300)) || is 300 "$left" 'seconds left'
	unconfigure
	configure 'refresh_token_lifetime = 5m'
	get_token 'scope=read offline_access'
	introspect "$(json .refresh_token)"
	left=$(($(json .exp) - EPOCHSECONDS))
	((left > 290 && left <= 300)) || is 300 "$left" 'seconds left'
	unconfigure
}
