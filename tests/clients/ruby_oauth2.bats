# Ruby's oauth2 (and jwt for the id_token).
load ../e2e/lib
load clients

setup_file() { start_clients; }
teardown_file() { stop_server; }

it() { says_done ruby "$BATS_TEST_DIRNAME/ruby_oauth2.rb" "$1"; }

@test "ruby-oauth2: code, token and user by the library's defaults" { it default; }
@test "6749-14 ruby-oauth2: the secret by Basic" { it basic; }
@test "ruby-oauth2: the token by the scheme OAuth" { it oauth-scheme; }
@test "ruby-oauth2: a wrong code" { it wrong-code; }
@test "6749-16 ruby-oauth2: a wrong secret" { it wrong-secret; }
@test "6749-09 ruby-oauth2: a used code" { it used-code; }
@test "6749-11 ruby-oauth2: the person says no" { it denied; }
@test "7636-01 7636-04 ruby-oauth2: PKCE, and a wrong verifier" { it pkce; }
@test "ruby-oauth2: a public application" { it public; }
@test "ruby-oauth2: a public application by Basic" { it public-basic; }
@test "6749-26 ruby-oauth2: refresh, rotation and reuse" { it refresh; }
@test "ruby-oauth2: client credentials" { it client-credentials; }
@test "OIDC-01 OIDC-03 ruby-oauth2: an id_token with RS256, by the jwt gem, and userinfo" { it id-token-rs256; }
@test "OIDC-01 ruby-oauth2: an id_token with ES256" { it id-token-es256; }
