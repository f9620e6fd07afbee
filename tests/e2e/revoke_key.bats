# /api/keys/revoke: whoever holds a secret ends it.
load lib
load oauth
load records

setup_file() { start_server; }
teardown_file() { stop_server; }

# send TYPE TEXT: from an address of its own, for each has a limit
send() {
	: "${FROM:=127.1.$((RANDOM % 250)).$((RANDOM % 250 + 1))}"
	printf %s "$2" >"$WORK/sent"
	req /api/keys/revoke --interface "$FROM" -H "Content-Type: $1" --data-binary "@$WORK/sent"
}
form() { send application/x-www-form-urlencoded "$1"; }
json_body() { send application/json "$1"; }
revoked() { # true|false
	status_is 200
	is "{\"revoked\":$1}" "$(tr -d '\n ' <<<"$body")"
	is no-store "$(header Cache-Control)"
	is application/json "$(header Content-Type)"
}
setup() { : "${WORK:=$BATS_TEST_TMPDIR}"; }
new_key() { # NAME: $id $secret $pair
	pair=$(user_key "$1")
	id=${pair%%:*} secret=${pair#*:}
}
# of our form, but of nobody
unknown() {
	perl -e 'use Compress::Zlib; my @d = (0..9, "A".."Z", "a".."z"); my $s = $ARGV[0];
		$s .= $d[rand 62] for 1..43; my ($c, $sum) = (crc32($s), "");
		for (1..6) { $sum = $d[$c % 62] . $sum; $c = int($c / 62) } print $s . $sum' "$1"
}

@test "a key, as a form, JSON or plain text, under either name" {
	local id secret pair way
	for way in form-secret form-token json-secret json-token plain; do
		new_key "u-$way"
		get /users/current.json 200 -H "$(basic "$pair")"
		case $way in
		form-*) form "${way#*-}=$secret" ;;
		json-*) json_body "{\"${way#*-}\":\"$secret\"}" ;;
		plain) send text/plain " $secret"$'\r\n' ;;
		esac
		revoked true
		get /users/current.json 401 -H "$(basic "$pair")"
		form "secret=$secret"
		revoked false
		is revoked "$(ost --json key show "$id" | jq -r .state)"
	done
}

@test "what is none of ours: false if it has the form, 400 if not" {
	local text
	for text in osk_ osr_; do
		form "secret=$(unknown "$text")"
		revoked false
	done
	form "secret=$(unknown osa_)&client_id=$(demo .app.client_id)"
	revoked false
	form "secret=$(unknown osa_)&client_id=noapp"
	revoked false
	form "secret=$(unknown osa_)"
	status_is 400
	code_is bad_request
	form 'secret=eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln'
	revoked false
	for text in x osk_ "$(unknown osk_)x" "$(key_pair)" "$(unknown osk_ | tr 0-9a-z 1-9a-z0)" 'eyJ.x' 'eyJh.b.c.d' \
		'eyJh..c' "$(printf 'eyJ%.0s' {1..3000})" '%00' 'a%0Ab'; do
		form "secret=$text"
		status_is 400
	done
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
}

@test "bodies that cannot be" {
	local text
	for text in '' 'other=x' 'secret=' 'secret=a&secret=b' 'secret=a&token=b' 'secret=%zz' 'secret=%ff'; do
		form "$text"
		status_is 400
		code_is bad_request
	done
	for text in '' '{}' 'null' '1' '"osk_"' '{"secret":1}' '{"secret":null}' '{"secret":["a"]}' '{"secret":"a","token":"b"}' \
		'{"secret":"a","secret":"b"}' '{"secret":"a\u0000"}' '{"secret":"a","client_id":1}' '[1]' '[null]' '[{}]' '[[]]' \
		'[{"token":"x"}]' '[{"type":"x"}]' '[{"token":1,"type":"x"}]' '[{"token":"x","type":"y"},1]'; do
		json_body "$text"
		status_is 400
		code_is bad_request
	done
	send application/xml '<secret/>'
	status_is 415
	code_is unsupported_media_type
	send 'text/plain; charset=utf-16' x
	status_is 415
	head -c 66000 /dev/zero | tr '\0' x >"$WORK/large"
	req /api/keys/revoke --interface 127.1.250.1 -H 'Content-Type: text/plain' --data-binary "@$WORK/large"
	status_is 413
	get /api/keys/revoke 405
	is POST "$(header Allow)"
	get /api/keys/revoke 405 -X DELETE
	# one in the query is not looked at
	local id secret pair
	new_key query
	get "/api/keys/revoke?secret=$secret" 415 -X POST -d '' -H 'Content-Type:'
	get /users/current.json 200 -H "$(basic "$pair")"
}

@test "of a rotation with an overlap only the secret that leaked ends" {
	local id secret pair new login
	new_key rotating
	req /login -H "$(basic "$pair")"
	login=$(json .access_token)
	new=$(ost --json key rotate "$id" --overlap 1h | jq -r .key_secret)
	form "secret=$secret"
	revoked true
	get /users/current.json 401 -H "$(basic "$pair")"
	get /users/current.json 401 -H "$(bearer "$login")"
	get /users/current.json 200 -H "$(basic "$id:$new")"
	form "secret=$secret"
	revoked false
	form "secret=$new"
	revoked true
	get /users/current.json 401 -H "$(basic "$id:$new")"
	ost check >/dev/null
}

