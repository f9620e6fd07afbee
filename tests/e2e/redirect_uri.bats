# Where a browser may be sent to: hostile redirect URIs through the endpoint,
# for an application with the callback prefix https://good.example/app. What is
# refused gets a page that names the rule and no Location at all.
load lib
load oauth

setup_file() {
	start_server
	new_app Prefix --callback-prefix https://good.example/app
	export CLIENT SECRET REDIRECT=https://good.example/app
	# One session for the whole file: only its end is seen by a browser.
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	browser
	sign_in reader
	WORK=
}
teardown_file() { stop_server; }
setup() { JAR=$BATS_FILE_TMPDIR/jar.a WORK=$BATS_TEST_TMPDIR; }

refused() { # RULE URI...
	local rule=$1 uri
	shift
	for uri; do
		visit "$(authorize "redirect_uri=$uri")"
		error_page 400 "$rule" || { echo "redirect_uri $uri" >&2; return 1; }
	done
}
accepted() {
	local uri
	for uri; do
		visit "$(authorize "redirect_uri=$uri")"
		status_is 200
		is_consent
		submit decision=allow
		status_is 303
		[[ $location == "$uri"[?\&]code=* ]] || is "$uri..." "$location" Location
	done
}
# The rule may be another one where two are broken: the first is named.
refused_somehow() {
	local uri
	for uri; do
		visit "$(authorize "redirect_uri=$uri")"
		status_is 400
		is 0 "$(header_count Location)" "Location headers for $uri"
		[[ $body == *'<code>redirect_uri_'* ]] || is "a rule" "$body" "$uri"
	done
}

@test "PFX-05 PFX-08 PFX-10 the prefix itself and what lies below it" {
	accepted https://good.example/app https://good.example/app/ https://good.example/app/cb \
		'https://good.example/app/a/b?x=y' https://GOOD.example/app/cb HTTPS://good.example/app/cb \
		'https://good.example/app?x=/../' 'https://good.example/app/a%20b'
}

@test "PFX-05 R01 another host that begins the same" {
	refused redirect_uri_not_registered https://good.example.evil.com/app https://good.exampleevil.com/app \
		https://evil.com/good.example/app https://evil.com/app https://sub.good.example/app \
		https://good-example/app 'https://evil.com?https:good.example/app'
}

@test "PFX-08 R02 a path that begins the same" {
	refused redirect_uri_not_registered https://good.example/apple https://good.example/app.evil \
		https://good.example/App https://good.example/ https://good.example https://good.example/ap \
		https://good.example/app%20 https://good.example/%61pp
}

@test "PFX-03 PFX-07 R04 R05 dot segments, in any spelling, and semicolons" {
	refused redirect_uri_bad_path https://good.example/app/../x https://good.example/app/.. \
		https://good.example/app/./x 'https://good.example/app/..;/x' 'https://good.example/app;x' \
		https://good.example/app//x https://good.example//app 'https://good.example/app/%3b/x'
	refused redirect_uri_bad_character https://good.example/app/%2e%2e/x https://good.example/app/%2E./x \
		https://good.example/app/.%2e/x https://good.example/app%2f..%2fx https://good.example/app/%5c.. \
		https://good.example/app/%252e%252e/x
}

@test "PFX-05 R07 user information" {
	refused redirect_uri_userinfo https://good.example@evil.com/app https://good.example:443@evil.com/app \
		https://user@good.example/app https://@good.example/app https://a:b@good.example/app
}

@test "PFX-02 R08 backslashes" {
	refused redirect_uri_bad_character 'https://evil.com\@good.example/app' 'https://good.example\app' \
		'https://good.example/app\..\x' 'https://good.example\@evil.com/app'
	refused_somehow 'https:\\good.example/app' '\\good.example/app' 'https:/\good.example/app'
}

@test "PFX-04 R10 what is not absolute" {
	refused redirect_uri_not_absolute //good.example/app '/\evil.com' /app app \
		https:/good.example/app https:good.example/app '?x=https://good.example/app' \
		' https://good.example/app'
	refused_somehow https:///good.example/app https:// https: :
}

@test "PFX-04 9700-04 R11 http is refused" {
	refused redirect_uri_not_https http://good.example/app HTTP://good.example/app http://localhost/app \
		http://127.0.0.1/app
}

@test "PFX-05 R13 ports" {
	accepted https://good.example:443/app
	refused redirect_uri_not_registered https://good.example:444/app https://good.example:8443/app
	refused redirect_uri_bad_port https://good.example:0/app https://good.example:99999/app \
		https://good.example:/app https://good.example:+443/app https://good.example:0443/app \
		https://good.example:443x/app https://good.example:-1/app \
		https://good.example:65536/app
}

@test "PFX-05 R14 hosts: a dot at the end, escapes, blanks, numbers" {
	refused_somehow https://good.example./app https://.good.example/app https://good..example/app \
		https://good%2eexample/app https://good.example%00.evil.com/app https://good.example%20/app \
		https://gооd.example/app https://good.example%0a/app https://0x7f.1/app https://2130706433/app \
		'https://good.example,evil.com/app' 'https://[::1/app' https://good_example/app \
		'https://good.example|evil.com/app' https://xn--/app
}

