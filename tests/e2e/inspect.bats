# `ostiary token inspect` of what the programs give: whose, whose application's,
# for what, dead or alive and why. Made-up states are in tests/command/tokens.bats.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
	APP_NAME=$(ost app show "$CLIENT" --json | jq -r .name)
	export APP_NAME
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# inspected TOKEN WANTED: kind, for whom, user, application, scope and, if it is
# dead, why; exit status 0 in any case, and nothing on standard error.
inspected() {
	run --separate-stderr ost token inspect --json <<<"$1"
	is 0 "$status" "exit status for $2"
	is '' "$stderr" 'standard error'
	is "$2" "$(jq -r '[.kind, .speaks_for, .userName, .app, .scope, .alive, .reason // empty] | join(" ")' <<<"$output")" token
	run --separate-stderr ost token inspect <<<"$1"
	is 0 "$status" "exit status without --json"
}
token_of() { # curl option...: of the token endpoint, by the application itself
	req /oauth/token -u "$CLIENT:$SECRET" "$@"
}

@test "token inspect knows what a sign-in gives: code, access, refresh and ID token" {
	local access refresh next id both="user reader $APP_NAME"
	get_code scope='openid read offline_access'
	inspected "$code" "code $both openid read offline_access true"
	redeem "$code"
	status_is 200
	access=$(json .access_token) refresh=$(json .refresh_token) id=$(json .id_token)
	inspected "$code" "code $both openid read offline_access false used"
	inspected "$access" "access $both openid read offline_access true"
	inspected "$refresh" "refresh $both openid read offline_access true"
	inspected "$id" "id $both  true"
	token_of -d grant_type=refresh_token -d "refresh_token=$refresh"
	status_is 200
	next=$(json .refresh_token)
	inspected "$refresh" "refresh $both openid read offline_access false used"
	inspected "$next" "refresh $both openid read offline_access true"
	ost grant revoke "$(ost token inspect --json <<<"$next" | jq -r .grant_id)" >/dev/null
	inspected "$next" "refresh user  $APP_NAME  false grant_ended"
	inspected "$access" "access $both openid read offline_access false grant_ended"
	inspected "$id" "id $both  true"
}

@test "token inspect knows an access token in ES256, one of an application, and a login token" {
	local own
	configure 'access_token_alg = ES256'
	get_token scope=read
	is ES256 "$(cut -d. -f1 <<<"$token" | base64 -d 2>/dev/null | jq -r .alg)" alg
	inspected "$token" "access user reader $APP_NAME read true"
	ost token revoke <<<"$token" >/dev/null
	inspected "$token" "access user reader $APP_NAME read false revoked"
	inspected "${token%?????}AAAAA" 'foreign     false invalid'
	unconfigure
	new_app Worker --callback-prefix "$(demo .app.callback_prefix)"
	app_is own_scope=import
	token_of -d grant_type=client_credentials
	own=$(json .access_token)
	inspected "$own" 'access application  Worker import true'
	ost app disable "$CLIENT" >/dev/null
	inspected "$own" 'access application  Worker import false app_disabled'
	demo_app
	token=$(login_token reader)
	inspected "$token" 'login user reader   true'
	for token in "$SECRET" nonsense "$(printf '%0600d' 0)"; do
		inspected "$token" 'foreign     false invalid'
	done
}

@test "token inspect knows a device code on its way, and the code that a user types by its form" {
	local device typed
	req /oauth/device_authorization -u "$CLIENT:$SECRET" -d scope=read
	status_is 200
	device=$(json .device_code) typed=$(json .user_code)
	inspected "$device" "device user  $APP_NAME read true"
	ost token inspect <<<"$device" | grep -qx 'state  *pending'
	inspected "$typed" 'foreign     false invalid'
	ost token inspect <<<"$typed" | grep -q 'is not looked up'
	visit /device
	submit username=reader "password=$(password_of reader)"
	visit "$location"
	submit "user_code=$typed"
	submit decision=deny
	inspected "$device" "device user reader $APP_NAME read false denied"
}
