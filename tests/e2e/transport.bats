# Only https: what a credential over http causes, and what not. Hostile inputs
# T01 to T08 and T20; DESIGN section 3, Transport.
load lib
load oauth

setup_file() {
	make_root /user/a.json /open/a.json /user/a.xml
	POLICY='
*  /user/  user
*  /open/  anyone
' start_server 'limit_login = 4/15m'
	ADMIN=$(basic "$(user_pair admin)")
	export ADMIN
}
teardown_file() { stop_server; }

plain() { # PATH WANTED-STATUS [curl option...]
	local path=$1
	shift
	get "$PLAIN$path" "$@"
}
is_refused() { # WANTED-REASON: the last answer, as every 403 over http is
	status_is 403
	code_is https_required
	is 0 "$(header_count WWW-Authenticate)" challenges
	is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
}
# A fresh token of a key: costs no attempt.
token() {
	req /login -H "$(basic "$(key_pair)")"
	json .access_token
}
is_dead() { # TOKEN
	get /user/a.json 401 -H "$(bearer "$1")"
	code_is token_revoked
	get /users/current.json 401 -H "$(bearer "$1")"
	code_is token_revoked
}
grants() { stat -c '%n %i %y %s' "$STATE"/state/grants/*; cat "$STATE"/state/grants/* | cksum; }

@test "7617-06 T01 Basic over http: 403, no challenge, and no attempt is counted" {
	local i path
	for path in /user/a.json /open/a.json /users/current.json /login /v1/login /oauth/token; do
		for i in 1 2 3; do
			plain "$path" 403 -H "$(basic editor:wrong)"
			[[ $path == /oauth/* ]] || is_refused https_required
			is 0 "$(header_count WWW-Authenticate)" challenges
		done
		plain "$path" 403 -H "$(basic "$(user_pair editor)")"
	done
	# more than limit_login by now, and yet
	get /user/a.json 200 -H "$(basic "$(user_pair editor)")"
}

@test "7009-05 T02 a token in the header over http is revoked, durably, then 403" {
	local scheme path t
	for path in /user/a.json /open/a.json /users/current.json /login; do
		t=$(token)
		get /user/a.json 200 -H "$(bearer "$t")"
		plain "$path" 403 -H "$(bearer "$t")"
		is_refused revoked_over_http
		is_dead "$t"
	done
	t=$(token)
	plain /user/a.json 403 -H "Authorization: oauth $t"
	is_dead "$t"
	# as lighttpd joins two headers
	t=$(token)
	plain /user/a.json 403 -H "Authorization: Basic x, Bearer $t"
	is_refused revoked_over_http
	is_dead "$t"
}

@test "T02 it is on the disk when the 403 is there: new processes know it" {
	local t before
	t=$(token)
	before=$(grants)
	plain /user/a.json 403 -H "$(bearer "$t")"
	[[ $(grants) != "$before" ]]
	# plain CGI, which has never seen it
	cgi users_current SCRIPT_NAME=/users/current.json HTTP_AUTHORIZATION="Bearer $t"
	status_is 401
	code_is token_revoked
}

@test "T02 a token in the query over http" {
	local t query
	for query in 'access_token=T' 'a=b&access_token=T' '%61ccess%5Ftoken=T' 'access_token=x&access_token=T'; do
		t=$(token)
		plain "/user/a.json?${query/T/$t}" 403
		is_refused revoked_over_http
		is_dead "$t"
	done
	t=$(token)
	plain "/users/current.json?access_token=$t" 403
	is_dead "$t"
}

@test "6749-23 T02 a refresh token in the query or header over http, at any path, ends its grant" {
	local path refresh
	demo_app
	for path in '/user/a.json?refresh_token=R' '/nowhere?a&refresh%5ftoken=R' '/users/current.json?refresh_token=R' \
		H/user/a.json H/users/current.json H/oauth/token; do
		browser "${path//[^a-z]/}"
		USER_NAME=editor get_token scope=offline_access
		refresh=$(json .refresh_token)
		if [[ $path == H* ]]; then
			plain "${path#H}" 403 -H "$(bearer "$refresh")"
		else
			plain "${path/R/$refresh}" 403
		fi
		is_refused revoked_over_http
		req /oauth/token -d grant_type=refresh_token -d "client_id=$CLIENT" -d "client_secret=$SECRET" \
			-d "refresh_token=$refresh"
		oauth_error 400 invalid_grant
		is_dead "$token"
	done
}

@test "T02 a token in a form over http" {
	local t
	t=$(token)
	plain /oauth/token 403 -d "grant_type=x&access_token=$t"
	is_dead "$t"
	# whatever its type says, for it was seen by others
	local type
	for type in '' ' text/plain' ' application/x-www-form-urlencoded; charset=utf-16'; do
		t=$(token)
		plain /oauth/revoke 403 -H "Content-Type:$type" -d "token=$t"
		is_dead "$t"
	done
	# the body of a guarded request is the backend's and is not read
	t=$(token)
	plain /user/a.json 403 -H 'Authorization: x' -d "access_token=$t"
	get /user/a.json 200 -H "$(bearer "$t")"
}

@test "T04 what is no live token causes no write" {
	local t before dead
	dead=$(token)
	plain /user/a.json 403 -H "$(bearer "$dead")"
	t=$(token)
	before=$(grants)
	plain /user/a.json 403 -H "$(bearer garbage)"
	is_refused https_required
	plain /user/a.json 403 -H "$(bearer "${t%?}")"
	plain /user/a.json 403 -H "$(bearer "$t.")"
	plain /user/a.json 403 -H 'Authorization: Bearer'
	plain /user/a.json 403 -H 'Authorization: Basic x, Bearer garbage'
	plain "/user/a.json?access_token=garbage&code=x&client_secret=y" 403
	plain /users/current.json 403 -H "$(bearer garbage)"
	plain /oauth/token 403 -d 'access_token=garbage&code=x'
	# revoked already: not once more
	plain /user/a.json 403 -H "$(bearer "$dead")"
	is_refused https_required
	is "$before" "$(grants)" 'grants folder'
	get /user/a.json 200 -H "$(bearer "$t")"
}

is_expired() {
	req /user/a.json -H "$(bearer "$1")"
	[[ $(json .code) == token_expired ]]
}
is_lifetime() { req /login -H "$(basic "$(key_pair)")"; [[ $(json .expires_in) == "$1" ]]; }

@test "T04 an expired token: 401 token_expired over https, no write over http" {
	local t before
	printf 'login_token_lifetime = 1s\n' >>"$CONF"
	wait_until 20 is_lifetime 1
	t=$(json .access_token)
	wait_until 20 is_expired "$t"
	status_is 401
	before=$(grants)
	plain /user/a.json 403 -H "$(bearer "$t")"
	is_refused https_required
	is "$before" "$(grants)" 'grants folder'
	printf 'login_token_lifetime = 10m\n' >>"$CONF"
	wait_until 20 is_lifetime 600
}

@test "9700-09 T05 headers that claim https are nothing" {
	local t name headers=()
	t=$(token)
	for name in X-Forwarded-Proto X_Forwarded_Proto X.Forwarded.Proto X-Forwarded-Protocol \
		X-Forwarded-Scheme X-Url-Scheme X-Scheme Request-Scheme REQUEST_SCHEME; do
		headers+=(-H "$name: https")
	done
	for name in HTTPS X-Forwarded-Ssl Front-End-Https X-Https; do
		headers+=(-H "$name: on")
	done
	headers+=(-H 'Forwarded: proto=https;for=1.2.3.4' -H 'X-Forwarded-Port: 443')
	plain /user/a.json 403 "${headers[@]}" -H "$(bearer "$t")"
	is_refused revoked_over_http
	is_dead "$t"
	plain /users/current.json 403 "${headers[@]}" -H "$ADMIN"
	plain /user/a.json 403 "${headers[@]}" -H "$ADMIN"
	# and one that claims http takes nothing away
	get /user/a.json 200 -H 'X-Forwarded-Proto: http' -H 'HTTPS: off' -H "$(basic "$(key_pair)")"
}

@test "6797-01 T08 without a credential port 80 redirects, byte for byte" {
	local target
	local targets=(/user/a.json /open/a.json / '/a%20b?x=%2F&y=%C3%A9' '/user/?app_token=x'
		'/user/?%24%24app_token=x&q' '/user/?xaccess_token=1&codes=2&x=code'
		'/nowhere?x=access_token' '/user/a.json?;code=1' '/user/a.json?token=x&device=code&refresh=y')
	# with plain CGI, lighttpd's own redirect normalises; the lua does not
	[[ $TRANSPORT == cgi ]] || targets+=('/%61?x=%2f' '//x/../y?z?')
	for target in "${targets[@]}"; do
		plain "$target" 301
		is "$BASE$target" "$(header Location)" Location
	done
	plain /user/a.json 301 -H 'X-App-Token: x'
	plain /user/a.json 301 -H 'Authorization;'
	plain /user/a.json 301 -X POST -d 'a=b'
	is 0 "$(header_count Strict-Transport-Security)" HSTS
}

@test "T08 with one it never does, whatever the parameter's value" {
	local query
	for query in access_token= access_token client_secret=x 'a&client%5fsecret=x' code=x 'x=y&%63ode' \
		'access%5Ftoken=x&code=y' refresh_token= 'a=b&refresh_token' '%72efresh%5ftoke%6E=x' \
		device_code=x 'x&%64evice%5Fcode=x'; do
		plain "/user/a.json?$query" 403
		is_refused https_required
	done
	plain /user/a.xml 403 -H "$ADMIN"
	is https_required "$(xmllint --xpath 'string(/error/code)' "$WORK/body")"
}

@test "6749-23 T08 the endpoints answer over http by themselves" {
	local path
	for path in /login /v1/login /users/current.json /api/users/current.xml /oauth/authorize \
		/oauth/access_token /oauth/token /oauth/authenticate; do
		plain "$path" 403
		is 0 "$(header_count Location)" "Location of $path"
		is 0 "$(header_count WWW-Authenticate)" "challenges of $path"
	done
}

# As a browser asks.
HTML='Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8'
is_page() { # REASON [ADDRESS]
	is text/html "$(header Content-Type | cut -d';' -f1)" type
	is 0 "$(header_count Location)" Location
	[[ $body != *'<form'* && $body != *'<meta'*refresh* ]]
	is "${2:-}" "$(sed -n 's/.*<a class="button" href="\([^"]*\)".*/\1/p' <<<"$body")" link
	is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
}