@test "PFX-06 6749-06 R16 fragments" {
	refused redirect_uri_fragment 'https://good.example/app#frag' 'https://good.example/app#' \
		'https://good.example/app?x=y#z' 'https://good.example#/app'
	accepted 'https://good.example/app/%23' 'https://good.example/app?x=%23'
}

@test "PFX-02 PFX-03 R17 line ends and other controls never reach a header" {
	refused redirect_uri_bad_character 'https://good.example/app%0d%0aSet-Cookie:x=1' \
		'https://good.example/app%0aX:1' 'https://good.example/app%00' 'https://good.example/app%7f' \
		'https://good.example/app?x=%0d%0aLocation:%20https://evil.com' 'https://good.example/app%09'
	local bad
	for bad in $'https://good.example/app\r\nSet-Cookie: x=1' $'https://good.example/app\nX: 1' \
		$'https://good.example/app\tx' $'https://good.example/app\x7f' 'https://good.example/app é' \
		'https://good.example/app x' 'https://good.example/<app>' 'https://good.example/app"' \
		'https://good.example/app{x}' 'https://good.example/app^' 'https://good.example/app`' \
		'https://good.example/app|' "https://good.example/app%" "https://good.example/app%zz"; do
		visit "$(authorize "redirect_uri=$bad")"
		status_is 400
		is 0 "$(header_count Location)" "Location headers"
		is 0 "$(header_count Set-Cookie)" "Set-Cookie headers"
		is 0 "$(header_count X)" "X headers"
	done
}

@test "R19 other schemes" {
	refused redirect_uri_not_https 'javascript:alert(1)' 'data:text/html,x' file:///etc/passwd \
		ftp://good.example/app 'javascript://good.example/app%0aalert(1)' vbscript:x \
		ws://good.example/app com.example.app:/cb httpss://good.example/app
}

@test "PFX-09 R20 names in the query that belong to the answer" {
	refused redirect_uri_reserved_query 'https://good.example/app?code=evil' \
		'https://good.example/app?a=b&state=x' 'https://good.example/app?iss=' \
		'https://good.example/app?error=x' 'https://good.example/app?error_description' \
		'https://good.example/app?CODE=x' 'https://good.example/app?%63ode=x' \
		'https://good.example/app?a;code=x' 'https://good.example/app?code' \
		'https://good.example/app?code[]=x' 'https://good.example/app?+code=x'
	accepted 'https://good.example/app?codes=1&mystate=2&a=code'
}

@test "PFX-01 6749-05 R22 R23 two of them, and too long a one" {
	visit "$(authorize)&redirect_uri=https://good.example/app/2"
	error_page 400 redirect_uri_repeated
	visit "$(authorize)&redirect%5furi=https://evil.com/"
	error_page 400 redirect_uri_repeated
	refused redirect_uri_too_long "https://good.example/app/$(printf 'x%.0s' {1..1977})"
	accepted "https://good.example/app/$(printf 'x%.0s' {1..1975})"
}

@test "PFX-08 9700-03 R28 slashes at the end: an exact URI is exact, a prefix ends at a segment" {
	new_app Exact --redirect-uri https://exact.example/cb
	accepted https://exact.example/cb
	refused redirect_uri_not_registered https://exact.example/cb/ https://exact.example/cb/x \
		https://exact.example/cb?x=y https://EXACT.example/cb https://exact.example:443/cb \
		https://good.example/app
	new_app Slash --callback-prefix https://slash.example/app/
	accepted https://slash.example/app/ https://slash.example/app/x
	refused redirect_uri_not_registered https://slash.example/app https://slash.example/apple
	new_app Both --callback-prefix https://one.example/a --callback-prefix https://two.example:8443/b \
		--redirect-uri 'https://three.example/c?d=e'
	accepted https://one.example/a/x https://two.example:8443/b/x 'https://three.example/c?d=e'
	refused redirect_uri_not_registered https://one.example/b https://two.example/b/x \
		https://three.example/c 'https://three.example/c?d=e&f=g'
}

@test "PFX-11 6749-10 R29 the exchange wants the same bytes" {
	REDIRECT='https://good.example/app/a~b?c=d'
	get_code
	local other
	for other in 'https://good.example/app/a%7Eb?c=d' 'https://good.example/app/a~b?c=D' \
		'https://good.example/app/a~b?c=d&' 'https://good.example:443/app/a~b?c=d' \
		'https://GOOD.example/app/a~b?c=d' https://good.example/app/a~b https://good.example/app \
		'https://good.example/app/a~b?c=d#' "$REDIRECT " ''; do
		REDIRECT=$other redeem "$code"
		oauth_error 400 invalid_grant
	done
	redeem "$code"
	status_is 200
}

@test "9700-05 R31 an anonymous visitor signs in before anything is redirected" {
	JAR=$BATS_TEST_TMPDIR/jar.b
	visit "$(authorize scope='a  b')"
	status_is 200
	is_signin
	is 0 "$(header_count Location)" "Location headers"
}

@test "the redirectors that others fell for" {
	local uri n=0
	# every thirteenth: each transport walks the same ones in little time
	while IFS= read -r uri; do
		((n++ % 13 == 0)) || continue
		[[ $uri != https://good.example/app* ]] || continue
		refused_somehow "$uri"
	done < <(tr -d '\r' <"$top/tests/vectors/url/oauth2-proxy-openredirects.txt")
	((n > 100))
}
