# Python's requests-oauthlib.
load ../e2e/lib
load clients

setup_file() { start_clients; }
teardown_file() { stop_server; }

# Debian's Python, for Debian's modules.
it() { says_done /usr/bin/python3 -B "$BATS_TEST_DIRNAME/requests_oauthlib_client.py" "$1"; }

@test "requests-oauthlib: code, token and user by the library's defaults" { it default; }
@test "requests-oauthlib: the secret in the body, and scopes" { it post; }
@test "requests-oauthlib: an answer with another state" { it other-state; }
@test "requests-oauthlib: a wrong code" { it wrong-code; }
@test "6749-16 requests-oauthlib: a wrong secret" { it wrong-secret; }
@test "6749-11 requests-oauthlib: the person says no" { it denied; }
@test "7636-01 9700-01 requests-oauthlib: PKCE, and a missing verifier" { it pkce; }
@test "requests-oauthlib: a public application that names itself in the body" { it public; }
@test "requests-oauthlib: a public application by the defaults: Basic and no secret" { it public-default; }
@test "6749-26 requests-oauthlib: refresh, rotation and reuse" { it refresh; }
@test "6749-26 requests-oauthlib: the session refreshes by itself" { it automatic-refresh; }
@test "7009-02 7009-04 requests-oauthlib: revocation" { it revoke; }
@test "requests-oauthlib: client credentials" { it client-credentials; }
@test "OIDC-03 requests-oauthlib: userinfo by GET and POST" { it userinfo; }
@test "8628-03 requests-oauthlib: a device" { it device; }
