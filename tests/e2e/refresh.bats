# Refresh tokens: used once, replaced by one that is derived from them, and the
# end of everything when two have one (RFC 6749 section 6, RFC 9700 section
# 4.14.2). What needs another time or a failing store is in tests/unit.
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

invalid_grant() {
	oauth_error 400 invalid_grant
	[[ -z ${1:-} ]] || is "$1" "$(json .error_description)" error_description
}
ended='What the refresh token belongs to has ended'
reused='The refresh token was used before; what it gave is revoked'
alive() {
	current "$1"
	status_is 200
}
dead() {
	current "$1"
	status_is 401
	code_is token_revoked
}
# get_refresh [NAME=VALUE...]: $token and $refresh of a new grant.
get_refresh() {
	get_token scope='read write offline_access' "$@"
	refresh=$(json .refresh_token)
	[[ $refresh =~ ^osr_[A-Za-z0-9]{49}$ ]]
}
# refresh TOKEN [curl option...]: the application asks for the next ones.
refresh() {
	local given=$1
	shift
	req /oauth/token --data-urlencode grant_type=refresh_token --data-urlencode "client_id=$CLIENT" \
		${SECRET:+--data-urlencode "client_secret=$SECRET"} --data-urlencode "refresh_token=$given" "$@"
}
# renewed TOKEN [curl option...]: as above, it worked: $token and $refresh.
renewed() {
	refresh "$@"
	status_is 200
	token=$(json .access_token) refresh=$(json .refresh_token)
	[[ $refresh =~ ^osr_[A-Za-z0-9]{49}$ ]]
}
reason_is() { is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason; }

@test "6749-26 6749-19 a refresh token is given for offline_access, and replaced at each use" {
	get_refresh
	is access_token,expires_in,refresh_token,scope,token_type "$(json 'keys | join(",")')" members
	local first=$refresh old=$token
	renewed "$first"
	reason_is token_refreshed
	[[ $refresh != "$first" && $token != "$old" ]]
	is access_token,expires_in,refresh_token,scope,token_type "$(json 'keys | join(",")')" members
	is 'read write offline_access' "$(json .scope)" scope
	is no-store "$(header Cache-Control)" Cache-Control
	is no-cache "$(header Pragma)" Pragma
	alive "$token"
	is 'read write offline_access' "$(json .scope)" 'scope of the token'
	is reader "$(json .userName)" userName
	# an access token lives its time, whatever was refreshed
	alive "$old"
	renewed "$refresh"
	alive "$token"
}

@test "6749-26 without offline_access there is none, unless the application has them anyway" {
	get_token scope=read
	is null "$(json .refresh_token)" refresh_token
	local id=$CLIENT secret=$SECRET
	new_app Faithful --callback-prefix "$(demo .app.callback_prefix)"
	app_is refresh=1
	get_token scope=read
	refresh=$(json .refresh_token)
	renewed "$refresh"
	is read "$(json .scope)" scope
	CLIENT=$id SECRET=$secret
}

@test "6749-26 asked again in time, as by one who lost the answer, it gives the same one" {
	get_refresh
	local first=$refresh second
	renewed "$first"
	second=$refresh
	renewed "$first"
	is "$second" "$refresh" 'the second refresh token'
	reason_is refresh_repeated
	alive "$token"
	renewed "$second"
	alive "$token"
}

