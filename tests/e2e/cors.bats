# Browsers of other origins: preflights and headers where the policy says cors=.
load lib

setup_file() {
	W=$(window)
	make_root /api/a.json /star/a.json /none/a.json
	POLICY='
GET,HEAD,POST,DELETE  /api/   user    cors=https://app.example
GET,HEAD              /star/  anyone  cors=*
*                     /none/  anyone
' start_server "limit_anonymous = 5/$W"
}
teardown_file() { stop_server; }

from() { # N PATH WANTED-STATUS [curl option...]
	local address=127.0.3.$1
	shift
	get "$@" --interface "$address"
}
# preflight N PATH WANTED-STATUS ORIGIN METHOD [curl option...]
preflight() {
	local n=$1 path=$2 want=$3 origin=$4 method=$5
	shift 5
	from "$n" "$path" "$want" -X OPTIONS -H "Origin: $origin" \
		-H "Access-Control-Request-Method: $method" "$@"
}
no_cors() { is 0 "$(grep -ic '^access-control-' "$WORK/headers")" 'Access-Control headers'; }

@test "a preflight of the allowed origin: 204, and what is allowed" {
	preflight 1 /api/a.json 204 https://app.example DELETE \
		-H 'Access-Control-Request-Headers: authorization'
	is '' "$body"
	is https://app.example "$(header_all Access-Control-Allow-Origin)"
	is 'DELETE GET HEAD POST' "$(header_all Access-Control-Allow-Methods | tr -d ' ' | tr ',' '\n' | sort | paste -sd' ')"
	header_all Access-Control-Allow-Headers | grep -qi authorization
	header_all Access-Control-Allow-Headers | grep -qi x-app-token
	# and what the API itself wants; a page sends no credential of the browser's
	header_all Access-Control-Allow-Headers | grep -q '\*'
	is 1 "$(header_count Access-Control-Max-Age)"
	header_all Vary | grep -qi origin
	is 0 "$(header_count Access-Control-Allow-Credentials)"
	is 0 "$(header_count WWW-Authenticate)"
}

@test "a preflight is charged to the address, with a credential or without" {
	local i
	for i in 4 3 2; do
		preflight 2 /api/a.json 204 https://app.example GET
		is "5 $i" "$(header_all X-RateLimit-Limit) $(header_all X-RateLimit-Remaining)"
	done
	preflight 2 /api/a.json 204 https://app.example GET -H "$(basic "$(key_pair)")"
	is 1 "$(header_all X-RateLimit-Remaining)"
	preflight 2 /api/a.json 204 https://app.example GET
	preflight 2 /api/a.json 429 https://app.example GET
	code_is rate_limited
}

@test "another origin, or a method that no line has: no preflight" {
	local origin
	for origin in https://evil.example http://app.example https://app.example:8443 \
		https://APP.example null; do
		preflight 3 /api/a.json 403 "$origin" GET
		no_cors
	done
	preflight 4 /api/a.json 403 https://app.example PUT
	no_cors
	from 4 /api/a.json 403 -X OPTIONS -H 'Origin: https://app.example'
	is 0 "$(header_count Access-Control-Allow-Origin)"
}

@test "success and denial carry the origin, so that the page may read them" {
	from 5 /api/a.json 200 -H 'Origin: https://app.example' -H "$(basic "$(key_pair)")"
	is https://app.example "$(header_all Access-Control-Allow-Origin)"
	is 1 "$(header_count Access-Control-Expose-Headers)"
	header Access-Control-Expose-Headers | grep -q X-RateLimit-Remaining
	header Access-Control-Expose-Headers | grep -q Retry-After
	header Access-Control-Expose-Headers | grep -q '\*'
	is 0 "$(header_count Access-Control-Allow-Credentials)"
	header_all Vary | grep -qi origin
	from 5 /api/a.json 401 -H 'Origin: https://app.example'
	is https://app.example "$(header_all Access-Control-Allow-Origin)"
	is 2 "$(header_count WWW-Authenticate)" challenges
	from 5 /api/a.json 401 -H 'Origin: https://app.example' -H "$(bearer x)"
	is https://app.example "$(header_all Access-Control-Allow-Origin)"
}

@test "the same for another origin: nothing, but Vary" {
	from 6 /api/a.json 200 -H 'Origin: https://evil.example' -H "$(basic "$(key_pair)")"
	no_cors
	header_all Vary | grep -qi origin
	from 6 /api/a.json 401 -H 'Origin: https://evil.example'
	no_cors
	from 6 /api/a.json 200 -H "$(basic "$(key_pair)")"
	no_cors
}

@test "cors=*: every origin" {
	preflight 7 /star/a.json 204 https://any.example GET
	is '*' "$(header_all Access-Control-Allow-Origin)"
	from 7 /star/a.json 200 -H 'Origin: https://any.example'
	is '*' "$(header_all Access-Control-Allow-Origin)"
	preflight 7 /star/a.json 403 https://any.example POST
}

@test "where the policy has none there is none" {
	from 8 /none/a.json 200 -H 'Origin: https://app.example'
	no_cors
	# OPTIONS is what the line lets through: the file's own answer
	req /none/a.json -X OPTIONS -H 'Origin: https://app.example' \
		-H 'Access-Control-Request-Method: GET' --interface 127.0.3.8
	[[ $status =~ ^(200|405)$ ]]
	no_cors
	preflight 9 /nowhere 403 https://app.example GET
	no_cors
	preflight 9 /login 405 https://app.example GET
	no_cors
	preflight 9 /users/current.json 405 https://app.example GET
	no_cors
}
