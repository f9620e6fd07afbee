# OpenID Connect at the authorization endpoint and at userinfo. What stands in
# ID tokens is in tests/unit/test_idtoken.c.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
	ost user set editor --email editor@example.org --display-name 'Édith <Editor>' >/dev/null
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

issuer() { uri "$BASE"; }
confidential() { new_app "$1" --callback-prefix "$(demo .app.callback_prefix)"; }

# silent WANTED-ERROR [NAME=VALUE...]: with prompt=none, by redirect.
silent() {
	local want=$1
	shift
	[[ " $*" == *' prompt='* ]] || set -- prompt=none "$@"
	visit "$(authorize state=s "$@")"
	status_is 303
	[[ $location == "$REDIRECT?"* ]] || is "$REDIRECT" "$location" Location
	is "$want" "$(param error)" "error for $*"
	is s "$(param state)" "state for $*"
	is "$(issuer)" "$(param iss)" "iss for $*"
	is '' "$body" body
}

# signed_in_ago SECONDS: the newest session began that long ago.
signed_in_ago() {
	put_record grants "$(newest grants session: .key)" --argjson s "$1" \
		'. + {created: ((.created | tonumber) - 1000 * $s | tostring)}'
}

userinfo() { req /oauth/userinfo "$@"; }
challenge_is() { is "$1" "$(header WWW-Authenticate)" WWW-Authenticate; is 1 "$(header_count WWW-Authenticate)" challenges; }

@test "OIDC-04 prompt=none: login_required, consent_required or a code, never a page" {
	confidential Silent
	silent login_required
	is 0 "$(header_count Set-Cookie)" cookies
	sign_in reader "$(authorize)"
	silent consent_required
	visit "$(authorize)"
	submit decision=allow remember=yes
	visit "$(authorize state=s prompt=none)"
	status_is 303
	[[ -n $(param code) && -z $(param error) ]]
	silent consent_required scope=more
	silent login_required max_age=0
}

@test "OIDC-04 prompt=none: client and redirect URI are checked first, by a page" {
	local who
	for who in anonymous reader; do
		browser "$who"
		[[ $who == anonymous ]] || sign_in "$who"
		visit "$(authorize prompt=none client_id=nobody)"
		error_page 400 unknown_application
		visit "$(authorize prompt=none redirect_uri=https://evil.example/)"
		error_page 400 redirect_uri_not_registered
		visit "$(authorize prompt=none redirect_uri=)"
		error_page 400 redirect_uri_missing
	done
}

@test "OIDC-04 OIDC-05 prompt=none: what else is wrong goes back by redirect too" {
	local who
	for who in anonymous reader; do
		browser "$who"
		[[ $who == anonymous ]] || sign_in "$who"
		silent invalid_scope 'scope=a  b'
		silent invalid_request response_type=
		silent unsupported_response_type response_type=id_token
		silent invalid_request "nonce=$(printf 'n%.0s' {1..513})"
		silent invalid_request code_challenge=x
		silent request_not_supported request=x
		silent request_uri_not_supported request_uri=x
		silent registration_not_supported registration=x
	done
}

@test "OIDC-04 prompt=none does not stand with another word; unknown words are refused" {
	local prompt
	silent invalid_request 'prompt=none login'
	silent invalid_request 'prompt=consent none create'
	sign_in reader
	for prompt in 'none login' 'consent none' create 'login create' LOGIN 'login  consent'; do
		visit "$(authorize "prompt=$prompt" state=s)"
		status_is 303
		is invalid_request "$(param error)" "prompt $prompt"
		is s "$(param state)" "prompt $prompt"
	done
	visit "$(authorize)&prompt="
	is_consent
}

@test "6749-11 prompt=none: our own failure goes back too" {
	local query cookie
	sign_in reader
	query=$(authorize state=s prompt=none)
	cookie=$(cookies)
	put_record grants "$(newest grants session: .key)" '. + {user: ""}'
	cgi authorize SCRIPT_NAME=/oauth/authorize "QUERY_STRING=${query#*\?}" "HTTP_COOKIE=$cookie"
	location=$(header Location)
	status_is 303
	is temporarily_unavailable "$(param error)" error
	is "$(issuer)" "$(param iss)" iss
}

