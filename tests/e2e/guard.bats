# Who is asking: API keys, passwords, tokens and app tokens at a guarded path,
# and what each answer says (DESIGN sections 3 and 4).
load lib

setup_file() {
	make_root /open/a.json /app/a.json /user/a.json /user/a.xml /user/A.XML \
		/key/a.json /token/a.json /appkey/a.json
	POLICY='
GET,HEAD  /open/    anyone
GET,HEAD  /app/     app
*         /app/     user
*         /user/    user
*         /key/     user  auth=key
*         /token/   user  auth=token
*         /appkey/  app   auth=key
' start_server
	TOKEN=$(login_token reader) APP=$(demo .app.client_id)
	export TOKEN APP
}
teardown_file() { stop_server; }

# Both challenges and nothing else in them.
challenges_are() {
	is 'Basic realm="Ostiary", charset="UTF-8"
Bearer realm="Ostiary"'"${1:-}" "$(header_all WWW-Authenticate | sed 's/realm="[^"]*"/realm="Ostiary"/')" challenges
}

@test "6750-04 6750-07 7617-01 nobody gets a private file: 401 with two challenges and no error" {
	get /user/a.json 401
	is 'application/json' "$(header Content-Type)"
	is 'no-store' "$(header Cache-Control)"
	is '{"error":401,"message":"Authentication required","code":"credentials_missing"}' "$(json -c . | tr -d '\n')"
	challenges_are
}

@test "what anyone may read needs nothing" {
	get /open/a.json 200
	is '"/open/a.json"' "$body"
}

@test "an API key by its id, as the source's users send it" {
	get /user/a.json 200 -H "$(basic "$(key_pair)")"
	is '"/user/a.json"' "$body"
}

@test "an API key by the name of its user" {
	local secret
	secret=$(demo .key.key_secret)
	get /user/a.json 200 -H "$(basic "reader:$secret")"
	get /user/a.json 200 -H "$(basic "READER:$secret")"
}

@test "a key's secret with another user's name or key id is wrong" {
	local secret other
	secret=$(demo .key.key_secret)
	get /user/a.json 401 -H "$(basic "editor:$secret")"
	code_is credentials_invalid
	other=$(ost key add editor --name other --json | jq -r .key_id)
	get /user/a.json 401 -H "$(basic "$other:$secret")"
	code_is credentials_invalid
}

@test "a password by Basic" {
	get /user/a.json 200 -H "$(basic "$(user_pair reader)")"
	get /user/a.json 200 -H "$(basic "$(user_pair reader)")"
}

# answer_to PAIR PATH: all of a 401 but the time, the request's id and the counter.
answer_to() {
	get "$2" 401 -H "$(basic "$1")"
	printf '%s\n%s' "$body" "$(grep -viE '^(date|x-request-id|x-ratelimit)' "$WORK/headers")"
}

@test "E01 a wrong password, an unknown user and an unknown key look the same" {
	local first pair path
	for path in /user/a.json /users/current.json /users/current.xml /login; do
		first=$(answer_to reader:wrong "$path")
		[[ ${first,,} == *'www-authenticate: basic '* ]]
		for pair in nobody:wrong "reader:osk_$(printf 'a%.0s' {1..44})" \
			"kAAAAAAAAAAAAAAA:$(demo .key.key_secret)"; do
			is "$first" "$(answer_to "$pair" "$path")" "answer of $path to ${pair%%:*}"
		done
	done
	get /user/a.json 401 -H "$(basic nobody:wrong)"
	challenges_are
	code_is credentials_invalid
}

@test "E02 a disabled user looks like a wrong password" {
	local path pair
	pair=$(user_pair editor)
	ost user disable editor
	for path in /user/a.json /users/current.json /login; do
		is "$(answer_to reader:wrong "$path")" "$(answer_to "$pair" "$path")" "answer of $path to a disabled user"
	done
	get /user/a.json 401 -H "$(basic "$pair")"
	code_is credentials_invalid
	ost user enable editor
	get /user/a.json 200 -H "$(basic "$(user_pair editor)")"
}

