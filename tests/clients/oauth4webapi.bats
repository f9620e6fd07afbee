# oauth4webapi, for Node.
load ../e2e/lib
load clients

setup_file() {
	start_clients
	node_clients
}
teardown_file() { stop_server; }

it() { says_done node "$NODE_CLIENTS/oauth4webapi.mjs" "$1"; }

@test "oauth4webapi: discovery, of both kinds, says the same" { skip "not merged: metadata"; it discovery; }
@test "oauth4webapi: code, token and user, the secret by Basic" { skip "not merged: metadata"; it default; }
@test "oauth4webapi: the secret in the body" { skip "not merged: metadata"; it post; }
@test "oauth4webapi: a public application" { skip "not merged: public"; it public; }
@test "oauth4webapi: a wrong verifier, a wrong secret" { skip "not merged: pkce"; it wrong; }
@test "oauth4webapi: the person says no" { skip "not merged: metadata"; it denied; }
@test "oauth4webapi: a scope that is none" { skip "not merged: metadata"; it invalid-scope; }
@test "oauth4webapi: an id_token with RS256, its signature, userinfo" { skip "not merged: oidc"; it id-token-rs256; }
@test "oauth4webapi: an id_token with ES256" { skip "not merged: oidc"; it id-token-es256; }
@test "oauth4webapi: refresh, rotation and reuse" { skip "not merged: refresh"; it refresh; }
@test "oauth4webapi: a public application refreshes" { skip "not merged: refresh"; it public-refresh; }
@test "oauth4webapi: revocation, a public application too" { skip "not merged: revoke"; it revoke; }
@test "oauth4webapi: introspection" { skip "not merged: introspect"; it introspect; }
@test "oauth4webapi: client credentials" { skip "not merged: client_credentials"; it client-credentials; }
@test "oauth4webapi: a device" { skip "not merged: device"; it device; }