@test "T08 a browser at a page over http gets a page that leads to https" {
	local path t
	for path in /account /account/keys /device '/account/%61b'; do
		plain "$path?next=secret" 403 -H "$HTML"
		is_page https_required "$BASE$path"
		[[ $body != *secret* ]]
	done
	# nothing to go on with: what an application asked, and a form
	for path in '/oauth/authorize?client_id=x&redirect_uri=https://a.example/&state=secret' /oauth/authenticate; do
		plain "$path" 403 -H "$HTML"
		is_page https_required
		[[ $body != *secret* && $body != *a.example* ]]
	done
	plain /account 403 -H "$HTML" -d username=reader
	is_page https_required
	# a token is dead all the same
	t=$(token)
	plain /account 403 -H "$HTML" -H "$(bearer "$t")"
	is_page revoked_over_http "$BASE/account"
	is_dead "$t"
	t=$(token)
	plain "/device?access_token=$t" 403 -H 'Accept: x/y, TEXT/HTML ;level=1'
	is_page revoked_over_http "$BASE/device"
	[[ $body != *"$t"* ]]
	is_dead "$t"
}

@test "T08 who does not ask for a page over http gets the API's error" {
	local accept path
	for accept in '*/*' application/json text/plain 'x/text/html' ''; do
		plain /account 403 -H "Accept: $accept"
		is_refused https_required
	done
	for path in /login /users/current.json /oauth/token /.well-known/openid-configuration; do
		plain "$path" 403 -H "$HTML"
		is application/json "$(header Content-Type)" "type of $path"
	done
	cgi account SCRIPT_NAME=/account HTTP_ACCEPT=text/html HTTPS= REQUEST_SCHEME=
	is_refused transport_unknown
}