@test "K02 6749-26 of 32 refreshes at a time all get the same one, and there is one family" {
	get_refresh
	query grant_type=refresh_token "client_id=$CLIENT" "client_secret=$SECRET" \
		"refresh_token=$refresh" >"$BATS_TEST_TMPDIR/form"
	seq 32 | xargs -P 32 -I '{}' curl -s --cacert "$STATE/tls.crt" -o "$BATS_TEST_TMPDIR/answer.{}" \
		-w '%{http_code}\n' -d "@$BATS_TEST_TMPDIR/form" "$BASE/oauth/token" >"$BATS_TEST_TMPDIR/codes"
	is '32 200' "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | xargs)" answers
	is 1 "$(jq -r .refresh_token "$BATS_TEST_TMPDIR"/answer.* | sort -u | wc -l)" 'refresh tokens'
	is 32 "$(jq -r .access_token "$BATS_TEST_TMPDIR"/answer.* | sort -u | wc -l)" 'access tokens'
	renewed "$(jq -r .refresh_token "$BATS_TEST_TMPDIR/answer.1")"
	alive "$token"
	alive "$(jq -r .access_token "$BATS_TEST_TMPDIR/answer.7")"
}

@test "6749-26 a used one, once its successor was used, ends the grant and every token of it" {
	get_refresh
	local first=$refresh tokens=("$token") t
	renewed "$first"
	tokens+=("$token")
	renewed "$refresh"
	tokens+=("$token")
	refresh "$first"
	invalid_grant "$reused"
	reason_is refresh_reused
	for t in "${tokens[@]}"; do dead "$t"; done
	refresh "$refresh"
	invalid_grant "$ended"
	redeem "$code"
	invalid_grant
}

@test "6749-26 and after refresh_grace in any case" {
	configure 'refresh_grace = 1s'
	get_refresh
	local first=$refresh
	renewed "$first"
	pause 1100
	refresh "$first"
	invalid_grant "$reused"
	dead "$token"
}

@test "6749-26 one that is not used in time, and all of them in the end" {
	configure 'refresh_token_idle = 1s'
	get_refresh
	pause 1100
	refresh "$refresh"
	invalid_grant 'The refresh token is not valid'
	unconfigure
	configure 'refresh_token_lifetime = 6s'
	get_refresh
	local given=$req_ended n=0
	(($(json .expires_in) <= 6))
	# renewed again and again: it lives no longer for that
	pause 1000
	while refresh "$refresh"; [[ $status == 200 ]]; do
		((++n && req_began < given + 6000000)) || is "an end after 6 s" "$body" refresh
		(($(json .expires_in) <= 5))
		token=$(json .access_token) refresh=$(json .refresh_token)
		pause 500
	done
	((n >= 1))
	invalid_grant
	current "$token"
	status_is 401
}

@test "K01 K04 6749-09 the second use of a code ends its refresh tokens, and no others" {
	get_refresh
	local other=$refresh
	get_refresh
	renewed "$refresh"
	redeem "$code"
	invalid_grant
	reason_is code_reused
	refresh "$refresh"
	invalid_grant "$ended"
	renewed "$other"
}

@test "6749-26 K16 it is for the application that it was given to" {
	get_refresh
	local id=$CLIENT secret=$SECRET first=$refresh
	new_app Thief --callback-prefix "$(demo .app.callback_prefix)"
	refresh "$first"
	invalid_grant 'The refresh token is not valid'
	public_app 'Thief without a secret'
	refresh "$first"
	invalid_grant 'The refresh token is not valid'
	CLIENT=$id SECRET=
	refresh "$first"
	oauth_error 401 invalid_client
	SECRET=wrong
	refresh "$first"
	oauth_error 401 invalid_client
	SECRET=$secret
	renewed "$first"
	# nor can another end the grant with one that was used
	renewed "$refresh"
	new_app 'Thief again' --callback-prefix "$(demo .app.callback_prefix)"
	refresh "$first"
	invalid_grant 'The refresh token is not valid'
	alive "$token"
	CLIENT=$id SECRET=$secret
}

