# openid-client, for Node.
load ../e2e/lib
load clients

setup_file() {
	node_clients
	start_clients
}
teardown_file() { stop_server; }

it() { says_done node "$NODE_CLIENTS/openid_client.mjs" "$1"; }

@test "8414-02 OIDC-02 openid-client: discovery, of both kinds" { it discovery; }
@test "openid-client: code, token and user without an id_token" { it oauth; }
@test "openid-client: the secret in the body" { it post; }
@test "openid-client: a public application" { it public; }
@test "openid-client: a wrong state, nonce, verifier, code or issuer" { it wrong; }
@test "6749-16 openid-client: a wrong secret" { it wrong-secret; }
@test "6749-11 openid-client: the person says no" { it denied; }
@test "OIDC-01 OIDC-03 openid-client: an id_token with RS256, max_age, userinfo" { it id-token-rs256; }
@test "OIDC-01 openid-client: an id_token with ES256" { it id-token-es256; }
@test "OIDC-04 openid-client: prompt=none without a session" { it prompt-none; }
@test "6749-26 openid-client: refresh, rotation and reuse" { it refresh; }
@test "6749-26 openid-client: a public application refreshes" { it public-refresh; }
@test "7009-02 7009-04 openid-client: revocation" { it revoke; }
@test "7662-02 openid-client: introspection" { it introspect; }
@test "openid-client: client credentials" { it client-credentials; }
@test "openid-client: a device that was allowed" { it device; }
@test "8628-03 openid-client: a device that the person denies" { it device-denied; }
