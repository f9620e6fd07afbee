# Go's oauth2 and go-oidc, of which oauth2-proxy, Grafana and Gitea are built.
load ../e2e/lib
load clients

# Debian's packages lie where Go looks for them without modules.
setup_file() {
	go_oidc=$BATS_FILE_TMPDIR/go_oidc
	export go_oidc
	GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOCACHE=$top/build/go \
		go build -o "$go_oidc" "$BATS_TEST_DIRNAME/go_oidc.go"
	start_clients
}
teardown_file() { stop_server; }

it() { says_done "$go_oidc" "$1"; }

@test "OIDC-02 go-oidc: discovery, and no other issuer" { it discovery; }
@test "6749-14 go-oidc: code, token and user, the library finds how to authenticate" { it auto; }
@test "go-oidc: the secret by Basic" { it header; }
@test "go-oidc: the secret in the body" { it params; }
@test "go-oidc: a public application" { it public; }
@test "6749-16 go-oidc: a wrong secret, which costs no code" { it wrong-secret; }
@test "6749-09 7636-04 go-oidc: a wrong code, a wrong verifier, a used code" { it wrong; }
@test "6749-11 go-oidc: the person says no" { it denied; }
@test "OIDC-01 OIDC-03 go-oidc: an id_token with RS256, nonce, at_hash, userinfo" { it id-token-rs256; }
@test "OIDC-01 go-oidc: an id_token with ES256" { it id-token-es256; }
@test "OIDC-04 go-oidc: prompt=none without a session" { it prompt-none; }
@test "OIDC-05 go-oidc: the scopes of oauth2-proxy, its session renewed" { it proxy; }
@test "OIDC-06 go-oidc: who keeps the published keys knows the next one" { it rotation; }
@test "6749-26 go-oidc: refresh by many at a time, rotation and reuse" { it refresh; }
@test "6749-26 go-oidc: a public application refreshes" { it public-refresh; }
@test "go-oidc: client credentials" { it client-credentials; }
