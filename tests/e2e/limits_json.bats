# /api/limits.json: what remains in each window, and that looking costs nothing.
load lib
load oauth

setup_file() {
	POLICY='
GET,HEAD  /resource/private/  user  limit=7/1h
GET       /v1/keys/           user  auth=key limit=5/1h
GET       /v1/admin/          role:admin limit=4/1h
GET       /v1/trees/          scope:trees limit=3/1h
GET,HEAD  /resource/          app   limit=90/1h
GET,HEAD  /index.html         anyone limit=11/1h
*         /v1/                user
' start_server 'limit_user = 300/15m' 'limit_app = 200/15m' 'limit_anonymous = 100/15m' \
		'limit_app_total = 5000/1h' 'limit_login = 10/15m' 'limit_login_address = 50/15m'
	PASSWORD=$(basic "$(user_pair reader)") KEY=$(basic "$(key_pair)")
	export PASSWORD KEY
}
teardown_file() { stop_server; }

limits() { get /api/limits.json 200 "$@"; }
# left NAME-OR-PATH: limit and remaining
left() { json ".limits[] | select(.name == \"$1\" or .path == \"$1\") | \"\(.limit) \(.remaining)\""; }

@test "nobody: the address's own, and lines that are open" {
	limits
	is address "$(json .subject)"
	is '["requests","path","sign_in_address"]' "$(json '[.limits[].name] | tojson')"
	is '["name","limit","remaining","reset","window"]' "$(json '.limits[0] | keys_unsorted | tojson')"
	is '["name","methods","path","limit","remaining","reset","window"]' "$(json '.limits[1] | keys_unsorted | tojson')"
	is '/index.html GET,HEAD' "$(json '.limits[1] | "\(.path) \(.methods)"')"
	is '100 900' "$(json '.limits[0] | "\(.limit) \(.window)"')"
	(($(json '.limits[0].reset') > EPOCHSECONDS && $(json '.limits[0].reset') % 900 == 0))
	is no-store "$(header Cache-Control)"
	is application/json "$(header Content-Type)"
	is "$(json '.limits[0].remaining')" "$(header_all X-RateLimit-Remaining)" header
	is 0 "$(header_count Retry-After)"
}

@test "looking costs nothing, and what is spent elsewhere shows" {
	local before
	limits -H "$KEY"
	before=$(json '.limits[0].remaining')
	limits -H "$KEY"
	limits -H "$KEY"
	is "$before" "$(json '.limits[0].remaining')" remaining
	get /users/current.json 200 -H "$KEY"
	limits -H "$KEY"
	is $((before - 1)) "$(json '.limits[0].remaining')" remaining
	before=$(left /resource/private/)
	get /resource/private/budget.json 200 -H "$KEY"
	limits -H "$KEY"
	is "7 $((${before#* } - 1))" "$(left /resource/private/)" 'of the line'
	limits
	before=$(left requests)
	limits
	is "$before" "$(left requests)" 'of the address'
}

@test "each means of being known, and the lines that it may pass" {
	local token
	limits -H "$PASSWORD"
	is 'user 300' "$(json '"\(.subject) \(.limits[0].limit)"')"
	is '["/resource/private/","/v1/trees/","/resource/","/index.html"]' "$(json '[.limits[] | .path // empty] | tojson')"
	limits -H "$KEY"
	is '["/resource/private/","/v1/keys/","/v1/trees/","/resource/","/index.html"]' "$(json '[.limits[] | .path // empty] | tojson')"
	is '["sign_in","sign_in_account","sign_in_address"]' "$(json '[.limits[-3:][].name] | tojson')"
	limits -H "$(basic "$(user_pair admin)")"
	is '4 4' "$(left /v1/admin/)" "the admin's line"
	limits -H "$(bearer "$(login_token reader)")"
	is user "$(json .subject)"
	token=$(access_token reader read)
	limits -H "Authorization: OAuth $token"
	is user "$(json .subject)"
	is '' "$(left /v1/trees/)" 'a scope that it has not'
	limits -H "X-App-Token: $(demo .app.client_id)"
	is 'app 200' "$(json '"\(.subject) \(.limits[0].limit)"')"
	is '5000 5000' "$(left app_total)" 'of the app as a whole'
	is '["/resource/","/index.html"]' "$(json '[.limits[] | .path // empty] | tojson')"
	limits -G --data-urlencode "\$\$app_token=$(demo .app.client_id)"
	is app "$(json .subject)"
}

