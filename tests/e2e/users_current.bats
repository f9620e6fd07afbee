# Who the caller is: the four paths of users_current, and /login's own rules.
load lib

setup_file() {
	start_server
	ACCESS=$(access_token editor 'read write')
	export ACCESS
}
teardown_file() { stop_server; }

paths=(/users/current.json /users/current.xml /api/users/current.json /api/users/current.xml)

@test "O05 JSON: id, userName, displayName, email, roles" {
	local path
	for path in /users/current.json /api/users/current.json; do
		get "$path" 200 -H "$(basic "$(user_pair editor)")"
		is application/json "$(header Content-Type)"
		is no-store "$(header Cache-Control)"
		is nosniff "$(header X-Content-Type-Options)"
		is '["id","userName","displayName","email","roles"]' "$(json 'keys_unsorted | tojson')"
		is '["string","string","string","null","array"]' "$(json 'map(type) | tojson')" types
		is editor "$(json .userName)"
		is null "$(json '.email | tojson')"
		is '["reader","editor"]' "$(json '.roles | tojson')"
		is "$(ost user show editor --json | jq -r .id)" "$(json .id)"
	done
}

@test "XML: the same elements" {
	local path
	ost user set editor --email 'e@example.org' --display-name 'A & B <c>' --role reader --role editor
	for path in /users/current.xml /api/users/current.xml; do
		get "$path" 200 -H "$(basic "$(user_pair editor)")"
		is application/xml "$(header Content-Type | cut -d';' -f1)"
		xmllint --noout "$WORK/body"
		is editor "$(xmllint --xpath 'string(/user/userName)' "$WORK/body")"
		is 'A & B <c>' "$(xmllint --xpath 'string(/user/displayName)' "$WORK/body")"
		is e@example.org "$(xmllint --xpath 'string(/user/email)' "$WORK/body")"
		is 2 "$(xmllint --xpath 'count(/user/roles/role)' "$WORK/body")"
		is 0 "$(xmllint --xpath 'count(/user/app)' "$WORK/body")"
	done
}

@test "the token of an application names it, and its scope" {
	get /users/current.json 200 -H "Authorization: OAuth $ACCESS"
	is "$(demo .app.client_id)" "$(json .app.client_id)"
	is 'Tree Explorer' "$(json .app.name)"
	is 'read write' "$(json .scope)"
	get /users/current.xml 200 -H "$(bearer "$ACCESS")"
	is "$(demo .app.client_id)" "$(xmllint --xpath 'string(/user/app/client_id)' "$WORK/body")"
	is 'read write' "$(xmllint --xpath 'string(/user/scope)' "$WORK/body")"
}

@test "O01 names of every alphabet stay well-formed in both" {
	local name=$'Ünï "q" \'a\' </script> ]]> & \xe2\x80\xa8 日本'
	ost user set admin --display-name "$name"
	get /users/current.json 200 -H "$(basic "$(user_pair admin)")"
	is "$name" "$(json .displayName)"
	get /users/current.xml 200 -H "$(basic "$(user_pair admin)")"
	is "$name" "$(xmllint --xpath 'string(/user/displayName)' "$WORK/body")"
	ost user set admin --display-name admin
}

@test "6750-04 6750-05 no credential, a wrong one, an app token alone: 401 on all four paths" {
	local path
	for path in "${paths[@]}"; do
		get "$path" 401
		is 2 "$(header_count WWW-Authenticate)" challenges
		if header_all WWW-Authenticate | grep -q error=; then return 1; fi
		get "$path" 401 -H "$(basic reader:wrong)"
		get "$path" 401 -H "$(bearer wrong)"
		header_all WWW-Authenticate | grep -qF 'error="invalid_token"'
		get "$path" 401 -H "X-App-Token: $(demo .app.client_id)"
		is 2 "$(header_count WWW-Authenticate)" challenges
		[[ $path == *.json ]] || xmllint --noout "$WORK/body"
	done
}

@test "9110-01 GET and HEAD only: 405 with Allow" {
	local method
	for method in POST PUT DELETE PATCH OPTIONS; do
		get /users/current.json 405 -X "$method" -d ''
		code_is method_not_allowed
		is 'GET, HEAD' "$(header Allow)"
	done
	get /users/current.xml 405 -X POST -d ''
	xmllint --noout "$WORK/body"
	head_of /users/current.json 200 "$(basic "$(key_pair)")"
}

@test "method override headers change nothing (T16)" {
	get /users/current.json 405 -X POST -d '' -H 'X-HTTP-Method-Override: GET' -H 'X-HTTP-Method: GET'
	get /users/current.json 200 -H "$(basic "$(key_pair)")" -H 'X-HTTP-Method-Override: DELETE'
}