@test "6749-11 OIDC-04 prompt=none: what is remembered cannot be read" {
	local query cookie
	confidential Unread
	consent_to scope=unread
	submit decision=allow remember=yes
	status_is 303
	query=$(authorize state=s scope=unread prompt=none)
	cookie=$(cookies)
	cgi authorize SCRIPT_NAME=/oauth/authorize "QUERY_STRING=${query#*\?}" "HTTP_COOKIE=$cookie"
	location=$(header Location)
	[[ -n $(param code) ]]
	# All of the store in its base, and there a byte of what is remembered.
	ost dump >"$WORK/dump"
	ost load --force <"$WORK/dump" >/dev/null
	(($(perl -e 'for (@ARGV) { open my $file, "+<", $_ or next; binmode $file; local $/; my $bytes = <$file>;
		while ($bytes =~ /\ncallbacks=/g) { seek $file, $-[0] + 1, 0; print $file "C"; $n++ } }
		print $n + 0' "$STATE"/state/grants/*) > 0))
	cgi authorize SCRIPT_NAME=/oauth/authorize "QUERY_STRING=${query#*\?}" "HTTP_COOKIE=$cookie"
	location=$(header Location)
	status_is 303
	is temporarily_unavailable "$(param error)" error
	is '' "$(param code)" code
	is s "$(param state)" state
	is "$(issuer)" "$(param iss)" iss
	is '' "$body" body
	# with a page, there is none that could be shown
	query=$(authorize state=s scope=unread)
	cgi authorize SCRIPT_NAME=/oauth/authorize "QUERY_STRING=${query#*\?}" "HTTP_COOKIE=$cookie"
	status_is 503
	is 0 "$(header_count Location)" "Location headers"
	ost load --force <"$WORK/dump" >/dev/null
}

@test "OIDC-07 prompt=login and select_account: sign-in once more, then no loop" {
	local prompt before
	sign_in reader
	for prompt in login select_account 'login select_account'; do
		before=$(awk '$6 == "__Host-ostiary" { print $7 }' "$JAR")
		visit "$(authorize state=a%2Bb "prompt=$prompt" nonce=n)"
		status_is 200
		is_signin
		page_is_closed
		submit username=reader "password=$(password_of reader)"
		status_is 303
		is "$(authorize state=a%2Bb nonce=n)" "$location" "the request without its prompt"
		[[ $(awk '$6 == "__Host-ostiary" { print $7 }' "$JAR") != "$before" ]]
		visit "$location"
		is_consent
	done
	visit "$(authorize prompt='login consent')"
	submit username=reader "password=$(password_of reader)"
	is "$(authorize)&prompt=consent" "$location" "consent is still to be shown"
	visit "$location"
	is_consent
}

@test "OIDC-07 prompt=select_account: somebody else may sign in" {
	sign_in reader
	visit "$(authorize prompt=select_account)"
	submit username=editor "password=$(password_of editor)"
	visit "$location"
	is_consent
	[[ $body == *'<bdi>editor</bdi>'* ]]
}

@test "OIDC-07 max_age: sign-in again when the last one is older, and auth_time is the truth" {
	sign_in reader
	local began
	began=$(newest grants session: '.created | tonumber / 1000 - 100 | floor')
	signed_in_ago 100
	visit "$(authorize max_age=99)"
	is_signin
	visit "$(authorize prompt=none max_age=99)"
	is login_required "$(param error)" error
	visit "$(authorize max_age=1000)"
	is_consent
	submit decision=allow
	is "$began" "$(newest grants code: .auth_time)" "auth_time of the code"
	visit "$(authorize max_age=99 state=s)"
	is_signin
	submit username=reader "password=$(password_of reader)"
	is "$(authorize state=s)" "$location" "the request without its max_age"
	visit "$location"
	is_consent
	submit decision=allow
	(($(newest grants code: .auth_time) >= began + 100))
	visit "$(authorize max_age=0)"
	is_signin
}

@test "OIDC-07 max_age is a number of seconds" {
	sign_in reader
	local bad
	for bad in -1 1.5 x 01 +1 2147483649 99999999999999999999; do
		visit "$(authorize "max_age=$bad")"
		is invalid_request "$(param error)" "max_age $bad"
	done
	visit "$(authorize max_age=2147483648)"
	is_consent
}

@test "OIDC-01 the code remembers the nonce, up to 512 bytes without control characters" {
	local nonce
	sign_in reader
	for nonce in n-0S6_WzA2Mj 'a b+c&d=é"<>' "$(printf 'n%.0s' {1..512})"; do
		get_code scope=openid "nonce=$nonce"
		is "$nonce" "$(newest grants code: .nonce)" nonce
	done
	visit "$(authorize "nonce=n$nonce")"
	is invalid_request "$(param error)" "513 bytes"
	visit "$(authorize nonce=$'a\tb')"
	# lighttpd refuses a control character by itself
	[[ $TRANSPORT != nginx && $status == 400 ]] || is invalid_request "$(param error)" "a tab"
	visit "$(authorize nonce=a)&nonce=a"
	is invalid_request "$(param error)" "two of them"
}

@test "the code remembers the epochs of user and application" {
	confidential Epochs
	ost app disable "$CLIENT" >/dev/null
	ost app enable "$CLIENT" >/dev/null
	get_code
	is "$(ost dump | jq -nr --arg k "app:$CLIENT" '[inputs | select(.key == $k)][0].epoch')" \
		"$(newest grants code: .app_epoch)" app_epoch
	is 1 "$(newest grants code: .app_epoch)" app_epoch
}

# hint_of USER: the ID token that $CLIENT got for that user, in $hint.
hint_of() {
	browser "hint-$1"
	USER_NAME=$1 get_token scope=openid
	hint=$(json .id_token)
	browser
}

@test "OIDC-04 id_token_hint: no answer for anybody else, and no loop" {
	local hint
	hint_of editor
	sign_in reader
	silent login_required scope=openid "id_token_hint=$hint"
	visit "$(authorize scope=openid "id_token_hint=$hint" state=s)"
	is_signin
	page_is_closed
	# The one who is meant signs in.
	submit username=editor "password=$(password_of editor)"
	status_is 303
	visit "$location"
	is_consent
	[[ $body == *'<bdi>editor</bdi>'* ]]
	silent consent_required scope=openid "id_token_hint=$hint"
	# Somebody else does: the application is told, there is no second page.
	browser b
	visit "$(authorize scope=openid "id_token_hint=$hint" state=s prompt=login)"
	submit username=reader "password=$(password_of reader)"
	status_is 303
	visit "$location"
	status_is 303
	is login_required "$(param error)" error
	is s "$(param state)" state
	is "$(issuer)" "$(param iss)" iss
}

@test "OIDC-04 id_token_hint: RS256 or ES256; one that is not ours for this application is refused" {
	local hint bad other secret
	hint_of reader
	sign_in reader
	silent consent_required scope=openid "id_token_hint=$hint"
	visit "$(authorize "id_token_hint=$hint")"
	is_consent
	submit decision=allow
	[[ -n $(param code) ]]
	confidential Another
	other=$CLIENT secret=$SECRET
	hint_of reader
	demo_app
	for bad in x "${hint%.*}" "${hint%?????}AAAAA" "$hint" "$token"; do
		silent invalid_request scope=openid "id_token_hint=$bad"
		visit "$(authorize "id_token_hint=$bad" state=s)"
		is invalid_request "$(param error)" "$bad"
	done
	CLIENT=$other SECRET=$secret
	silent consent_required scope=openid "id_token_hint=$hint"
	ost app set "$other" --id-token-alg ES256 >/dev/null
	hint_of reader
	is ES256 "$(base64 -d <<<"${hint%%.*}===" 2>/dev/null | jq -r .alg)" alg
	silent consent_required scope=openid "id_token_hint=$hint"
	demo_app
	# Only after sign-in does an error go back.
	browser c
	visit "$(authorize id_token_hint=x)"
	is_signin
}

@test "login_hint fills in the user name, if it can be one" {
	visit "$(authorize login_hint=reader)"
	[[ $body == *'name="username" value="reader"'* ]]
	page_is_closed
	local bad
	for bad in '<script>alert(1)</script>' 'Call 0800 123' '"' "$(printf 'x%.0s' {1..65})"; do
		visit "$(authorize "login_hint=$bad")"
		is_signin
		[[ $body == *'name="username" value=""'* ]] || is "no hint" "$bad" username
	done
	submit username=reader "password=$(password_of reader)"
	visit "$location"
	is_consent
}

@test "ui_locales: the first that is there, before what the browser asks for" {
	speaks() { [[ $body == *"<html lang=\"$1\""* ]] || is "a page in $1" "${body:0:80}" page; }
	visit "$(authorize 'ui_locales=fr-CA es-MX en')" -H 'Accept-Language: en'
	speaks es
	submit username=reader password=wrong
	speaks es
	submit username=reader "password=$(password_of reader)"
	visit "$location" -H 'Accept-Language: en'
	is_consent
	speaks es
	browser b
	visit "$(authorize ui_locales=fr)" -H 'Accept-Language: es'
	speaks es
	visit "$(authorize $'ui_locales=;q=,*')" -H 'Accept-Language: es'
	is_signin
	visit "$(authorize client_id=nobody ui_locales=es)"
	status_is 400
	speaks es
}

@test "OIDC-03 OIDC-05 userinfo: sub always, the rest by scope, by GET and POST" {
	USER_NAME=editor
	local scope id
	id=$(ost --json user show editor | jq -r .id)
	get_token scope=openid
	userinfo -H "$(bearer "$token")"
	status_is 200
	is application/json "$(header Content-Type)" Content-Type
	is no-store "$(header Cache-Control)" Cache-Control
	is nosniff "$(header X-Content-Type-Options)" X-Content-Type-Options
	is "{\"sub\":\"$id\"}" "$body" body
	userinfo -d '' -H "$(bearer "$token")"
	is "{\"sub\":\"$id\"}" "$body" "body of POST"
	get_token scope='openid profile'
	userinfo -H "$(bearer "$token")"
	is "$id|Édith <Editor>|editor|3" "$(json '"\(.sub)|\(.name)|\(.preferred_username)|\(length)"')" profile
	get_token scope='email openid'
	userinfo -H "$(bearer "$token")"
	is "editor@example.org false 3" "$(json '"\(.email) \(.email_verified) \(length)"')" email
	get_token scope='openid roles'
	userinfo -H "$(bearer "$token")"
	is '["reader","editor"] 2' "$(json '"\(.roles) \(length)"')" roles
	# who has no address has no claim of it
	echo 'correct horse battery' | ost user add nomad --password-stdin >/dev/null
	browser b
	sign_in nomad "$(authorize scope='openid email')" 'correct horse battery'
	submit decision=allow
	redeem "$(param code)"
	userinfo -H "$(bearer "$(json .access_token)")"
	is sub "$(json 'keys | join(" ")')" claims
}

@test "6750-01 9110-01 Bearer and OAuth in any case; HEAD; other methods are 405" {
	get_token scope=openid
	local scheme method
	for scheme in Bearer bearer BEARER OAuth oauth; do
		userinfo -H "Authorization: $scheme $token"
		status_is 200
	done
	head_of /oauth/userinfo 200 "Authorization: Bearer $token"
	for method in PUT DELETE PATCH; do
		userinfo -X "$method" -d '' -H "$(bearer "$token")"
		status_is 405
		is 'GET, HEAD, POST' "$(header Allow)" Allow
	done
}

@test "6750-04 no credential, a password, a key or an app token: 401 and no error attribute" {
	userinfo
	status_is 401
	code_is credentials_missing
	challenge_is 'Bearer realm="Example API"'
	userinfo -H "$(basic "$(user_pair reader)")"
	status_is 401
	challenge_is 'Bearer realm="Example API"'
	# nor is it told whether it is right
	userinfo -H "$(basic reader:wrong)"
	code_is credentials_missing
	challenge_is 'Bearer realm="Example API"'
	userinfo -H "$(basic "$(key_pair)")"
	status_is 401
	userinfo -H "X-App-Token: $CLIENT"
	status_is 401
	challenge_is 'Bearer realm="Example API"'
}

@test "6750-05 a made-up, changed or dead token: 401 invalid_token" {
	get_token scope=openid
	local bad
	for bad in x "${token}x" "${token%?}" "${token%.*}." "$SECRET"; do
		userinfo -H "$(bearer "$bad")"
		status_is 401
		challenge_is 'Bearer realm="Example API", error="invalid_token"'
	done
	ost token revoke <<<"$token" >/dev/null
	userinfo -H "$(bearer "$token")"
	status_is 401
	code_is token_revoked
	challenge_is 'Bearer realm="Example API", error="invalid_token"'
}

@test "6750-06 6750-07 a token without openid, and a login token: 403 insufficient_scope" {
	get_token scope='profile email'
	userinfo -H "$(bearer "$token")"
	status_is 403
	code_is insufficient_scope
	challenge_is 'Bearer realm="Example API", error="insufficient_scope", scope="openid"'
	userinfo -H "$(bearer "$(login_token reader)")"
	status_is 403
	code_is insufficient_scope
}

@test "6750-02 6750-03 the token in a form by POST; in two places or in the query never" {
	get_token scope=openid
	userinfo --data-urlencode "access_token=$token"
	status_is 200
	[[ $(json .sub) == u* ]]
	userinfo --data-urlencode "access_token=$token" -H "$(bearer "$token")"
	status_is 400
	challenge_is 'Bearer realm="Example API", error="invalid_request"'
	userinfo -d "access_token=$token&access_token=$token"
	status_is 400
	userinfo -d 'access_token=%zz'
	status_is 400
	userinfo -d 'access_token=a b'
	status_is 401
	# lighttpd takes no GET with a body at all.
	userinfo -X GET --data-urlencode "access_token=$token"
	if [[ $TRANSPORT = nginx ]]; then
		status_is 401
		challenge_is 'Bearer realm="Example API"'
	else
		status_is 400
	fi
	req "/oauth/userinfo?access_token=$token"
	status_is 400
	challenge_is 'Bearer realm="Example API", error="invalid_request"'
	req "/oauth/userinfo?access_token=$token" -H "$(bearer "$token")"
	status_is 400
	userinfo -H 'Content-Type: application/json' -d "{\"access_token\":\"$token\"}"
	status_is 401
	userinfo -H 'Content-Type: text/plain' -d "access_token=$token"
	status_is 401
	! grep -qF "$token" "$STATE/decisions.log"
}

@test "6749-23 userinfo over http: 403, and the token is dead" {
	get_token scope=openid
	req "$PLAIN/oauth/userinfo" -H "$(bearer "$token")"
	status_is 403
	is 0 "$(header_count WWW-Authenticate)" challenges
	userinfo -H "$(bearer "$token")"
	status_is 401
	code_is token_revoked
	get_token scope=openid
	req "$PLAIN/oauth/userinfo" -d "access_token=$token"
	status_is 403
	userinfo -H "$(bearer "$token")"
	status_is 401
}

@test "RL-01 userinfo counts like the rest of the API" {
	get_token scope=openid
	userinfo -H "$(bearer "$token")"
	local left
	left=$(header X-RateLimit-Remaining)
	current "$token"
	is "$((left - 1))" "$(header X-RateLimit-Remaining)" Remaining
}

@test "9700-11 userinfo answers pages of any origin, authorize does not" {
	get_token scope=openid
	userinfo -H 'Origin: https://spa.example' -H "$(bearer "$token")"
	is '*' "$(header Access-Control-Allow-Origin)" Access-Control-Allow-Origin
	is 1 "$(header_count Access-Control-Allow-Origin)" headers
	req "$(authorize prompt=none)" -H 'Origin: https://spa.example'
	[[ $(<"$WORK/headers") != *[Aa]ccess-[Cc]ontrol* ]]
}