@test "T20 an unknown or contradictory transport: 403, nothing is revoked" {
	local t case vars
	t=$(token)
	for case in 'HTTPS= REQUEST_SCHEME=' 'HTTPS=on REQUEST_SCHEME=http' \
		'HTTPS=off REQUEST_SCHEME=https' 'HTTPS=1 REQUEST_SCHEME=' 'HTTPS=ON REQUEST_SCHEME=https' \
		'HTTPS= REQUEST_SCHEME=HTTPS' 'HTTPS=yes REQUEST_SCHEME=http' 'HTTPS= REQUEST_SCHEME=ftp'; do
		vars=($case)
		cgi users_current SCRIPT_NAME=/users/current.json HTTP_AUTHORIZATION="Bearer $t" "${vars[@]}"
		is_refused transport_unknown
		cgi protect PROTECT_MODE=forward REQUEST_URI=/user/a.json HTTP_AUTHORIZATION="Bearer $t" "${vars[@]}"
		is_refused transport_unknown
		cgi protect PROTECT_MODE=forward "REQUEST_URI=/user/a.json?access_token=$t" "${vars[@]}"
		is_refused transport_unknown
	done
	get /user/a.json 200 -H "$(bearer "$t")"
}

@test "T20 each variable alone will do" {
	local vars t
	for vars in HTTPS= REQUEST_SCHEME=; do
		cgi protect PROTECT_MODE=forward REQUEST_URI=/open/a.json "$vars"
		status_is 200
	done
	for vars in 'HTTPS=off REQUEST_SCHEME=' 'HTTPS= REQUEST_SCHEME=http' 'HTTPS=off REQUEST_SCHEME=http'; do
		t=$(token)
		# shellcheck disable=SC2086 # two words
		cgi protect PROTECT_MODE=forward REQUEST_URI=/open/a.json HTTP_AUTHORIZATION="Bearer $t" $vars
		is_refused revoked_over_http
		is_dead "$t"
	done
}

@test "a revocation that cannot be written: 503, and 403 only once it can" {
	local t
	t=$(token)
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' cgi users_current \
		SCRIPT_NAME=/users/current.json HTTP_AUTHORIZATION="Bearer $t" HTTPS=off REQUEST_SCHEME=http
	status_is 503
	code_is unavailable
	is 0 "$(header_count WWW-Authenticate)" challenges
	plain /users/current.json 403 -H "$(bearer "$t")"
	is_dead "$t"
}

@test "what cannot be written is not needed to refuse what is no token" {
	CGI_PREFIX='prlimit --fsize=0 env --ignore-signal=XFSZ' cgi users_current \
		SCRIPT_NAME=/users/current.json HTTP_AUTHORIZATION='Bearer x' HTTPS=off REQUEST_SCHEME=http
	status_is 403
}