@test "a token in a body beside the header is refused (H20)" {
	# with 413, for no body is taken; lighttpd knows no GET with a body
	req /users/current.json -X GET -d "access_token=$ACCESS" -H "$(bearer "$ACCESS")"
	if [[ $TRANSPORT == nginx ]]; then status_is 413; else status_is 400; fi
}

@test "O02 neighbours of the four paths are guarded paths, not endpoints" {
	local path
	for path in /users/current /users/current.html /users/current.json/x.html \
		'/users/current.json;.html' /users/current.json/ /USERS/current.json \
		/users/current.jsonx; do
		get "$path" 403 -H "$(basic "$(key_pair)")"
	done
}

@test "O02 O07 the suffix alone says what comes: not ?callback=, not Accept" {
	local accept
	for accept in application/xml text/html 'application/json;q=0, */*;q=0.1' 'text/html,*' ''; do
		get '/users/current.json?callback=alert&format=xml' 200 -H "$(basic "$(key_pair)")" -H "Accept: $accept"
		is application/json "$(header Content-Type)" Content-Type
		is nosniff "$(header X-Content-Type-Options)"
		is reader "$(json .userName)"
		get '/users/current.xml?callback=alert&format=json' 200 -H "$(basic "$(key_pair)")" -H "Accept: $accept"
		is 'application/xml; charset=utf-8' "$(header Content-Type)" Content-Type
		is nosniff "$(header X-Content-Type-Options)"
		is reader "$(xmllint --xpath 'string(/user/userName)' "$WORK/body")"
	done
}

@test "O05 what looks like a number or a word of JSON is a string" {
	local name
	printf 'numeric-password\n' | ost user add 12345 --role 7 --password-stdin >/dev/null
	for name in 1e5 null true 0x10 '[]' '{}' -1 NaN; do
		ost user set 12345 "--display-name=$name" >/dev/null
		get /users/current.json 200 -H "$(basic 12345:numeric-password)"
		is "[\"12345\",$(jq -n --arg n "$name" '$n'),[\"7\"]]" "$(json '[.userName, .displayName, .roles] | tojson')" "$name"
	done
}

@test "6749-19 6750-08 O05 /login: a password, a key by id and by name buy a token" {
	local path pair
	for path in /login /v1/login; do
		for pair in "$(user_pair reader)" "$(key_pair)" "reader:$(demo .key.key_secret)"; do
			get "$path" 200 -H "$(basic "$pair")"
			is '["access_token","expires_in","token_type"]' "$(json 'keys | tojson')"
			is 600 "$(json .expires_in)"
			is '["string","number","string"]' "$(json '[.access_token, .expires_in, .token_type | type] | tojson')" types
			is bearer "$(json .token_type)"
			is no-store "$(header Cache-Control)"
			get "$path" 200 -X POST -d '' -H "$(basic "$pair")"
		done
	done
	get /users/current.json 200 -H "$(bearer "$(json .access_token)")"
	is reader "$(json .userName)"
}

@test "7617-01 /login refuses with exactly the source's body and both challenges" {
	local header
	for header in 'X-None: 1' "$(basic reader:wrong)" "$(basic nobody:x)" \
		"$(bearer "$ACCESS")" "$(bearer garbage)" "X-App-Token: $(demo .app.client_id)"; do
		get /login 401 -H "$header"
		is '{"error":401,"message":"Invalid access method or wrong credentials"}' "$body"
		is 2 "$(header_count WWW-Authenticate)" challenges
	done
	get /login 401 -H "$(bearer "$(login_token reader)")"
}

@test "9110-01 /login takes GET, HEAD and POST: else 405" {
	get /login 405 -X PUT -d ''
	is 'GET, HEAD, POST' "$(header Allow)"
	head_of /login 200 "$(basic "$(key_pair)")"
	get /login/ 403
	get /loginx 403
}

@test "basic_password = login: passwords only there, keys everywhere" {
	printf 'basic_password = login\n' >>"$CONF"
	wait_until 20 is_password_refused
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	get /login 200 -H "$(basic "$(user_pair reader)")"
	sed -i '/^basic_password/d' "$CONF"
	wait_until 20 is_password_taken
}
is_password_refused() {
	req /users/current.json -H "$(basic "$(user_pair reader)")"
	[[ $status == 401 ]]
}
is_password_taken() {
	req /users/current.json -H "$(basic "$(user_pair reader)")"
	[[ $status == 200 ]]
}