@test "the session of the pages is asked when no credential came" {
	demo_app
	sign_in reader
	limits -b "$JAR"
	is user "$(json .subject)"
	is '5 5' "$(left /v1/keys/)" 'what he may pass with a key'
	limits -b "$JAR" -H "X-App-Token: $(demo .app.client_id)"
	is app "$(json .subject)"
	limits -H 'Cookie: __Host-ostiary=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
	is address "$(json .subject)"
	get /api/limits.json 401 -b "$JAR" -H "$(basic reader:wrong)"
}

@test "wrong credentials: 401, charged to the address, and counted as tries" {
	local before tries
	limits
	before=$(json '.limits[0].remaining') tries=$(json '.limits[-1].remaining')
	get /api/limits.json 401 -H "$(basic reader:wrong)"
	code_is credentials_invalid
	is 2 "$(header_count WWW-Authenticate)" challenges
	is $((before - 1)) "$(header_all X-RateLimit-Remaining)" header
	get /api/limits.json 401 -H "$(bearer wrong)"
	code_is token_invalid
	get /api/limits.json 401 -H 'X-App-Token: nobody'
	get /api/limits.json 400 -H "X-App-Token: $(demo .app.client_id)" -G -d 'app_token=other'
	get '/api/limits.json?access_token=x' 400
	limits
	is $((before - 5)) "$(json '.limits[0].remaining')" remaining
	is $((tries - 1)) "$(json '.limits[-1].remaining')" 'sign_in_address'
	limits -H "$KEY"
	[[ $(left sign_in) == '10 '[0-9] ]]
}

@test "it has a limit of its own: 600 in 15 minutes for each" {
	local n ok
	user_pair=$(user_key busy)
	limits -H "$(basic "$user_pair")"
	# one connection, many requests
	n=$(curl -sS --cacert "$STATE/tls.crt" -H "$(basic "$user_pair")" -o /dev/null \
		-w '%{http_code}\n' "$BASE/api/limits.json?[1-620]" | sort | uniq -c | xargs)
	is '599 200 21 429' "$n" answers
	get /api/limits.json 429 -H "$(basic "$user_pair")"
	code_is rate_limited
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 900))
	is 300 "$(header_all X-RateLimit-Remaining)" 'still nothing spent'
	get /users/current.json 200 -H "$(basic "$user_pair")"
	limits
}

@test "GET and HEAD only, pages of any origin, https only" {
	local method
	for method in POST PUT DELETE; do
		get /api/limits.json 405 -X "$method" -d ''
		is 'GET, HEAD' "$(header Allow)"
	done
	head_of /api/limits.json 200
	get /api/limits.json 204 -X OPTIONS -H 'Origin: https://any.example' -H 'Access-Control-Request-Method: GET'
	limits -H 'Origin: https://any.example'
	is '*' "$(header_all Access-Control-Allow-Origin)"
	is 0 "$(header_count Access-Control-Allow-Credentials)"
	get "$PLAIN/api/limits.json" 403
	code_is https_required
	local token
	token=$(login_token editor)
	get "$PLAIN/api/limits.json" 403 -H "$(bearer "$token")"
	get /api/limits.json 401 -H "$(bearer "$token")"
	code_is token_revoked
}

@test "neighbours are guarded paths" {
	local path
	for path in /api/limits /api/limits.xml /api/limits.json/ /api/limits.jsonx; do
		req "$path" -H "$KEY"
		[[ $status == 40[34] ]]
	done
}
