# An application's token for itself (RFC 6749 section 4.4): who gets one, where
# it opens a door, and when it dies.
load lib
load oauth
load records

setup_file() {
	make_root /app/a.json /user/a.json /role/a.json /import/a.json /export/a.json /key/a.json /token/a.json /open/a.json
	POLICY='
*  /app/     app
*  /user/    user
*  /role/    role:admin
*  /import/  scope:import
*  /export/  scope:export
*  /key/     app    auth=key
*  /token/   app    auth=token
*  /open/    anyone
' start_server
	demo_app
	new_app Worker --callback-prefix "$(demo .app.callback_prefix)"
	app_is 'own_scope=import read'
	export CLIENT SECRET
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# own_token [curl option...]: the answer, and $token.
own_token() {
	req /oauth/token -d grant_type=client_credentials -u "$CLIENT:$SECRET" "$@"
	token=$(json .access_token)
}
has() { # PATH WANTED-STATUS [CODE]
	get "$1" "$2" -H "$(bearer "$token")"
	[[ -z ${3:-} ]] || code_is "$3"
}
dead() {
	has /open/a.json 401 token_revoked
	has /app/a.json 401 token_revoked
	is "$1" "$(ost --json token inspect <<<"$token" | jq -r .reason)" 'why not'
}
another_app() {
	new_app "$1" --callback-prefix "$(demo .app.callback_prefix)"
}

@test "6749-18 6749-19 a confidential application gets a token for itself, and no more" {
	own_token
	status_is 200
	is access_token,expires_in,scope,token_type "$(json 'keys | join(",")')" members
	is bearer "$(json .token_type)" token_type
	is 3600 "$(json .expires_in)" expires_in
	is 'import read' "$(json .scope)" scope
	is no-store "$(header Cache-Control)" Cache-Control
	is client_token_given "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	is "$CLIENT" "$(decision "$(header X-Request-Id)" | jq -r .subject)" subject
	# the secret in the body, and in the query as the source has it
	req /oauth/token -d "grant_type=client_credentials&client_id=$CLIENT&client_secret=$SECRET"
	status_is 200
	req "/oauth/access_token?grant_type=client_credentials&client_id=$CLIENT&client_secret=$SECRET" -d ''
	status_is 200
}

@test "6749-18 scope: within its own" {
	own_token -d scope=read
	status_is 200
	is read "$(json .scope)" scope
	local bad
	for bad in export 'read export' 'read read' offline_access openid '"'; do
		own_token --data-urlencode "scope=$bad"
		oauth_error 400 invalid_scope
		is invalid_scope "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	done
	another_app Plain
	own_token
	status_is 200
	is '' "$(json .scope)" scope
	own_token -d scope=read
	oauth_error 400 invalid_scope
}

@test "6749-18 6749-20 who has no secret has none" {
	own_token
	local id=$CLIENT secret=$SECRET
	req /oauth/token -d "grant_type=client_credentials&client_id=$CLIENT"
	oauth_error 401 invalid_client
	SECRET=wrong own_token
	oauth_error 401 invalid_client
	req /oauth/token -d "grant_type=client_credentials&client_id=$CLIENT&client_secret=$SECRET" -H "$(basic "$CLIENT:$SECRET")"
	oauth_error 400 invalid_request
	another_app Open
	own_token
	put_record accounts "app:$CLIENT" '.public = "1" | del(.secret)'
	req /oauth/token -d "grant_type=client_credentials&client_id=$CLIENT"
	oauth_error 400 unauthorized_client
	# and what it had before it became public is nothing
	dead secret_rotated
	CLIENT=$id SECRET=$secret
}

@test "it opens what is for applications and for its scope" {
	own_token
	has /app/a.json 200
	has /open/a.json 200
	has /import/a.json 200
	has /token/a.json 200
	has /export/a.json 403 insufficient_scope
	grep -qi '^www-authenticate: .*error="insufficient_scope".*scope="export"' "$WORK/headers"
	own_token -d scope=read
	has /import/a.json 403 insufficient_scope
}

@test "9700-14 it is nobody's: what is for users is 403" {
	own_token
	has /user/a.json 403 forbidden
	has /role/a.json 403 forbidden
	has /key/a.json 403 forbidden
	local path
	for path in /api/users/current.json /users/current.json /users/current.xml; do
		has "$path" 403
		is 0 "$(header_count WWW-Authenticate)" challenges
	done
	has /users/current.json 403 forbidden
	has /login 401
	# nor can its name be that of one: the first letter tells them apart
	[[ $CLIENT == a* && $(ost user show admin --json | jq -r .id) == u* ]]
}

@test "protect names the application and its scope, and no user" {
	own_token -d scope=import
	cgi protect PROTECT_MODE=forward REQUEST_URI=/app/a.json "HTTP_AUTHORIZATION=Bearer $token"
	status_is 200
	is "$CLIENT" "$(header X-Ostiary-App)" X-Ostiary-App
	is import "$(header X-Ostiary-Scope)" X-Ostiary-Scope
	is 0 "$(header_count X-Ostiary-User)" X-Ostiary-User
	is 0 "$(header_count X-Ostiary-User-Id)" X-Ostiary-User-Id
	is 0 "$(header_count X-Ostiary-Roles)" X-Ostiary-Roles
	# lighttpd, as an authorizer
	cgi protect FCGI_ROLE=AUTHORIZER REQUEST_URI=/app/a.json "HTTP_AUTHORIZATION=Bearer $token"
	[[ $(<"$WORK/raw") != *eader-X-Ostiary-User* ]]
}

@test "it is counted for the application, whatever others do with its name" {
	another_app Busy
	own_token
	configure "limit_app = 3/$(window)"
	local n
	for n in 1 2 3; do get /app/a.json 200 -H "X-App-Token: $CLIENT"; done
	get /app/a.json 429 -H "X-App-Token: $CLIENT"
	has /app/a.json 200
	is 3 "$(header X-RateLimit-Limit)" X-RateLimit-Limit
	is 2 "$(header X-RateLimit-Remaining)" X-RateLimit-Remaining
	has /user/a.json 403
	is 1 "$(header X-RateLimit-Remaining)" X-RateLimit-Remaining
	has /users/current.json 403
	is 0 "$(header X-RateLimit-Remaining)" X-RateLimit-Remaining
	has /app/a.json 429 rate_limited
	own_token
	has /users/current.json 429 rate_limited
}

@test "no more of them than it may make requests" {
	another_app Greedy
	configure "limit_app = 3/$(window)"
	local n
	for n in 1 2 3; do
		own_token
		status_is 200
	done
	own_token
	oauth_error 429 temporarily_unavailable
	code_is rate_limited
	(($(header Retry-After) >= 1))
	is rate_limited "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	another_app Modest
	own_token
	status_is 200
}

@test "K20 it dies with its secret, at once or after the overlap" {
	another_app Careful
	own_token
	has /app/a.json 200
	local old=$token
	SECRET=$(ost --json app rotate "$CLIENT" --overlap 1h | jq -r .client_secret)
	has /app/a.json 200
	own_token
	has /app/a.json 200
	local new=$token
	SECRET=$(ost --json app rotate "$CLIENT" | jq -r .client_secret)
	token=$old
	dead secret_rotated
	token=$new
	dead secret_rotated
	own_token
	has /app/a.json 200
}

@test "K13 it dies with its application" {
	another_app Mortal
	own_token
	local first=$token
	ost app disable "$CLIENT" >/dev/null
	dead app_disabled
	ost app enable "$CLIENT" >/dev/null
	dead app_disabled
	own_token
	has /app/a.json 200
	ost app delete "$CLIENT" --yes >/dev/null
	dead app_deleted
	token=$first
	dead app_deleted
}

@test "K20 it is revoked by itself" {
	own_token
	local first=$token
	own_token
	ost token revoke <<<"$first" >/dev/null
	has /app/a.json 200
	token=$first
	dead revoked
	own_token
	req "$PLAIN/app/a.json" -H "$(bearer "$token")"
	status_is 403
	dead revoked
}
