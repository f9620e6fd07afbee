# Apache's mod_auth_openidc, in front of pages and in front of an API, with the
# configurations beside this file.
load ../e2e/lib
load ../e2e/oauth
load clients
load apache

setup_file() {
	start_clients
	demo_app
}
teardown_file() { stop_server; }
setup() { someone reader; }
teardown() {
	stop_apache
	unconfigure
}

# someone USER: sits down in front of a browser that was never used.
someone() {
	export PERSON_USER=$1 PERSON_PASSWORD PERSON_JAR
	PERSON_PASSWORD=$(password_of "$1")
	PERSON_JAR=$(mktemp -u "$BATS_TEST_TMPDIR/cookies.XXXXXX")
}

# enters: whoever sits there gets to see the page.
enters() {
	browse /
	status_is 200
	is "$SITE/" "$address" address
	tells REMOTE_USER "$PERSON_USER"
}

@test "OIDC-01 OIDC-02 OIDC-05 mod_auth_openidc: signed in, with the claims of the scopes, and only once" {
	start_apache mod_auth_openidc.conf
	enters
	tells OIDC_CLAIM_sub "$(ost --json user show reader | jq -r .id)"
	tells OIDC_CLAIM_iss "$BASE"
	tells OIDC_CLAIM_aud "$CLIENT_ID"
	tells OIDC_CLAIM_name reader
	tells OIDC_CLAIM_preferred_username reader
	tells OIDC_CLAIM_email "$PERSON_EMAIL"
	tells OIDC_CLAIM_roles reader
	current "$(told OIDC_access_token)"
	status_is 200
	browse / deny
	tells REMOTE_USER reader
}

@test "OIDC-03 mod_auth_openidc: userinfo, by POST too" {
	start_apache mod_auth_openidc.conf -c 'OIDCUserInfoTokenMethod post_param' \
		-c 'OIDCPassUserInfoAs claims json'
	enters
	is "reader $(told OIDC_CLAIM_sub)" "$(told OIDC_userinfo_json | jq -r '"\(.preferred_username) \(.sub)"')"
}

@test "mod_auth_openidc: a role opens a folder to one user and not to another" {
	start_apache mod_auth_openidc.conf
	browse /editors/
	status_is 403
	someone editor
	browse /editors/
	status_is 200
	tells REMOTE_USER editor
	tells OIDC_CLAIM_roles reader,editor
}

@test "OIDC-01 mod_auth_openidc: an id_token with ES256" {
	start_apache mod_auth_openidc.conf -c 'OIDCIDTokenSignedResponseAlg ES256' --id-token-alg ES256
	enters
}

@test "7636-01 mod_auth_openidc: a public application, by PKCE" {
	start_apache mod_auth_openidc.conf -c 'OIDCProviderTokenEndpointAuth none' --public
	enters
}

@test "mod_auth_openidc: the secret in the body" {
	start_apache mod_auth_openidc.conf -c 'OIDCProviderTokenEndpointAuth client_secret_post'
	enters
}

# fails WHY: the module's page says that the sign-in came to nothing.
fails() {
	[[ $address == "$SITE/signed-in?"* ]] || is "$SITE/signed-in?..." "$address" address
	[[ $body == *"OpenID Connect Provider error: $1<"* ]] || is "$1" "$body" page
}

@test "6749-16 mod_auth_openidc: a wrong secret" {
	start_apache mod_auth_openidc.conf -c 'OIDCClientSecret wrong'
	browse /
	fails "Error in handling response type."
	grep -q '"invalid_client"' "$APACHE/error.log"
}

@test "6749-11 mod_auth_openidc: the person says no, and may think again" {
	start_apache mod_auth_openidc.conf
	browse / deny
	fails access_denied
	enters
}

@test "OIDC-04 mod_auth_openidc: prompt=none without a session, without consent, with both" {
	start_apache mod_auth_openidc.conf -c 'OIDCAuthRequestParams prompt=none' -c 'OIDCDefaultURL ${SITE}/'
	local CLIENT=$CLIENT_ID REDIRECT=$SITE/signed-in request
	request=$BASE$(authorize 'scope=openid profile email roles offline_access')
	browse /
	fails login_required
	"$PERSON" "$request" deny
	browse /
	fails consent_required
	PERSON_REMEMBERS=1 "$PERSON" "$request"
	enters
}

@test "OIDC-06 mod_auth_openidc: keys that change, one that is published and one that is not known yet" {
	start_apache mod_auth_openidc.conf
	enters
	ost signing-key rotate
	someone reader
	enters
	ost signing-key rotate
	someone reader
	enters
}