@test "6750-01 a bearer token from /login, once as Bearer, once as OAuth" {
	get /user/a.json 200 -H "$(bearer "$TOKEN")"
	get /user/a.json 200 -H "Authorization: OAuth $TOKEN"
}

@test "6750-01 scheme names ignore case (RFC 9110 section 11.1)" {
	local scheme
	for scheme in bearer BEARER BeArEr oauth OAUTH oAuth; do
		get /user/a.json 200 -H "Authorization: $scheme $TOKEN"
	done
	for scheme in basic BASIC bAsIc; do
		get /user/a.json 200 -H "Authorization: $scheme $(printf %s "$(key_pair)" | base64 -w0)"
	done
}

@test "6750-05 a token that is none: 401 invalid_token" {
	get /user/a.json 401 -H "$(bearer "${TOKEN%?}")"
	code_is token_invalid
	challenges_are ', error="invalid_token"'
	get /user/a.json 401 -H "$(bearer x)"
	code_is token_invalid
}

@test "a token of a disabled user is dead at once, and for good (K13)" {
	local token
	token=$(login_token admin)
	get /user/a.json 200 -H "$(bearer "$token")"
	ost user disable admin
	get /user/a.json 401 -H "$(bearer "$token")"
	code_is token_revoked
	ost user enable admin
	get /user/a.json 401 -H "$(bearer "$token")"
	code_is token_revoked
	get /user/a.json 200 -H "$(bearer "$(login_token admin)")"
}

@test "a token that a key bought dies with the key (K20)" {
	local key token
	key=$(ost key add editor --name short --json)
	req /login -H "$(basic "$(jq -r '"\(.key_id):\(.key_secret)"' <<<"$key")")"
	status_is 200
	token=$(json .access_token)
	get /user/a.json 200 -H "$(bearer "$token")"
	ost key revoke "$(jq -r .key_id <<<"$key")"
	get /user/a.json 401 -H "$(bearer "$token")"
	code_is token_revoked
	get /user/a.json 401 -H "$(basic "$(jq -r '"\(.key_id):\(.key_secret)"' <<<"$key")")"
}

@test "a token that a password bought dies when the password changes (K14)" {
	local token
	printf 'first-password\n' | ost user add changing --password-stdin
	req /login -H "$(basic changing:first-password)"
	token=$(json .access_token)
	get /user/a.json 200 -H "$(bearer "$token")"
	get /user/a.json 200 -H "$(basic changing:first-password)"
	printf 'second-password\n' | ost user passwd changing --password-stdin
	get /user/a.json 401 -H "$(bearer "$token")"
	code_is token_revoked
	get /user/a.json 401 -H "$(basic changing:first-password)"
	get /user/a.json 200 -H "$(basic changing:second-password)"
}

@test "an app token in the header, and in the query under both names" {
	get /app/a.json 200 -H "X-App-Token: $APP"
	get "/app/a.json?\$\$app_token=$APP" 200
	get "/app/a.json?%24%24app_token=$APP" 200
	get "/app/a.json?x=1&app_token=$APP" 200
	get "/app/a.json?app_token=$APP&\$\$app_token=$APP" 200 -H "X-App-Token: $APP"
	get /app/a.json 401
	get "/app/a.json?app_token=" 401
	code_is credentials_missing
}

@test "two different app tokens: 400" {
	get "/app/a.json?app_token=other" 400 -H "X-App-Token: $APP"
	code_is bad_request
	get "/app/a.json?app_token=$APP&\$\$app_token=other" 400
	get "/app/a.json?app_token=other&app_token=$APP" 400
}

@test "two X-App-Token headers are no app token of ours" {
	# nginx and lighttpd join them with a comma, or the server refuses
	req /app/a.json -H "X-App-Token: $APP" -H 'X-App-Token: other'
	[[ $status == 400 || $status == 401 ]]
}