@test "6749-18 6749-26 scope may become less, not more, and the next one has it all" {
	get_refresh
	local first=$refresh bad
	for bad in admin 'read admin' 'read  write' 'read read' '"' 'é'; do
		refresh "$first" --data-urlencode "scope=$bad"
		oauth_error 400 invalid_scope
	done
	renewed "$first" -d scope=read
	is read "$(json .scope)" scope
	alive "$token"
	is read "$(json .scope)" 'scope of the token'
	renewed "$refresh"
	is 'read write offline_access' "$(json .scope)" scope
	# at the exchange of a code too
	get_code scope='read write offline_access'
	redeem "$code" -d scope=admin
	oauth_error 400 invalid_scope
	redeem "$code" -d scope=write
	status_is 200
	is write "$(json .scope)" scope
	renewed "$(json .refresh_token)"
	is 'read write offline_access' "$(json .scope)" scope
}

@test "K13 a user who was disabled, if only for a while, and one of the same name" {
	echo 'correct horse battery' | ost user add drowsy --password-stdin >/dev/null
	sign_in drowsy "$(authorize)" 'correct horse battery'
	get_refresh
	local first=$refresh
	ost user disable drowsy >/dev/null
	refresh "$first"
	invalid_grant
	ost user enable drowsy >/dev/null
	refresh "$first"
	invalid_grant
	dead "$token"
	sign_in drowsy "$(authorize)" 'correct horse battery'
	get_refresh
	ost user delete drowsy --yes >/dev/null
	echo 'correct horse battery' | ost user add drowsy --password-stdin >/dev/null
	refresh "$refresh"
	invalid_grant
}

@test "K13 an application that was disabled, if only for a while" {
	local id=$CLIENT secret=$SECRET
	new_app Resting --callback-prefix "$(demo .app.callback_prefix)"
	get_refresh
	ost app disable "$CLIENT" >/dev/null
	refresh "$refresh"
	oauth_error 401 invalid_client
	ost app enable "$CLIENT" >/dev/null
	refresh "$refresh"
	invalid_grant 'The application was disabled meanwhile'
	CLIENT=$id SECRET=$secret
}

@test "K20 a grant that is revoked is not revived by any of its tokens" {
	get_refresh
	local first=$refresh second
	renewed "$first"
	second=$refresh
	ost grant revoke "$(ost --json token inspect <<<"$token" | jq -r .grant_id)" >/dev/null
	for refresh in "$first" "$second"; do
		refresh "$refresh"
		invalid_grant "$ended"
	done
	dead "$token"
}

@test "K14 a new password is nothing to them" {
	echo 'correct horse battery' | ost user add forgetful --password-stdin >/dev/null
	sign_in forgetful "$(authorize)" 'correct horse battery'
	get_refresh
	echo 'battery staple more' | ost user passwd forgetful --password-stdin >/dev/null
	renewed "$refresh"
	alive "$token"
}

@test "6749-26 signing keys may be rotated between two uses" {
	get_refresh
	local first=$refresh second
	renewed "$first"
	second=$refresh
	ost signing-key rotate >/dev/null
	renewed "$first"
	is "$second" "$refresh" 'the second refresh token'
	renewed "$second"
	alive "$token"
}

@test "K11 one that is not quite it" {
	get_refresh
	local bad
	for bad in "${refresh%?}" "${refresh}x" "$refresh " " $refresh" "${refresh,,}" "osa_${refresh#osr_}" \
		"${refresh#osr_}" osr_ '*' "refresh:$refresh" "$token" "$code"; do
		refresh "$bad"
		invalid_grant 'The refresh token is not valid'
	done
	refresh ''
	oauth_error 400 invalid_request
	req /oauth/token -d "grant_type=refresh_token&client_id=$CLIENT&client_secret=$SECRET&refresh_token=$refresh%00"
	oauth_error 400 invalid_request
	# nor is it a token of another kind
	redeem "$refresh"
	invalid_grant
	current "$refresh"
	status_is 401
	renewed "$refresh"
}

