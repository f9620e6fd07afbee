# What clients can read about this server: RFC 8414, OpenID Connect Discovery.
load lib
load oauth

setup_file() {
	start_server 'scope.trees:read = See the trees' 'scope.openid = Know you'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

oauth=/.well-known/oauth-authorization-server
openid=/.well-known/openid-configuration

words() { json ".$1 | join(\" \")"; }

@test "8414-01 OIDC-02 both addresses give the same object, for nobody in particular" {
	local first
	req $oauth
	status_is 200
	is application/json "$(header Content-Type)" Content-Type
	is 'public, max-age=300' "$(header Cache-Control)" Cache-Control
	is nosniff "$(header X-Content-Type-Options)" X-Content-Type-Options
	is 0 "$(header_count Set-Cookie)" cookies
	is object "$(json type)" type
	first=$body
	req $openid
	status_is 200
	is "$first" "$body" body
	# not below, and not behind, another path
	req $oauth/
	[[ $status != 200 ]]
	req $oauth/i1
	[[ $status != 200 ]]
}

@test "8414-02 the required members, and each endpoint below the issuer is there" {
	local name url
	req $oauth
	is "$BASE" "$(json .issuer)" issuer
	is code "$(words response_types_supported)" response_types_supported
	is query "$(words response_modes_supported)" response_modes_supported
	is 'authorization_code refresh_token client_credentials urn:ietf:params:oauth:grant-type:device_code' \
		"$(words grant_types_supported)" grant_types_supported
	is 'client_secret_basic client_secret_post none' \
		"$(words token_endpoint_auth_methods_supported)" token_endpoint_auth_methods_supported
	is 0 "$(json '[.[] | select(type == "array" and length == 0)] | length')" "empty arrays"
	is 0 "$(json '[.[] | select(. == null)] | length')" nulls
	is $'authorization_endpoint=/oauth/authorize\ndevice_authorization_endpoint=/oauth/device_authorization\nintrospection_endpoint=/oauth/introspect\njwks_uri=/oauth/jwks\nrevocation_endpoint=/oauth/revoke\ntoken_endpoint=/oauth/token\nuserinfo_endpoint=/oauth/userinfo' \
		"$(json --arg b "$BASE" '[to_entries[] | select(.key | test("_endpoint$|^jwks_uri$")) | "\(.key)=\(.value)"] | sort[]' |
			sed "s|=$BASE|=|")" endpoints
}

json() { jq -r "$@" <<<"$body"; }

@test "8414-03 9700-02 9207-01 what they take" {
	req $oauth
	is S256 "$(words code_challenge_methods_supported)" code_challenge_methods_supported
	is true "$(json .authorization_response_iss_parameter_supported)" iss
	is 'client_secret_basic client_secret_post none' \
		"$(words revocation_endpoint_auth_methods_supported)" revocation
	is 'client_secret_basic client_secret_post' \
		"$(words introspection_endpoint_auth_methods_supported)" introspection
	is 'false false false' "$(json '"\(.request_parameter_supported) \(.request_uri_parameter_supported) \(.claims_parameter_supported)"')" "what is not there"
}

@test "OIDC-02 subject types, RS256 among the algorithms, claims and prompts" {
	req $openid
	is public "$(words subject_types_supported)" subject_types_supported
	is 'RS256 ES256' "$(words id_token_signing_alg_values_supported)" algorithms
	is 'none login consent select_account' "$(words prompt_values_supported)" prompts
	is 'en es' "$(words ui_locales_supported)" ui_locales_supported
	local claim
	for claim in sub iss aud exp iat auth_time amr nonce at_hash name preferred_username email email_verified roles; do
		is true "$(json --arg c "$claim" '.claims_supported | contains([$c])')" "claim $claim"
	done
}

@test "OIDC-02 the languages of the pages, the operator's too" {
	mkdir -p "$STATE/texts"
	printf 'signin.title = Anmelden\n' >"$STATE/texts/de.txt"
	chmod -R a+rX "$STATE/texts"
	configure "messages = $STATE/texts"
	req $openid
	is 'de en es' "$(words ui_locales_supported)" ui_locales_supported
	unconfigure
	req $openid
	is 'en es' "$(words ui_locales_supported)" ui_locales_supported
}

@test "scopes: the five that are always known, then the registry, each once" {
	req $oauth
	is 'openid profile email roles offline_access trees:read' "$(words scopes_supported)" scopes_supported
	configure 'scope.trees:fell = Fell trees'
	req $oauth
	is 'openid profile email roles offline_access trees:read trees:fell' "$(words scopes_supported)" scopes_supported
}

@test "9207-01 the issuer of the metadata is the iss of answers" {
	local issuer
	req $oauth
	issuer=$(json .issuer)
	visit "$(authorize prompt=none)"
	is "$(uri "$issuer")" "$(param iss)" iss
}

@test "9110-01 GET and HEAD only" {
	local method path
	for path in $oauth $openid; do
		for method in POST PUT DELETE; do
			req $path -X "$method" -d ''
			status_is 405
			is 'GET, HEAD' "$(header Allow)" Allow
		done
		head_of $path 200
	done
}

@test "6749-23 not over http" {
	req "$PLAIN$oauth"
	[[ $status == 403 || $status == 301 || $status == 308 ]]
	[[ $body != *token_endpoint* ]]
}

@test "9700-11 any origin may read it" {
	req $oauth -H 'Origin: https://spa.example'
	is '*' "$(header Access-Control-Allow-Origin)" Access-Control-Allow-Origin
	is 1 "$(header_count Access-Control-Allow-Origin)" headers
	req $oauth -X OPTIONS -H 'Origin: https://spa.example' -H 'Access-Control-Request-Method: GET'
	status_is 204
}

@test "whoever presents something is answered all the same" {
	req $oauth -H "$(bearer x)"
	status_is 200
	req "$oauth?access_token=x&foo=1"
	status_is 200
}
