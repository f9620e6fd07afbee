# Python's Authlib.
load ../e2e/lib
load clients

setup_file() { start_clients; }
teardown_file() { stop_server; }

# Debian's Python, for Debian's modules.
it() { says_done /usr/bin/python3 -B "$BATS_TEST_DIRNAME/authlib_client.py" "$1"; }

@test "authlib: code, token and user by the library's defaults" { it default; }
@test "authlib: the secret in the body, and scopes" { it post; }
@test "authlib: an answer with another state" { it other-state; }
@test "authlib: a wrong code" { it wrong-code; }
@test "authlib: the person says no" { it denied; }
@test "authlib: PKCE, and a wrong verifier" { it pkce; }
@test "authlib: a public application" { it public; }
@test "authlib: refresh, rotation and reuse" { it refresh; }
@test "authlib: a public application refreshes" { it public-refresh; }
@test "authlib: the session refreshes by itself" { it automatic-refresh; }
@test "authlib: revocation" { skip "not merged: revoke"; it revoke; }
@test "authlib: a public application revokes" { skip "not merged: revoke"; it public-revoke; }
@test "authlib: introspection" { skip "not merged: introspect"; it introspect; }
@test "authlib: client credentials" { it client-credentials; }
@test "authlib: the metadata hold for its checks" { it metadata; }
@test "authlib: an id_token with RS256, its claims, userinfo" { it id-token-rs256; }
@test "authlib: an id_token with ES256" { it id-token-es256; }
@test "authlib: a device" { skip "not merged: device"; it device; }