@test "6749-03 6749-14 F04 F17 its parameters, as those of a code" {
	get_refresh
	refresh "$refresh" -d refresh_token=x
	oauth_error 400 invalid_request
	refresh "$refresh" -d refresh%5ftoken=x
	oauth_error 400 invalid_request
	req "/oauth/token?refresh_token=$refresh" -d "grant_type=refresh_token&refresh_token=$refresh" \
		-H "$(basic "$CLIENT:$SECRET")"
	oauth_error 400 invalid_request
	req "/oauth/token?grant_type=refresh_token&refresh_token=$refresh" -d '' -H "$(basic "$CLIENT:$SECRET")"
	status_is 200
	refresh=$(json .refresh_token)
	req /oauth/access_token -d "grant_type=refresh_token&refresh_token=$refresh&scope=&foo=1" \
		-H "$(basic "$CLIENT:$SECRET")"
	status_is 200
}

refresh_by_cgi() {
	local form
	form=$(query grant_type=refresh_token "client_id=$CLIENT" "client_secret=$SECRET" "refresh_token=$1")
	cgi access_token REQUEST_METHOD=POST SCRIPT_NAME=/oauth/token \
		CONTENT_TYPE=application/x-www-form-urlencoded "CONTENT_LENGTH=${#form}" <<<"$form"
}

