# Applications on a person's own device (RFC 8252): where they are called back,
# and that nobody else is. What is refused gets a page and no redirect at all.
load lib
load oauth

VERIFIER=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
CHALLENGE=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM

setup_file() {
	start_server
	new_app Phone --public --redirect-uri http://127.0.0.1:2/cb --redirect-uri 'http://[::1]/cb?a=b' \
		--redirect-uri com.example.app:/cb --redirect-uri com.example.app://auth/cb \
		--redirect-uri https://good.example/cb --callback-prefix https://good.example/app
	export CLIENT SECRET='' REDIRECT=com.example.app:/cb
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	browser
	sign_in reader "$(ask)"
	WORK=
}
teardown_file() { stop_server; }
setup() { JAR=$BATS_FILE_TMPDIR/jar.a WORK=$BATS_TEST_TMPDIR; }

ask() { authorize "code_challenge=$CHALLENGE" code_challenge_method=S256 "$@"; }
# swap CODE URI: as a public application does it, without a secret.
swap() {
	req /oauth/access_token -d grant_type=authorization_code --data-urlencode "client_id=$CLIENT" \
		--data-urlencode "redirect_uri=$2" --data-urlencode "code=$1" -d "code_verifier=$VERIFIER"
}
accepted() { # URI...: up to a token
	local uri
	for uri; do
		visit "$(ask "redirect_uri=$uri" state=s)"
		status_is 200
		is_consent
		submit decision=allow
		status_is 303
		[[ $location == "$uri"[?\&]code=*"&state=s&iss="* ]] || is "$uri?code=..." "$location" Location
		swap "$(param code)" "$uri"
		status_is 200
		[[ $(json .access_token) == *.*.* ]]
	done
}
refused() { # RULE URI...
	local rule=$1 uri
	shift
	for uri; do
		visit "$(ask "redirect_uri=$uri")"
		error_page 400 "$rule" || { echo "redirect_uri $uri" >&2; return 1; }
	done
}

@test "8252-01 9700-03 R25 the loopback interface, with any port" {
	accepted http://127.0.0.1:2/cb http://127.0.0.1:1/cb http://127.0.0.1:65535/cb http://127.0.0.1/cb \
		'http://[::1]:49152/cb?a=b' 'http://[::1]/cb?a=b'
}

@test "8252-01 the path and the query of the loopback callback are exact" {
	refused redirect_uri_not_registered http://127.0.0.1:2/ http://127.0.0.1:2/cb/ http://127.0.0.1:2/cb/x \
		http://127.0.0.1:2/CB 'http://127.0.0.1:2/cb?a=b' 'http://[::1]/cb' 'http://[::1]/cb?a=c' \
		'http://127.0.0.1:2/cb?' https://127.0.0.1:2/cb
	refused redirect_uri_bad_path http://127.0.0.1:2/x/../cb http://127.0.0.1:2//cb
	refused redirect_uri_bad_port http://127.0.0.1:0/cb http://127.0.0.1:99999/cb http://127.0.0.1:/cb
	refused redirect_uri_reserved_query 'http://127.0.0.1:2/cb?code=x'
}

@test "8252-01 R25 localhost and every other host over http" {
	refused redirect_uri_localhost http://localhost/cb http://localhost:2/cb
	[[ $body == *"http://127.0.0.1 and not localhost"* ]]
	refused redirect_uri_not_loopback http://127.0.0.1.evil.com/cb http://evil.com/cb http://127.0.0.2/cb \
		http://good.example/app 'http://[::]/cb' http://localhost.evil.com/cb
	refused redirect_uri_userinfo http://127.0.0.1@evil.com/cb http://127.0.0.1:2@evil.com/cb
	refused redirect_uri_bad_host http://127.1/cb http://2130706433/cb
}

@test "8252-01 the token endpoint wants the port that the request had" {
	visit "$(ask redirect_uri=http://127.0.0.1:4711/cb)"
	submit decision=allow
	status_is 303
	swap "$(param code)" http://127.0.0.1:4712/cb
	oauth_error 400 invalid_grant
}

@test "8252-02 R26 a scheme of the application's own, exactly" {
	accepted com.example.app:/cb com.example.app://auth/cb
	refused redirect_uri_not_registered com.example.app:/cb/ 'com.example.app:/cb?x' com.example.app:///cb \
		com.example.app://evil/cb com.example.evil:/cb com.example.app.evil:/cb
	refused redirect_uri_scheme_not_lower_case Com.Example.app:/cb
	refused redirect_uri_not_absolute com.example.app:cb
	refused redirect_uri_fragment 'com.example.app:/cb#x'
	refused redirect_uri_bad_character 'com.example.app:/cb%0d%0aSet-Cookie:a=b'
}

@test "8252-02 R26 a scheme without a dot, and those that run or read something" {
	refused redirect_uri_scheme_without_dot app:/cb myapp://cb 'javascript:alert(1)' 'JavaScript://good.example/cb' \
		data:text/html,x file:///etc/passwd vbscript:x about:blank intent://x ftp://good.example/app
}

@test "8252-02 the web is there for public applications as for others" {
	accepted https://good.example/cb https://good.example/app/x
	refused redirect_uri_not_registered https://good.example/cb/ https://good.example/apple
	refused redirect_uri_not_loopback http://good.example/cb
}

@test "8252-02 what a native application may have is not for a confidential one" {
	local CLIENT SECRET
	new_app Web --redirect-uri https://good.example/cb
	refused redirect_uri_not_https http://127.0.0.1:2/cb com.example.app:/cb http://localhost/cb
}

@test "8252-03 a public application is shown each time, and nobody can wish otherwise" {
	visit "$(ask)"
	is_consent
	[[ $body != *remember* ]]
	submit decision=allow remember=yes
	status_is 303
	visit "$(ask)"
	is_consent
	is "[]" "$(ost consent list --json)" "remembered consents"
}

@test "the page says that the application is on this device" {
	visit "$(ask redirect_uri=http://127.0.0.1:4711/cb)"
	[[ $body == *"an application on this device"*"127.0.0.1:4711"* ]]
	visit "$(ask)"
	[[ $body == *"an application on this device"*">com.example.app<"* ]]
	page_is_closed
	visit "$(ask redirect_uri=https://good.example/cb)"
	[[ $body == *">good.example<"* && $body != *"on this device"* ]]
}

@test "8252-02 7636-05 a public application without a challenge goes back with an error" {
	visit "$(authorize state=s)"
	status_is 303
	[[ $location == "com.example.app:/cb?error=invalid_request&"*"state=s&iss="* ]]
}
