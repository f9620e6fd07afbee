# The published keys, and access tokens that others verify with them.
load lib
load oauth

setup_file() {
	start_server 'access_token_alg = ES256'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# part N TOKEN: a part of a JWT, decoded.
part() {
	local text
	text=$(cut -d. -f"$1" <<<"$2" | tr _- /+)
	base64 -d <<<"$text$(printf '%*s' $((-${#text} & 3)) '' | tr ' ' =)"
}
fetch_keys() {
	req /oauth/jwks
	status_is 200
	cp "$WORK/body" "$WORK/jwks"
}
# The payload, as an independent implementation finds it.
verified() { /usr/bin/python3 "$top/tests/e2e/jwks.py" "$WORK/jwks" <<<"$1"; }
kids() { json '.keys | map(.kid) | sort | join(" ")'; }
wanted_kids() { ost signing-key list --json | jq -r 'map(.kid | . + "e", . + "r") | sort | join(" ")'; }

@test "OIDC-06 the set has an EC and an RSA key of each signing key, next one too" {
	fetch_keys
	is application/json "$(header Content-Type)" type
	is 'public, max-age=300' "$(header_all Cache-Control)"
	is "$(wanted_kids)" "$(kids)" "key ids"
	is 4 "$(json '.keys | length')" keys
	is '["EC ES256 sig P-256","RSA RS256 sig null"]' \
		"$(json '.keys | map("\(.kty) \(.alg) \(.use) \(.crv)") | unique | tojson')"
	is '[43,43]' "$(json '.keys[] | select(.kty == "EC") | [(.x | length), (.y | length)] | tojson' | sort -u)"
	is '[342,"AQAB"]' "$(json '.keys[] | select(.kty == "RSA") | [(.n | length), .e] | tojson' | sort -u)"
	is 4 "$(json '.keys | map(.x // .n) | unique | length')" "different keys"
}

@test "OIDC-06 7517-4 public members and nothing else" {
	fetch_keys
	is '[["alg","crv","kid","kty","use","x","y"],["alg","e","kid","kty","n","use"]]' \
		"$(json '.keys | map(keys) | unique | tojson')" members
	is '["keys"]' "$(json 'keys | tojson')"
}

@test "the set is read with GET or HEAD, over https" {
	head_of /oauth/jwks 200
	get /oauth/jwks 405 -d a=b
	is 'GET, HEAD' "$(header Allow)" Allow
	get "$PLAIN/oauth/jwks" 403
	# a credential is nobody's business here
	get /oauth/jwks 200 -H "$(bearer nonsense)"
}

@test "an ES256 access token verifies elsewhere with the published set" {
	get_token scope=read
	is '{"alg":"ES256","kid":"'"$(ost signing-key list --json | jq -r '.[] | select(.state == "current").kid')"'e","typ":"at+jwt"}' \
		"$(part 1 "$token")" header
	fetch_keys
	is "$(part 2 "$token")" "$(verified "$token")" payload
	is "[\"$BASE\",\"$BASE\",\"$CLIENT\",\"read\"]" \
		"$(verified "$token" | jq -c '[.iss, .aud, .client_id, .scope]')" claims
	run ! verified "${token%????}AAAA"
	run ! verified "$(part 1 "$token" | base64 -w0 | tr /+ _- | tr -d =).$(printf '{}' | base64).${token##*.}"
}

@test "an ES256 access token is good here, and a changed one is not" {
	get_token
	current "$token"
	status_is 200
	is reader "$(json .userName)" userName
	get /resource/private/budget.json 200 -H "$(bearer "$token")"
	current "${token%????}AAAA"
	status_is 401
	is token_invalid "$(json .code)" code
	is 1 "$(header_all WWW-Authenticate | grep -c 'error="invalid_token"')"
}

@test "a change of access_token_alg logs nobody out" {
	local es256 hs256
	get_token
	es256=$token
	configure 'access_token_alg = HS256'
	get_token
	hs256=$token
	is HS256 "$(part 1 "$hs256" | jq -r .alg)" alg
	is ES256 "$(part 1 "$es256" | jq -r .alg)" alg
	for token in "$es256" "$hs256"; do
		current "$token"
		status_is 200
	done
	unconfigure
	for token in "$es256" "$hs256"; do
		current "$token"
		status_is 200
	done
	get_token
	is ES256 "$(part 1 "$token" | jq -r .alg)" alg
}

@test "a token signed before a rotation verifies after it, and next was known before" {
	local old next
	get_token
	old=$token
	fetch_keys
	next=$(ost signing-key list --json | jq -r '.[] | select(.state == "next").kid')
	ost signing-key rotate >/dev/null
	get_token
	is "${next}e" "$(part 1 "$token" | jq -r .kid)" "who signs"
	# with the set from before the rotation
	verified "$token" >/dev/null
	fetch_keys
	is "$(wanted_kids)" "$(kids)" "key ids"
	is 6 "$(json '.keys | length')" keys
	verified "$token" >/dev/null
	verified "$old" >/dev/null
	for token in "$token" "$old"; do
		current "$token"
		status_is 200
	done
}

@test "T02 an ES256 access token that comes over http is revoked" {
	get_token
	get "$PLAIN/api/users/current.json" 403 -H "$(bearer "$token")"
	current "$token"
	status_is 401
	is token_revoked "$(json .code)" code
}

@test "J02 the public key is no secret: an HMAC with it is refused" {
	local head payload forged secret
	get_token
	fetch_keys
	payload=$(cut -d. -f2 <<<"$token")
	secret=$(json '.keys[] | select(.kty == "EC").x' | head -n 1)
	for head in "$(cut -d. -f1 <<<"$token")" \
		"$(part 1 "$token" | sed 's/ES256/HS256/' | base64 -w0 | tr /+ _- | tr -d =)"; do
		forged=$head.$payload.$(printf %s "$head.$payload" |
			openssl dgst -sha256 -hmac "$secret" -binary | base64 -w0 | tr /+ _- | tr -d =)
		current "$forged"
		status_is 401
	done
	# as PEM and as DER, also below the header of our own secret
	local forgeries=()
	mapfile -t forgeries < <(/usr/bin/python3 "$top/tests/e2e/public_key_macs.py" "$WORK/jwks" <<<"$token")
	((${#forgeries[@]} >= 54))
	is '{"alg":"HS256","kid":"'"$(jq -r '.keys[0].kid[:-1]' "$WORK/jwks")"'","typ":"at+jwt"}' "$(part 1 "${forgeries[0]}")" header
	for forged in "${forgeries[@]}"; do
		current "$forged"
		status_is 401
	done
}
