# What the consent page says, and consents that are remembered.
load lib
load oauth
load records

setup_file() {
	start_server 'scope.trees:read = See the <trees> of this site' \
		'scope.trees:write = Plant & fell trees' 'consent_lifetime = 36h'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

issuer() { uri "$BASE"; }
# confidential NAME: a new app that nobody has allowed anything.
confidential() { new_app "$1" --callback-prefix "$(demo .app.callback_prefix)"; }

# remember [NAME=VALUE...]: allowed, with the box ticked.
remember() {
	consent_to "$@"
	submit decision=allow remember=yes
	status_is 303
	[[ -n $(param code) ]]
}

# no_page [NAME=VALUE...]: a code at once.
no_page() {
	visit "$(authorize "$@")"
	status_is 303
	[[ -n $(param code) ]] || is "a code" "$location" Location
}

# a_page [NAME=VALUE...]: the consent page.
a_page() {
	visit "$(authorize "$@")"
	status_is 200
	is_consent
}

# any_scope: until unconfigure, no scope is registered.
any_scope() {
	sed '/^scope\./d' "$CONF" >"$CONF.new"
	cp -p "$CONF" "$CONF.before"
	cp --attributes-only --preserve=mode,ownership "$CONF" "$CONF.new"
	mv -f "$CONF.new" "$CONF"
}

# refreshable: whether the code in $location gives a refresh token.
refreshable() {
	redeem "$(param code)"
	status_is 200
	json 'has("refresh_token")'
}

says() { [[ $body == *"$1"* ]] || is "$1" missing "consent page"; }
says_not() { [[ $body != *"$1"* ]] || is "$1" there "consent page"; }

@test "scopes are told by their sentences, escaped, with the name beside them" {
	consent_to scope='trees:read trees:write offline_access'
	says '<li><bdi>See the &lt;trees&gt; of this site</bdi> <small><bdi translate="no">trees:read</bdi></small></li>'
	says '<li><bdi>Plant &amp; fell trees</bdi> <small><bdi translate="no">trees:write</bdi></small></li>'
	says 'Go on doing so when you are not here'
	says 'See who you are: user name, display name, email, roles'
	page_is_closed
}

@test "OpenID Connect's scopes in plain words, and what any application sees besides" {
	consent_to scope='openid profile'
	says 'Know that it is you who signs in'
	says 'See your user name and display name'
	says 'See what else is known about you here: email, roles'
	consent_to scope='openid profile email roles'
	says 'See your email address'
	says 'See the roles that you have here'
	says_not 'See who you are'
	says_not 'See what else'
	# an application without openid sees all of it too
	get_token
	current "$token"
	is 'id userName displayName email roles app scope' "$(json 'keys_unsorted | join(" ")')" fields
}

@test "a scope that is not registered: invalid_scope, after sign-in" {
	local bad
	for bad in trees 'trees:read trees' Trees:read openid2; do
		browser "${bad//[^a-z0-9]/}"
		visit "$(authorize scope="$bad" state=s)"
		is_signin
		submit username=reader "password=$(password_of reader)"
		visit "$location"
		is invalid_scope "$(param error)" "$bad"
		is s "$(param state)" "$bad"
		is "$(issuer)" "$(param iss)" "$bad"
	done
}

@test "without a registry every scope may be asked for and is told by its name" {
	any_scope
	consent_to scope='budget:see'
	says 'Permission: budget:see'
}

@test "an answer is not remembered unless the box is ticked, which it is not" {
	confidential Plain
	consent_to scope=trees:read
	says 'name="remember" value="yes">'
	says 'do not ask me again for <bdi>36 hours'
	submit decision=allow
	[[ -n $(param code) ]]
	is null "$(newest grants consent: .key)" "remembered consent"
	local value
	for value in '' no YES 1; do
		a_page scope=trees:read
		submit decision=allow "remember=$value"
		[[ -n $(param code) ]]
	done
	a_page scope=trees:read
}

@test "a remembered consent gives the code at once, for no more than was allowed" {
	confidential Remembered
	remember scope='trees:read openid' state=a
	no_page scope='trees:read openid' state=b
	is "$REDIRECT" "${location%%\?*}" callback
	is b "$(param state)" state
	is "$(issuer)" "$(param iss)" iss
	redeem "$(param code)"
	status_is 200
	is 'trees:read openid' "$(json .scope)" scope
	is code_given_remembered "$(visit "$(authorize scope=openid)"; decision "$(header X-Request-Id)" | jq -r .reason)" "log's word"
	no_page
	a_page scope='trees:read openid trees:write'
	a_page scope=trees:write
}

@test "it is of this user, this application and this browser's session" {
	confidential First
	remember
	browser b
	visit "$(authorize)"
	is_signin
	USER_NAME=editor consent_to
	browser
	confidential Second
	a_page
}

@test "it is for the host that the page told of, whatever is registered later" {
	new_app Moving --redirect-uri https://one.example/cb --redirect-uri https://one.example/other \
		--redirect-uri https://two.example/cb
	REDIRECT=https://one.example/cb remember scope=trees:read
	REDIRECT=https://one.example/other no_page
	REDIRECT=https://two.example/cb a_page scope=trees:read
	visit "$(REDIRECT=https://two.example/cb authorize prompt=none)"
	is consent_required "$(param error)" "silently, elsewhere"
	# The same, allowed there too.
	REDIRECT=https://two.example/cb remember scope=trees:read
	REDIRECT=https://two.example/cb no_page
	REDIRECT=https://one.example/cb no_page
	ost app set "$CLIENT" --redirect-uri https://three.example/cb
	REDIRECT=https://three.example/cb a_page
}

@test "each code is another one, with this request's challenge, nonce and sign-in" {
	local challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM first
	confidential Codes
	remember nonce=one
	first=$(param code)
	no_page nonce=two code_challenge=$challenge code_challenge_method=S256
	[[ $(param code) != "$first" ]]
	is two "$(newest grants code: .nonce)" nonce
	is "$challenge" "$(newest grants code: .challenge)" challenge
	(($(newest grants code: .auth_time) > EPOCHSECONDS - 60))
}

@test "8252-03 a public application is asked for each time, and has no box" {
	local pkce=(code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM code_challenge_method=S256)
	public_app Phone
	consent_to "${pkce[@]}"
	says_not remember
	submit decision=allow remember=yes
	[[ -n $(param code) ]]
	a_page "${pkce[@]}"
	# one that was confidential when it was remembered
	confidential Changed
	remember "${pkce[@]}"
	no_page "${pkce[@]}"
	put_record accounts "app:$CLIENT" 'del(.secret) + {public: "1"}'
	a_page "${pkce[@]}"
	visit "$(authorize "${pkce[@]}" prompt=none)"
	is consent_required "$(param error)" "prompt=none"
}

@test "S16 S17 HEAD and what is fetched in advance give no code" {
	confidential Advance
	remember
	req "$(authorize)" -I -b "$JAR"
	status_is 200
	is 0 "$(header_count Location)" "Location of HEAD"
	local purpose
	for purpose in 'Sec-Purpose: prefetch' 'Sec-Purpose: prefetch;prerender' 'Purpose: prefetch' \
		'X-Purpose: preview' 'X-Moz: prefetch'; do
		visit "$(authorize)" -H "$purpose"
		status_is 200
		is_consent
		visit "$(authorize prompt=none)" -H "$purpose"
		is consent_required "$(param error)" "$purpose"
	done
	no_page
}

@test "a wrong request is refused although consent is remembered" {
	confidential Wrong
	remember
	visit "$(authorize scope=unknown)"
	is invalid_scope "$(param error)" scope
	visit "$(authorize code_challenge_method=S256)"
	is invalid_request "$(param error)" challenge
	visit "$(authorize redirect_uri=https://evil.example/)"
	error_page 400 redirect_uri_not_registered
}

@test "prompt=consent shows the page again" {
	confidential Again
	remember scope=trees:read
	a_page scope=trees:read prompt=consent
	submit decision=allow
	no_page scope=trees:read
}

@test "who denies is asked the next time" {
	confidential Denied
	remember
	a_page prompt=consent
	submit decision=deny
	is access_denied "$(param error)" error
	a_page
}

@test "an application that was disabled once is asked for again; so is a new user of the name" {
	confidential Disabled
	remember
	ost app disable "$CLIENT" >/dev/null
	ost app enable "$CLIENT" >/dev/null
	a_page
	echo 'correct horse battery' | ost user add leaver --password-stdin >/dev/null
	confidential Leaver
	browser l
	sign_in leaver "$(authorize)" 'correct horse battery'
	submit decision=allow remember=yes
	no_page
	ost user delete leaver --yes >/dev/null 2>&1 || ost user delete leaver >/dev/null
	echo 'correct horse battery' | ost user add leaver --password-stdin >/dev/null
	sign_in leaver "$(authorize)" 'correct horse battery'
	is_consent
}

@test "it ends with consent_lifetime, also when that is shortened" {
	confidential Ends
	remember
	no_page
	configure 'consent_lifetime = 1s'
	pause 1100
	a_page
	says 'do not ask me again for <bdi>1 second<'
}

@test "what was withdrawn is gone" {
	confidential Withdrawn
	remember
	no_page
	put_record grants "$(newest grants consent: .key)" '. + {created: "1"}'
	a_page
}

@test "S04 the box needs the form's token like everything else" {
	confidential Forged
	sign_in reader
	visit /oauth/authorize --data-urlencode "request=${form_fields[0]#request=}" -d decision=allow -d remember=yes
	error_page 403 form_invalid
	is null "$(ost dump | jq -nr --arg c "$CLIENT" '[inputs | select((.key // "") | endswith(":" + $c) and startswith("consent:"))][0].key')" consent
	a_page
}

@test "what is remembered stays short enough for a dump to be loaded" {
	local kind scope
	any_scope
	confidential Long
	for kind in a b c; do
		scope=$(perl -e 'print join " ", map { $ARGV[0] . $_ . "x" x 60 } 10 .. 23' "$kind")
		consent_to "scope=$scope"
		submit decision=allow remember=yes
		[[ -n $(param code) ]]
		no_page "scope=$scope"
	done
	is "$scope" "$(newest grants consent: .scope)" "the last one alone"
	ost check >/dev/null
	ost dump >"$WORK/dump"
	ost load --force <"$WORK/dump" >/dev/null
}

# is_waited_for CTL: somebody has the turn there (doc/STATE.md, Locks).
is_waited_for() { grep -q "OFDLCK .*:$(stat -c %i "$1") 0 0\$" /proc/locks; }

@test "a consent that is withdrawn meanwhile does not come back with the next one" {
	local file revoking
	confidential Race
	remember scope=trees:read
	a_page scope=trees:write
	# Both wait for the store, the withdrawal first.
	(
		for file in "$STATE"/state/grants/*; do
			exec {fd}<"$file"
			flock -x "$fd"
		done
		: >"$WORK/locked"
		wait_until 10 test -e "$WORK/go"
	) 3>&- &
	wait_until 20 test -e "$WORK/locked"
	ost consent revoke reader "$CLIENT" >"$WORK/revoked" 2>&1 3>&- &
	revoking=$!
	wait_until 20 is_waited_for "$STATE/state/grants/grants.ctl"
	(pause 200; : >"$WORK/go") 3>&- &
	submit decision=allow remember=yes
	wait "$revoking"
	is '' "$(ost consent list reader --json | jq -r --arg c "$CLIENT" '.[] | select(.client_id == $c).scope' | grep trees:read)" "what is remembered of it"
	visit "$(authorize scope=trees:read prompt=none)"
	is consent_required "$(param error)" "what was withdrawn"
}

@test "6749-24 a scope that is gone when the answer comes: the application is told, there is no code" {
	any_scope
	confidential Late
	consent_to scope=budget:see state=s
	unconfigure
	submit decision=allow remember=yes
	status_is 303
	is invalid_scope "$(param error)" error
	is '' "$(param code)" code
	is s "$(param state)" state
	is null "$(ost dump | jq -nr --arg c "$CLIENT" '[inputs | select((.key // "") | endswith(":" + $c) and startswith("consent:"))][0].key')" consent
}

@test "refresh tokens without offline_access: the page says so, or there are none" {
	local offline='<li><bdi>Go on doing so when you are not here'
	confidential Quiet
	consent_to
	says_not "$offline"
	# The application may have them while the page is open, and ever after.
	app_is refresh=1
	submit decision=allow remember=yes
	is false "$(refreshable)" "refresh token of a page that did not tell"
	a_page
	says "$offline"
	visit "$(authorize prompt=none)"
	is consent_required "$(param error)" "what was remembered"
	a_page
	submit decision=allow remember=yes
	is true "$(refreshable)" "refresh token of a page that told"
	no_page
	is true "$(refreshable)" "refresh token of what is remembered"
	# Told, and not allowed any more when the code comes.
	no_page
	app_is refresh=0
	is false "$(refreshable)" "refresh token of an application that has none now"
	a_page scope=offline_access
	is 1 "$(grep -c 'Go on doing so' <<<"$body")" "times that it is told"
	submit decision=allow
	is true "$(refreshable)" "refresh token for offline_access"
}

@test "who was disabled once or has a new password is asked again" {
	echo 'correct horse battery' | ost user add changer --password-stdin >/dev/null
	again() { sign_in changer "$(authorize)" "$1"; }
	confidential Changer
	again 'correct horse battery'
	is_consent
	submit decision=allow remember=yes
	no_page
	ost user disable changer >/dev/null
	ost user enable changer >/dev/null
	browser b
	again 'correct horse battery'
	is_consent
	submit decision=allow remember=yes
	no_page
	echo 'another horse battery' | ost user passwd changer --password-stdin >/dev/null
	again 'another horse battery'
	is_consent
	submit decision=allow remember=yes
	no_page
	# A record of before these were kept.
	put_record grants "$(newest grants consent: .key)" 'del(.user_epoch)'
	a_page
}

@test "6749-11 a store that cannot be written: no code, though consent is remembered" {
	local query cookie
	confidential Broken
	remember
	query=$(authorize state=s)
	cookie=$(cookies)
	trap '' XFSZ
	CGI_PREFIX='prlimit --fsize=0' cgi authorize SCRIPT_NAME=/oauth/authorize \
		"QUERY_STRING=${query#*\?}" "HTTP_COOKIE=$cookie"
	location=$(header Location)
	status_is 303
	is temporarily_unavailable "$(param error)" error
	is s "$(param state)" state
	is "$(issuer)" "$(param iss)" iss
}

@test "6749-11 OIDC-04 codes that are given out silently have a limit for one user and one application" {
	local round
	new_app Eager --callback-prefix "$(demo .app.callback_prefix)"
	consent_to scope=trees:read
	submit decision=allow remember=yes
	status_is 303
	for round in 1 2 3; do # the window may end in between
		curl -s --cacert "$STATE/tls.crt" -b "$JAR" -o /dev/null -w '%{redirect_url}\n' \
			"$BASE$(authorize scope=trees:read prompt=none)&n=[1-601]" >"$BATS_TEST_TMPDIR/answers"
		# and what comes next must be in it as well
		! grep -q error= "$BATS_TEST_TMPDIR/answers" || ((900 - EPOCHSECONDS % 900 < 30)) || break
		window_has 30
	done
	visit "$(authorize scope=trees:read prompt=none state=s)"
	status_is 303
	is temporarily_unavailable "$(param error)" error
	is s "$(param state)" state
	is rate_limited "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	# neither by the page, whose form stays good
	visit "$(authorize scope=trees:read prompt=consent)"
	submit decision=allow
	is temporarily_unavailable "$(param error)" error
	is '' "$(param code)" code
	demo_app
	get_code scope=trees:read
}
