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
@test "6749-11 authlib: the person says no" { it denied; }
@test "7636-01 7636-04 authlib: PKCE, and a wrong verifier" { it pkce; }
@test "authlib: a public application" { it public; }
@test "6749-26 authlib: refresh, rotation and reuse" { it refresh; }
@test "6749-26 authlib: a public application refreshes" { it public-refresh; }
@test "6749-26 authlib: the session refreshes by itself" { it automatic-refresh; }
@test "7009-02 7009-04 authlib: revocation" { it revoke; }
@test "7009-03 authlib: a public application revokes" { it public-revoke; }
@test "7662-02 authlib: introspection" { it introspect; }
@test "authlib: client credentials" { it client-credentials; }
@test "8414-02 OIDC-02 authlib: the metadata hold for its checks" { it metadata; }
@test "OIDC-01 OIDC-03 authlib: an id_token with RS256, its claims, userinfo" { it id-token-rs256; }
@test "OIDC-01 authlib: an id_token with ES256" { it id-token-es256; }
@test "8628-03 authlib: a device" { it device; }
