# /account: counts with their links, what deserves a look, the last events.
load lib
load oauth
load records
load account
load says

setup_file() {
	start_server "limit_user = 300/$(window)"
	demo_app
}
teardown_file() { stop_server; }
setup() {
	browser
	# A user of each test's own.
	WHO=user$BATS_TEST_NUMBER WORK=$BATS_TEST_TMPDIR
	printf 'correct-horse\n' | ost user add "$WHO" --password-stdin >/dev/null
}
password_of() { echo correct-horse; }
# number HEADING: what stands in the card of that heading.
number() {
	perl -0777 -e 'my $want = shift; for (split /<li class="card">/, <>) {
		print $1 and last if m{<h2>\Q$want\E</h2>\s*<p class="number">(\d+)</p>} }' "$1" "$WORK/body"
}
# event KIND [DETAIL [AGO_S [COUNT]]]: one more, the newest.
event() {
	put_record activity "events:$(ost user show "$WHO" --json | jq -r .id)" --arg word "$1" \
		--arg detail "${2:-}" --arg at "$(((EPOCHSECONDS - ${3:-0}) * 1000))" --arg n "${4:-1}" \
		'. as $r | ([range(0; 64) | "e" + (if . < 10 then "0" else "" end) + tostring]
			| map(select($r[.] == null))[0]) as $name
			| $r | .[$name] = "\($at) \($word) \($n) 192.0.2.7 \($detail)"'
}

@test "counts of what one has, each with its page" {
	local path
	at /account "$WHO"
	page_is_closed
	is 0:0:0:1:300 "$(number 'API keys'):$(number Applications):$(number 'Allowed applications'):$(number Sessions):$(number Usage)" counts
	for path in keys apps allowed sessions usage security events; do says "<p><a href=\"/account/$path\">"; done
	ost key add "$WHO" --name one >/dev/null
	ost key add "$WHO" --name two >/dev/null
	ost key revoke "$(ost key list "$WHO" --json | jq -r '.[0].key_id')" >/dev/null
	ost app add Own --owner "$WHO" --callback-prefix https://own.example/cb >/dev/null
	USER_NAME=$WHO get_token
	browser second
	at /account "$WHO"
	is 1:1:1:2 "$(number 'API keys'):$(number Applications):$(number 'Allowed applications'):$(number Sessions)" counts
}

@test "what remains is not spent by looking" {
	at /account "$WHO"
	visit /account
	is 300 "$(number Usage)" left
	get /api/users/current.json 200 -H "$(basic "$WHO:correct-horse")"
	visit /account
	is 299 "$(number Usage)" left
}

@test "a key that ends within two weeks, and only that" {
	at /account "$WHO"
	lacks 'The key '
	ost key add "$WHO" --name 'soon <x>' --expires 13d >/dev/null
	ost key add "$WHO" --name later --expires 15d >/dev/null
	ost key add "$WHO" --name never >/dev/null
	visit /account
	says 'Worth a look' 'The key <bdi>soon &lt;x&gt;</bdi> ends on'
	lacks 'The key <bdi>later' 'The key <bdi>never'
	ost key revoke "$(ost key list "$WHO" --json | jq -r '.[] | select(.name == "soon <x>") | .key_id')" >/dev/null
	visit /account
	lacks 'The key '
}

@test "failed sign-ins of the last seven days are told" {
	at /account "$WHO"
	lacks 'Wrong passwords or codes'
	event signin_failed '' $((8 * 86400)) 9
	visit /account
	lacks 'Wrong passwords or codes'
	get /login 401 -H "$(basic "$WHO:wrong-1")"
	get /login 401 -H "$(basic "$WHO:wrong-2")"
	visit /account
	says 'Wrong passwords or codes for your account in the last 7 days: <bdi>2</bdi>'
	lacks wrong-1
}

@test "no second step is told, until there is one" {
	at /account "$WHO"
	says 'Worth a look' 'as a second step' '<span class="badge warn">Off</span>'
	put_record accounts "user:$(ost user show "$WHO" --json | jq -r .id)" \
		'.totp_secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" | .totp_step = "1"'
	# A session that the password alone began is over now.
	put_record grants "$(newest grants session: .key)" '.two_step = "1"'
	visit /account
	says '<span class="badge ok">On</span>'
	lacks 'as a second step' 'Worth a look'
}

@test "the last five events, the newest first, each in words" {
	at /account "$WHO"
	says 'What happened lately' '<strong>Signed in</strong>' 'from <bdi>127.0.0.1</bdi>'
	event password_changed
	event key_created 'Nightly <b>'
	event signin_failed '' 0 3
	event token_revoked_http 'Tree & Co'
	event two_step_on
	visit /account
	lacks 'Signed in</strong>'
	says 'API key created: <bdi>Nightly &lt;b&gt;</bdi>' '(<bdi>3</bdi> times)' \
		'<bdi>Tree &amp; Co</bdi>' '<li class="bad">' '<li class="warn">' 'from <bdi>192.0.2.7</bdi>'
	is 5 "$(grep -c '<strong>' "$WORK/body")" events
	[[ $body == *'two-step'*'was revoked'*'API key created'* || $body == *'Two-step sign-in was turned on'*'was revoked'*'API key created'* ]]
}

@test "each kind of event has its text" {
	local word words
	at /account "$WHO"
	mapfile -t words < <(sed -n 's/^\t\[EVENT_.*\] = "\(.*\)",$/\1/p' "$BATS_TEST_DIRNAME/../../common/gate/event.c")
	((${#words[@]} >= 22))
	for word in "${words[@]}"; do
		event "$word" "<$word>"
		visit /account
		status_is 200
		says "&lt;$word&gt;"
	done
}

@test "nothing has happened yet" {
	at /account "$WHO"
	put_record activity "events:$(ost user show "$WHO" --json | jq -r .id)" 'with_entries(select(.key == ("store", "key", "expires_ms")))'
	visit /account
	status_is 200
	says 'Nothing has happened yet.'
}