@test "K19 a store that cannot be written: 503, no token, and nothing is lost" {
	get_refresh
	local first=$refresh
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' refresh_by_cgi "$first"
	status_is 503
	code_is unavailable
	[[ $body != *token\"* ]]
	renewed "$first"
	# neither is an answer given again that could not be kept
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' refresh_by_cgi "$first"
	status_is 503
	renewed "$refresh"
	# nor a refusal that must be
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' refresh_by_cgi "$first"
	status_is 503
	alive "$token"
	refresh "$first"
	invalid_grant "$reused"
	dead "$token"
}

# over_http FIELD VALUE: a POST to port 80.
over_http() {
	req "$PLAIN${3:-/oauth/token}" -d grant_type=refresh_token --data-urlencode "$1=$2"
	status_is 403
	code_is https_required
	is 0 "$(header_count WWW-Authenticate)" challenges
}

@test "6749-23 T02 one that travelled over http ends its grant, live or used" {
	local field first path
	for field in refresh_token token; do
		get_refresh
		over_http "$field" "$refresh"
		reason_is revoked_over_http
		refresh "$refresh"
		invalid_grant "$ended"
		dead "$token"
	done
	get_refresh
	first=$refresh
	renewed "$first"
	over_http refresh_token "$first"
	reason_is revoked_over_http
	refresh "$refresh"
	invalid_grant "$ended"
	dead "$token"
	get_refresh
	req "$PLAIN/oauth/token?refresh_token=$refresh"
	status_is 403
	refresh "$refresh"
	invalid_grant "$ended"
	for path in /oauth/revoke /oauth/introspect; do
		get_refresh
		over_http token "$refresh" "$path"
		refresh "$refresh"
		invalid_grant "$ended"
		get_refresh
		over_http token "$token" "$path"
		dead "$token"
	done
}

grants() { stat -c '%n %i %y %s' "$STATE"/state/grants/*; cat "$STATE"/state/grants/* | cksum; }

@test "T04 what is none, or is dead, causes no write" {
	local before
	get_refresh
	over_http refresh_token "$refresh"
	before=$(grants)
	over_http refresh_token "$refresh"
	reason_is https_required
	over_http token "$refresh"
	over_http refresh_token "osr_x"
	over_http token garbage
	over_http device_code garbage
	is "$before" "$(grants)" 'grants folder'
}

@test "over http, what cannot be written is a 503" {
	local form
	get_refresh
	form="refresh_token=$refresh"
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' cgi access_token REQUEST_METHOD=POST \
		SCRIPT_NAME=/oauth/token CONTENT_TYPE=application/x-www-form-urlencoded \
		"CONTENT_LENGTH=${#form}" HTTPS=off REQUEST_SCHEME=http <<<"$form"
	status_is 503
	renewed "$refresh"
}

@test "no token stands in the log or in the state" {
	get_refresh
	local first=$refresh
	renewed "$first"
	run -1 grep -rqaF -e "$first" -e "$refresh" "$STATE/decisions.log" "$STATE/state"
}

claims() { cut -d . -f 2 <<<"$1" | tr -- -_ +/ | { cat; printf ==; } | base64 -d 2>/dev/null; }

@test "OIDC-01 an ID token comes with openid, of a code with its nonce and of a refresh without" {
	local id
	get_token scope='openid read offline_access' nonce=n-0S6_WzA2Mj
	id=$(json .id_token)
	is "n-0S6_WzA2Mj $CLIENT $BASE" "$(claims "$id" | jq -r '"\(.nonce) \(.aud) \(.iss)"')" claims
	is "$(printf %s "$token" | openssl dgst -sha256 -binary | head -c 16 | basenc --base64url | tr -d =)" \
		"$(claims "$id" | jq -r .at_hash)" at_hash
	renewed "$(json .refresh_token)"
	is "$(claims "$id" | jq -r .sub)" "$(claims "$(json .id_token)" | jq -r .sub)" sub
	is null "$(claims "$(json .id_token)" | jq -r .nonce)" nonce
	# it opens nothing
	current "$id"
	status_is 401
	renewed "$refresh" -d scope=read
	is null "$(json .id_token)" 'ID token'
}

# many FORM QUERY: that POST again and again, until it is turned away.
many() {
	local round
	for round in 1 2 3; do # the window may end in between
		curl -s --cacert "$STATE/tls.crt" -o /dev/null -w '%{http_code}\n' -d "@$1" "$BASE/oauth/token?$2[1-601]" \
			>"$BATS_TEST_TMPDIR/answers"
		# and what comes next must be in it as well
		! grep -q 429 "$BATS_TEST_TMPDIR/answers" || ((900 - EPOCHSECONDS % 900 < 30)) || return 0
		window_has 30
	done
	return 1
}

@test "6749-26 what one user makes one application refresh has a limit, and what is refused is not used up" {
	local id=$CLIENT secret=$SECRET before
	configure 'refresh_grace = 5m'
	new_app Busy --callback-prefix "$(demo .app.callback_prefix)" --refresh-tokens yes
	get_token scope=read
	refresh=$(json .refresh_token)
	get_code scope=read
	query grant_type=refresh_token "client_id=$CLIENT" "client_secret=$SECRET" "refresh_token=$refresh" \
		>"$BATS_TEST_TMPDIR/form"
	many "$BATS_TEST_TMPDIR/form" n=
	before=$(grants)
	refresh "$refresh"
	oauth_error 429 temporarily_unavailable
	code_is rate_limited
	reason_is rate_limited
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 900))
	redeem "$code"
	oauth_error 429 temporarily_unavailable
	reason_is rate_limited
	is "$before" "$(grants)" 'grants folder'
	is null "$(newest grants code: .used_by)" 'who used the code'
	alive "$token"
	# nobody else is in the way: another user, another application
	browser b
	USER_NAME=editor get_token scope=read
	CLIENT=$id SECRET=$secret
	browser
	get_token scope=read
}

@test "6749-26 an application that may have none any more: those that are out are refused" {
	local id=$CLIENT secret=$SECRET offline
	new_app Former --callback-prefix "$(demo .app.callback_prefix)" --refresh-tokens yes
	get_token 'scope=read offline_access'
	offline=$(json .refresh_token)
	get_token scope=read
	refresh=$(json .refresh_token)
	ost app set "$CLIENT" --refresh-tokens no >/dev/null
	refresh "$refresh"
	invalid_grant 'The application has no refresh tokens any more'
	# one that the user was asked for is another thing
	renewed "$offline"
	get_token scope=read
	is null "$(json .refresh_token)" refresh_token
	CLIENT=$id SECRET=$secret
}