@test "an unknown or disabled app: 401, even where anyone may" {
	get /app/a.json 401 -H 'X-App-Token: unknown'
	code_is credentials_invalid
	get /open/a.json 401 -H 'X-App-Token: unknown'
	ost app disable "$APP"
	get /app/a.json 401 -H "X-App-Token: $APP"
	ost app enable "$APP"
	get /app/a.json 200 -H "X-App-Token: $APP"
}

@test "an app token alone where a user is needed: 401 with both challenges" {
	get /user/a.json 401 -H "X-App-Token: $APP"
	code_is credentials_missing
	challenges_are
	get /app/a.json 401 -X DELETE -H "X-App-Token: $APP"
}

@test "anything stronger than an app token reads what apps may" {
	get /app/a.json 200 -H "$(basic "$(key_pair)")"
	get /app/a.json 200 -H "$(bearer "$TOKEN")"
	get /app/a.json 200 -H "$(basic "$(key_pair)")" -H "X-App-Token: $APP"
}

@test "a credential that is present and wrong: 401 even where anyone may" {
	get /open/a.json 401 -H "$(basic reader:wrong)"
	get /open/a.json 401 -H "$(bearer wrong)"
	get /open/a.json 401 -H 'Authorization: Digest x'
	get /open/a.json 401 -H 'X-App-Token: wrong' -H "$(basic "$(key_pair)")"
}

@test "auth=key: only an API key, another valid credential is 403" {
	get /key/a.json 200 -H "$(basic "$(key_pair)")"
	get /key/a.json 403 -H "$(basic "$(user_pair reader)")"
	code_is forbidden
	is 0 "$(header_count WWW-Authenticate)" challenges
	get /key/a.json 403 -H "$(bearer "$TOKEN")"
	get /key/a.json 401
	get /key/a.json 401 -H "X-App-Token: $APP"
	get /appkey/a.json 403 -H "X-App-Token: $APP"
	get /appkey/a.json 200 -H "$(basic "$(key_pair)")"
}

@test "auth=token: only a token" {
	get /token/a.json 200 -H "$(bearer "$TOKEN")"
	get /token/a.json 403 -H "$(basic "$(key_pair)")"
	get /token/a.json 403 -H "$(basic "$(user_pair reader)")"
}

@test "6750-02 6750-03 a token in the query is refused with 400, whatever else is there" {
	get "/user/a.json?access_token=$TOKEN" 400
	code_is bad_request
	get "/open/a.json?x&access%5ftoken=x" 400
	get "/user/a.json?access_token=$TOKEN" 400 -H "$(bearer "$TOKEN")"
}

@test "the rest of the query is the backend's: it may be anything" {
	get '/open/a.json?=&&a=b&a=c&;x/../../z&%e9&%2f' 200
	get '/open/a.json?x?y' 200
	# lighttpd refuses a bad escape by itself
	req '/open/a.json?%zz&%00'
	if [[ $TRANSPORT == nginx ]]; then status_is 200; else status_is 400; fi
}

@test "O07 errors under .xml are XML, whatever Accept says" {
	get /user/a.xml 401 -H 'Accept: application/json'
	is application/xml "$(header Content-Type | cut -d';' -f1)"
	xmllint --noout "$WORK/body"
	is 401 "$(xmllint --xpath 'string(/error/status)' "$WORK/body")"
	is credentials_missing "$(xmllint --xpath 'string(/error/code)' "$WORK/body")"
	get /user/A.XML 401
	xmllint --noout "$WORK/body"
	get /user/a.json 401 -H 'Accept: application/xml'
	json . >/dev/null
	get /nowhere/a.xml 403
	is forbidden "$(xmllint --xpath 'string(/error/code)' "$WORK/body")"
}

@test "9110-01 HEAD is answered like GET without a body" {
	head_of /user/a.json 200 "$(basic "$(key_pair)")"
	head_of /user/a.json 401
	is 2 "$(header_count WWW-Authenticate)" challenges
}
