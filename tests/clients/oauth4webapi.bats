# oauth4webapi, for Node.
load ../e2e/lib
load clients

setup_file() {
	node_clients
	start_clients
}
teardown_file() { stop_server; }

it() { says_done node "$NODE_CLIENTS/oauth4webapi.mjs" "$1"; }

@test "8414-02 OIDC-02 oauth4webapi: discovery, of both kinds, says the same" { it discovery; }
@test "oauth4webapi: code, token and user, the secret by Basic" { it default; }
@test "oauth4webapi: the secret in the body" { it post; }
@test "oauth4webapi: a public application" { it public; }
@test "oauth4webapi: a wrong verifier, a wrong secret" { it wrong; }
@test "6749-11 oauth4webapi: the person says no" { it denied; }
@test "oauth4webapi: a scope that is none" { it invalid-scope; }
@test "OIDC-01 OIDC-03 oauth4webapi: an id_token with RS256, its signature, userinfo" { it id-token-rs256; }
@test "OIDC-01 oauth4webapi: an id_token with ES256" { it id-token-es256; }
@test "6749-26 oauth4webapi: refresh, rotation and reuse" { it refresh; }
@test "6749-26 oauth4webapi: a public application refreshes" { it public-refresh; }
@test "7009-02 7009-03 7009-04 oauth4webapi: revocation, a public application too" { it revoke; }
@test "7662-02 oauth4webapi: introspection" { it introspect; }
@test "oauth4webapi: client credentials" { it client-credentials; }
@test "8628-03 oauth4webapi: a device" { it device; }
@test "JWT-05 oauth4webapi: an API elsewhere checks an access token of ES256, and takes no id_token" {
	printf 'access_token_alg = ES256\n' >>"$CONF"
	it api-elsewhere
}
