# /account/usage: what remains in each limit window; looking costs nothing.
load lib
load oauth
load records
load account
load says

setup_file() {
	W=$(window)
	export W
	POLICY='
GET,HEAD  /resource/private/  user  limit=7/1h
GET       /v1/keys/           user  auth=key limit=5/1d
GET       /v1/tokens/         user  auth=token limit=6/90s
GET       /v1/admin/          role:admin limit=4/1h
*         /v1/%3Cb%3E"&/      user  limit=3/2h
GET,HEAD  /resource/          app   limit=90/1h
*         /v1/                user
' start_server "limit_user = 300/$W" "limit_login = 10/$W" \
		"limit_login_address = 50/$W" "limit_login_account = 200/$W"
}
teardown_file() { stop_server; }
setup() { browser; }

# remaining TEXT: "LEFT/MAX" of the meter that TEXT stands beside.
remaining() {
	perl -0777 -e 'my $want = shift; for (split /<div class="meter">/, <>) {
		next unless index($_, $want) >= 0;
		/<meter [^>]*max="(\d+)"[^>]* value="(\d+)"/ and print "$2/$1" and last }' "$1" "$WORK/body"
}

@test "each window, with what remains, in figures, words and a meter" {
	local reset minutes
	at /account/usage
	page_is_closed
	is 300/300 "$(remaining usage_0)" requests
	says '<bdi>300</bdi> of <bdi>300</bdi> left' '>300 of 300 left</meter>' '1 hour' \
		'href="/api/limits.json"' 'with an API key only' 'with a token only' '1 day' '90 seconds'
	is 7/7 "$(remaining /resource/private/)" private
	is 5/5 "$(remaining /v1/keys/)" keys
	is 6/6 "$(remaining /v1/tokens/)" tokens
	is 90/90 "$(remaining '>/resource/<')" resource
	is 3/3 "$(remaining '/v1/&lt;b&gt;&quot;&amp;/')" 'hostile path'
	is 10/10 "$(remaining 'For your account, from where')" tries
	is 200/200 "$(remaining 'For your account, from anywhere')" tries
	is 50/50 "$(remaining 'For all accounts')" tries
	lacks /v1/admin/
	reset=$(((EPOCHSECONDS / ${W%s} + 1) * ${W%s})) minutes=$(((reset - EPOCHSECONDS + 59) / 60))
	says "<time datetime=\"$(date -u -d "@$reset" +%FT%TZ)\">$(date -u -d "@$reset" '+%F %H:%M UTC')</time>"
	[[ $body == *"in <bdi>$minutes</bdi> min"* || $body == *"in <bdi>$((minutes + 1))</bdi> min"* ]]
}

@test "looking costs nothing; what is spent elsewhere shows" {
	local i key
	at /account/usage
	for i in 1 2 3; do visit /account/usage; done
	is 300/300 "$(remaining usage_0)" requests
	key=$(basic "$(key_pair)")
	get /api/users/current.json 200 -H "$key"
	get /resource/private/budget.json 200 -H "$key"
	get /resource/private/budget.json 200 -H "$key"
	get /login 401 -H "$(basic reader:wrong)"
	visit /account/usage
	is 299/300 "$(remaining usage_0)" requests
	is 5/7 "$(remaining /resource/private/)" private
	is 9/10 "$(remaining 'For your account, from where')" tries
	req /api/limits.json -b "$JAR"
	is 299 "$(json '.limits[0].remaining')" 'the same as for programs'
}

@test "a limit of more lines than usual is whole; the operator sees his own" {
	local i policy='*  /v1/  user'
	for i in {1..80}; do policy="*  /p$i/  user  limit=$i/1h"$'\n'$policy; done
	at /account/usage admin
	is 4/4 "$(remaining /v1/admin/)" admin
	set_policy "$policy"
	visit /account/usage
	is 1/1 "$(remaining '>/p1/<')" 'first line'
	is 80/80 "$(remaining '>/p80/<')" 'last line'
	[[ $(remaining 'For all accounts') == */50 ]]
	set_policy '*  /v1/  user'
	visit /account/usage
	lacks 'Paths with a limit of their own'
}

@test "it takes signing in, and has no form" {
	visit /account/usage
	is_signin
	at /account/usage
	visit /account/usage -d x=1
	error_page 405 method_not_allowed
}

@test "a broken policy hides the limits of its lines, and closes no page" {
	at /account/usage
	lacks 'not known just now'
	set_policy 'nonsense'
	if [[ ${TRANSPORT:-cgi} == cgi ]]; then
		visit /account/usage
		status_is 200
		says 'Paths with a limit of their own' 'not known just now'
		is 300 "$(remaining usage_0 | cut -d/ -f2)" requests
		visit /account
		status_is 200
	fi
	set_policy '*  /v1/  user'
	visit /account/usage
	status_is 200
	lacks 'not known just now'
}