@test "the secret of an application, with its client id; rotating gives it another" {
	demo_app
	new_app 'Leaky' --redirect-uri https://leaky.example/cb
	app_is own_scope='read'
	req /oauth/token -d grant_type=client_credentials -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	local token
	token=$(json .access_token)
	form "secret=$SECRET&client_id=$(demo .app.client_id)"
	revoked false
	form "secret=$SECRET&client_id=$CLIENT"
	revoked true
	req /oauth/token -d grant_type=client_credentials -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	oauth_error 401 invalid_client
	for SECRET in '' x "$(unknown osa_)"; do
		req /oauth/token -d grant_type=client_credentials -d "client_id=$CLIENT" -d "client_secret=$SECRET"
		oauth_error 401 invalid_client
	done
	get /users/current.json 401 -H "$(bearer "$token")"
	json_body "{\"secret\":\"$SECRET\",\"client_id\":\"$CLIENT\"}"
	revoked false
	ost check >/dev/null
	ost dump >"$WORK/dump"
	SECRET=$(ost --json app rotate "$CLIENT" | jq -r .client_secret)
	req /oauth/token -d grant_type=client_credentials -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
}

@test "tokens: of an application, of /login, and a refresh token with its grant" {
	local token code refresh other
	token=$(login_token reader)
	form "token=$token"
	revoked true
	get /users/current.json 401 -H "$(bearer "$token")"
	code_is token_revoked
	form "token=$token"
	revoked false
	token=$(access_token editor read)
	json_body "{\"token\":\"$token\"}"
	revoked true
	get /users/current.json 401 -H "$(bearer "$token")"
	demo_app
	app_is refresh=1
	get_code scope=read
	redeem "$code"
	token=$(json .access_token) refresh=$(json .refresh_token)
	send text/plain "$refresh"
	revoked true
	get /users/current.json 401 -H "$(bearer "$token")"
	req /oauth/token -d grant_type=refresh_token -d "refresh_token=$refresh" -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	oauth_error 400 invalid_grant
	send text/plain "${token}x"
	revoked false
}

@test "a list as a partner of secret scanning sends it" {
	local id secret pair none
	new_key listed
	none=$(unknown osk_)
	json_body "$(jq -cn --arg a "$secret" --arg b "$none" '[
		{token: $a, type: "ostiary_key", url: "https://example.org/x", source: "content"},
		{token: $b, type: "ostiary_key", url: "", source: "commit"},
		{token: "none of ours", type: "<b>\"x", url: null}]')"
	status_is 200
	is '["true_positive","false_positive","false_positive"]' "$(json '[.[].label] | tojson')"
	is "$(printf %s "$secret" | sha256sum | cut -d' ' -f1)" "$(json '.[0].token_hash')"
	is '<b>"x' "$(json '.[2].token_type')"
	is '["token_hash","token_type","label"]' "$(json '.[0] | keys_unsorted | tojson')"
	get /users/current.json 401 -H "$(basic "$pair")"
	# told again: it was one, if dead
	json_body "[{\"token\":\"$secret\",\"type\":\"t\"}]"
	is true_positive "$(json '.[0].label')"
	json_body '[]'
	status_is 200
	is '[]' "$(tr -d '\n' <<<"$body")"
	# nothing of a list is ended when some of it cannot be
	new_key half
	json_body "[{\"token\":\"$secret\",\"type\":\"t\"},{\"token\":1,\"type\":\"t\"}]"
	status_is 400
	get /users/current.json 200 -H "$(basic "$pair")"
	json_body "$(jq -cn --arg a "$secret" '[range(101) | {token: $a, type: "t"}]')"
	status_is 400
	get /users/current.json 200 -H "$(basic "$pair")"
	json_body "$(jq -cn --arg a "$secret" '[range(100) | {token: $a, type: "t"}]')"
	status_is 200
	is 100 "$(json length)"
}

@test "https only: over http nothing is ended but tokens, which are for being sent so" {
	local id secret pair token
	new_key plain
	get "$PLAIN/api/keys/revoke" 403 -d "secret=$secret"
	code_is https_required
	get /users/current.json 200 -H "$(basic "$pair")"
	token=$(login_token editor)
	get "$PLAIN/api/keys/revoke" 403 -d "token=$token"
	get /users/current.json 401 -H "$(bearer "$token")"
}

@test "100 an hour from one address" {
	local FROM=127.2.3.4 n secret
	secret=$(unknown osk_)
	n=$(curl -sS --cacert "$STATE/tls.crt" --interface "$FROM" -d "secret=$secret" -o /dev/null \
		-w '%{http_code}\n' "$BASE/api/keys/revoke?[1-110]" | sort | uniq -c | xargs)
	is '100 200 10 429' "$n" answers
	form "secret=$secret"
	status_is 429
	code_is rate_limited
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 3600))
	FROM=127.2.3.5 form "secret=$secret"
	revoked false
}

@test "the log says what happened, and no secret" {
	local id secret pair
	new_key logged
	form "secret=$secret"
	is secret_revoked "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	form "secret=$secret"
	is secret_not_live "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason
	run ! grep -qF "${secret:4:20}" "$STATE/decisions.log"
}

@test "a store that cannot be written: 503, not a word that it is dead" {
	[[ $TRANSPORT == cgi ]] || skip 'the programs have their stores open'
	local id secret pair
	new_key broken
	mv "$STATE/state/accounts" "$STATE/state/accounts.away"
	form "secret=$secret"
	mv "$STATE/state/accounts.away" "$STATE/state/accounts"
	status_is 503
	get /users/current.json 200 -H "$(basic "$pair")"
}
