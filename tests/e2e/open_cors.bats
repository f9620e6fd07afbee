# Endpoints that pages of any origin may call, and those that they may not.
load lib

setup_file() { start_server; }
teardown_file() { stop_server; }

preflight() { # PATH WANTED-STATUS METHOD [curl option...]
	local path=$1 want=$2 method=$3
	shift 3
	get "$path" "$want" -X OPTIONS -H 'Origin: https://any.example' \
		-H "Access-Control-Request-Method: $method" "$@"
}
no_cors() { is 0 "$(grep -ic '^access-control-' "$WORK/headers")" 'Access-Control headers'; }

# Each with the methods that it takes.
declare -A open=([/oauth/jwks]='GET, HEAD'
	[/.well-known/oauth-authorization-server]='GET, HEAD'
	[/.well-known/openid-configuration]='GET, HEAD'
	[/oauth/userinfo]='GET, HEAD, POST'
	[/oauth/token]=POST [/oauth/access_token]=POST [/oauth/revoke]=POST
	[/api/limits.json]='GET, HEAD')

@test "9700-11 a preflight of any origin is a 204 that says what is allowed" {
	local path
	for path in "${!open[@]}"; do
		preflight "$path" 204 "${open[$path]##* }" -H 'Access-Control-Request-Headers: authorization'
		is '' "$body"
		is '*' "$(header_all Access-Control-Allow-Origin)"
		is "${open[$path]}" "$(header_all Access-Control-Allow-Methods)"
		is 'Authorization, Content-Type' "$(header_all Access-Control-Allow-Headers)"
		is 3600 "$(header_all Access-Control-Max-Age)"
		is 0 "$(header_count Access-Control-Allow-Credentials)"
	done
}

@test "9700-11 answers and refusals bear it, with an Origin or without" {
	local path
	for path in "${!open[@]}"; do
		req "$path" -H 'Origin: https://any.example'
		is '*' "$(header_all Access-Control-Allow-Origin)"
		req "$path"
		is '*' "$(header_all Access-Control-Allow-Origin)"
		get "$path" 405 -X DELETE -H 'Origin: https://any.example'
		is '*' "$(header_all Access-Control-Allow-Origin)"
		get "$path" 405 -X OPTIONS -H 'Origin: https://any.example'
		is '*' "$(header_all Access-Control-Allow-Origin)"
	done
}

@test "9700-11 not over http" {
	local path
	for path in "${!open[@]}"; do
		req "$PLAIN$path" -X OPTIONS -H 'Origin: https://any.example' \
			-H 'Access-Control-Request-Method: POST'
		[[ $status != 204 ]]
		no_cors
	done
}

@test "9700-11 authorize and device answer no origin" {
	local path
	for path in /oauth/authorize /oauth/authenticate /oauth/signout /device; do
		preflight "$path" 405 GET
		no_cors
		req "$path" -H 'Origin: https://any.example'
		no_cors
	done
}