@test "6749-26 mod_auth_openidc: it refreshes by itself, until the permission is withdrawn" {
	configure 'access_token_lifetime = 30s'
	start_apache mod_auth_openidc.conf
	local i token seen=
	for ((i = 0; i < 4; i++)); do
		enters
		token=$(told OIDC_access_token)
		[[ $seen != *"$token"* ]]
		seen+=" $token"
	done
	current "$token"
	status_is 200
	ost consent revoke reader "$CLIENT_ID"
	current "$token"
	status_is 401
	browse / deny
	[[ $body == *'Logged Out'* ]]
	browse / deny
	fails access_denied
}

# waiting PROGRAM COUNT: so many requests wait for its workers.
waiting() { (($(grep -c "$STATE/run/$1.sock$" /proc/net/unix) > $2)); }

# A page with pictures, when the token is about to be over: all of them have
# read the session before the first one has the next token.
@test "6749-26 mod_auth_openidc: many requests at a time refresh with the same token" {
	configure 'access_token_lifetime = 30s'
	start_apache mod_auth_openidc.conf
	enters
	unconfigure
	local cookie stopped
	cookie=$(told HTTP_COOKIE)
	mapfile -t stopped < <(workers access_token)
	kill -STOP "${stopped[@]}"
	seq 8 | xargs -P 8 -I '{}' curl -sS --cacert "$STATE/tls.crt" -H "Cookie: $cookie" \
		-H 'Accept: text/html' -o "$BATS_TEST_TMPDIR/page.{}" "$SITE/" 3>&- &
	local pictures=$!
	wait_until 30 waiting access_token 8 || { kill -CONT "${stopped[@]}"; return 1; }
	kill -CONT "${stopped[@]}"
	wait "$pictures"
	is 8 "$(cat "$BATS_TEST_TMPDIR"/page.? | grep -c '^REMOTE_USER=reader$')" pages
	is 8 "$(sed -n 's/^OIDC_access_token=//p' "$BATS_TEST_TMPDIR"/page.? | sort -u | wc -l)" 'access tokens'
	browse / deny
	tells REMOTE_USER reader
}

@test "6749-26 mod_auth_openidc: an application asks it for the next token" {
	start_apache mod_auth_openidc.conf
	enters
	local token
	token=$(told OIDC_access_token)
	browse "/signed-in?refresh=$SITE/&access_token=$token"
	status_is 200
	[[ -n $(told OIDC_access_token) && $(told OIDC_access_token) != "$token" ]]
	current "$(told OIDC_access_token)"
	status_is 200
}

@test "7009-04 mod_auth_openidc: who signs out leaves no token behind" {
	start_apache mod_auth_openidc.conf
	enters
	local token
	token=$(told OIDC_access_token)
	browse "/signed-in?logout=get"
	[[ $body == *'Logged Out'* ]]
	current "$token"
	status_is 401
	is '' "$(ost --json grant list reader | jq -r ".[] | select(.client_id == \"$CLIENT_ID\")")" grants
	browse / deny
	fails access_denied
}

# api PATH TOKEN WANTED-STATUS
api() { get "$SITE$1" "$3" ${2:+-H "$(bearer "$2")"}; }

@test "7662-01 7662-02 mod_auth_openidc: an API asks about each token" {
	start_apache mod_auth_openidc_api.conf --introspect yes
	api / '' 401
	api / garbage 401
	get_token 'scope=profile openid trees.read'
	local id
	id=$(json .id_token)
	api / "$token" 200
	tells REMOTE_USER "$(ost --json user show reader | jq -r .id)"
	tells OIDC_CLAIM_username reader
	tells OIDC_CLAIM_client_id "$CLIENT"
	api /trees/ "$token" 200
	api / "$id" 401
	local scoped=$token
	get_token scope=profile
	api /trees/ "$token" 403
	req /oauth/revoke -d "token=$scoped" -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	api / "$scoped" 401
	api / "$token" 200
	ost user disable reader
	api / "$token" 401
	ost user enable reader
	api / "$token" 401
	api / "$(login_token reader)" 200
}

@test "JWT-05 mod_auth_openidc: an API checks tokens of ES256 with the published keys" {
	start_apache mod_auth_openidc_local.conf
	get_token 'scope=profile openid'
	api / "$token" 401 # HS256
	configure 'access_token_alg = ES256'
	get_token 'scope=profile openid'
	local id
	id=$(json .id_token)
	api / "$token" 200
	tells REMOTE_USER "$(ost --json user show reader | jq -r .id)"
	tells OIDC_CLAIM_scope 'profile openid'
	api / "$id" 401
	api / "${token%.*}.${id##*.}" 401
	api / '' 401
	ost signing-key rotate
	get_token 'scope=profile openid'
	api / "$token" 200
	ost signing-key rotate
	get_token 'scope=profile openid'
	api / "$token" 200
}
