# /api/api_keys: a user's own keys, as Socrata's API has them.
load lib

setup_file() {
	start_server
	ANNA=$(basic "$(user_key anna)")
	export ANNA
}
teardown_file() { stop_server; }

# keys [curl option...]: as $WHO (anna)
keys() { req "$@" -H "${WHO:-$ANNA}"; }
list() { keys "/api/api_keys${1:+?$1}"; }
# create JSON [curl option...]
create() {
	local text=$1
	shift
	keys /api/api_keys -H 'Content-Type: application/json' --data-raw "$text" "$@"
}
made() { # NAME: $id and $secret
	create "$(jq -cn --arg n "$1" '{keyName: $n}')"
	status_is 201
	id=$(json .keyId) secret=$(json .keySecret)
}
names() { json '[.[].keyName] | tojson'; }
socrata() { # STATUS CODE
	status_is "$1"
	is "$2" "$(json .code)" code
	is '["code","error","message","data"]' "$(json 'keys_unsorted | tojson')" members
	is 'true {}' "$(json '"\(.error) \(.data | tojson)"')"
	is application/json "$(header Content-Type)"
	is no-store "$(header Cache-Control)"
}
fresh() { # NAME: $WHO is a new user with one key named test
	WHO=$(basic "$(user_key "$1")")
}

@test "a key is made, used, seen and deleted" {
	local id secret
	create '{"keyName":"laptop"}'
	status_is 201
	is '["keyName","keyId","keySecret","createdAt","createdAtTimestamp","lastUsedAt","lastUsedAtTimestamp","deletedAt","deletedAtTimestamp","expiresAtTimestamp","owner"]' \
		"$(json 'keys_unsorted | tojson')" members
	is laptop "$(json .keyName)"
	id=$(json .keyId) secret=$(json .keySecret)
	is "/api/api_keys/$id" "$(header Location)"
	[[ $secret =~ ^osk_[A-Za-z0-9]{49}$ ]]
	is "$(json .createdAt)" "$(json '.createdAtTimestamp | fromdate')" times
	(($(json .createdAt) - EPOCHSECONDS < 60))
	is '[null,null,null,null,null]' "$(json '[.lastUsedAt,.lastUsedAtTimestamp,.deletedAt,.deletedAtTimestamp,.expiresAtTimestamp] | tojson')"
	is "$(ost --json user show anna | jq -c '[.id, .displayName]')" "$(json '[.owner.id, .owner.displayName] | tojson')"
	is null "$(json '.owner.email | tojson')"
	run ! grep -raqF "$secret" "$STATE/state" "$STATE/decisions.log"

	get /users/current.json 200 -H "$(basic "$id:$secret")"
	keys "/api/api_keys/$id"
	status_is 200
	is laptop "$(json .keyName)"
	[[ $body != *keySecret* ]]
	(($(json .lastUsedAt) - EPOCHSECONDS < 60))
	is "$(json .lastUsedAt)" "$(json '.lastUsedAtTimestamp | fromdate')"

	keys "/api/api_keys/$id" -X DELETE
	status_is 200
	is "$(json .deletedAt)" "$(json '.deletedAtTimestamp | fromdate')"
	(($(json .deletedAt) - EPOCHSECONDS < 60))
	get /users/current.json 401 -H "$(basic "$id:$secret")"
	keys "/api/api_keys/$id"
	socrata 404 API_KEY.TOKEN_DELETED
	keys "/api/api_keys/$id" -X DELETE
	socrata 404 API_KEY.TOKEN_DELETED
	is revoked "$(ost --json key show "$id" | jq -r .state)"
}

@test "the list: its order, pages, search, and what was deleted" {
	local WHO id secret name ids
	fresh berta
	for name in Delta alpha Charlie bravo; do made "$name"; done
	keys "/api/api_keys/$id" -X DELETE # bravo
	list
	status_is 200
	[[ $body != *keySecret* ]]
	is '["test","Delta","alpha","Charlie"]' "$(names)"
	list 'includeDeleted=true'
	is '["test","Delta","alpha","Charlie","bravo"]' "$(names)"
	is 1 "$(json '[.[] | select(.deletedAt != null)] | length')" deleted
	list 'sortBy=keyName'
	is '["alpha","Charlie","Delta","test"]' "$(names)"
	ids=$(json '.[1].keyId')
	list 'sortBy=keyName&sortOrder=DESC&includeDeleted=True'
	is '["test","Delta","Charlie","bravo","alpha"]' "$(names)"
	list "sortBy=keyName&seek=$ids&limit=1"
	is '["Delta"]' "$(names)"
	list 'sortBy=keyName&limit=2&offset=1'
	is '["Charlie","Delta"]' "$(names)"
	list 'nameSearch=LPH'
	is '["alpha"]' "$(names)"
	list 'nameSearch=nothing'
	is '[]' "$(names)"
	list 'limit=2&sortBy=createdAt'
	is 2 "$(json length)"
	list 'sortBy=lastUsedAtTimestamp&sortOrder=desc'
	is test "$(json '.[0].keyName')"
	head_of /api/api_keys 200 "$WHO"
}

@test "parameters that cannot be are 400" {
	local query
	for query in limit=0 limit=101 limit=-1 limit=x limit=1.0 offset=-1 sortBy=secret sortBy=keysecret \
		sortOrder=up includeDeleted=1 seek=nokey 'limit=1&limit=2' 'seek=%00' 'nameSearch=%FF' \
		"seek=$(key_pair | cut -d: -f1)" 'offset=99999999999999999999'; do
		list "$query"
		# a web server may refuse broken escapes by itself
		if [[ $query == *%* && $TRANSPORT != nginx && $body == *'<html'* ]]; then
			status_is 400
		else
			socrata 400 bad_request
		fi
	done
	list 'limit=&unknown=1&unknown=2'
	status_is 200
}

@test "names: taken, too long, empty, controls, blanks at an end" {
	local WHO id secret long
	fresh carla
	long=$(printf 'é%.0s' {1..80})
	made "$long"
	is "$long" "$(json .keyName)"
	create "{\"keyName\":\"${long}x\"}"
	socrata 400 API_KEY.NAME_TOO_LONG
	create "{\"keyName\":\"$long\"}"
	socrata 409 API_KEY.NAME_TAKEN
	create '{"keyName":""}'
	socrata 400 API_KEY.NAME_EMPTY
	create '{}'
	socrata 400 API_KEY.NAME_EMPTY
	create '{"keyName":null}'
	socrata 400 API_KEY.NAME_EMPTY
	for name in ' x' 'x ' '\t' 'a\nb' 'a\u007fb' 'a\u0085b' 'a\u0001'; do
		create "{\"keyName\":\"$name\"}"
		socrata 400 API_KEY.NAME_INVALID
	done
	keys "/api/api_keys/$id" -X DELETE
	made "$long"
}

@test "bodies that cannot be" {
	local text
	for text in '' x '[]' '"x"' null 1 '{"keyName":1}' '{"keyName":["x"]}' '{"keyName":{"a":1}}' \
		'{"keyName":true}' '{"keyName":"a","keyName":"b"}' "{'keyName':'a'}" '{"keyName":"a"' \
		'{"keyName":"a"} x' '{"keyName":"a\u0000b"}' '{"keyName":"\ud800"}' $'{"keyName":"\xff"}' \
		$'{"keyName":"a\nb"}' '{"keyName":"a","expires":0}' '{"keyName":"a","expires":-1}' \
		'{"keyName":"a","expires":1.5}' '{"keyName":"a","expires":true}' '{"keyName":"a","expires":"soon"}' \
		'{"keyName":"a","expires":"2020-01-01"}' '{"keyName":"a","expires":"2999-02-30"}' \
		'{"keyName":"a","expires":99999999999}' '[[[[[[[[]]]]]]]]'; do
		create "$text"
		socrata 400 bad_request
	done
	head -c 9000 /dev/zero | tr '\0' x >"$WORK/large"
	create '' --data-binary "@$WORK/large"
	socrata 413 too_large
	printf '{"keyName":"a\0b"}' >"$WORK/nul"
	keys /api/api_keys -H 'Content-Type: application/json' --data-binary "@$WORK/nul"
	socrata 400 bad_request
	list nameSearch=a
	is 0 "$(json '[.[] | select(.keyName == "a")] | length')" 'none was made'
}

@test "only JSON is taken: a form of another site makes no key" {
	local type
	for type in application/x-www-form-urlencoded text/plain multipart/form-data 'application/json; charset=latin1' application/jsonp ''; do
		keys /api/api_keys -H "Content-Type: $type" --data-raw '{"keyName":"csrf"}'
		socrata 415 unsupported_media_type
	done
	keys /api/api_keys -H 'Content-Type: Application/JSON; charset="UTF-8"' --data-raw '{"keyName":"type"}'
	status_is 201
	get /api/api_keys 405 -X OPTIONS -H 'Origin: https://any.example' -H 'Access-Control-Request-Method: POST'
	is 0 "$(grep -ic '^access-control-' "$WORK/headers")" 'Access-Control headers'
}

@test "an expiry in seconds or as a date" {
	local WHO id secret
	fresh dora
	create '{"keyName":"seconds","expires":3600}'
	status_is 201
	(($(json '.expiresAtTimestamp | fromdate') - $(json .createdAt) == 3600))
	create '{"keyName":"day","expires":"2999-12-31"}'
	is 2999-12-31T00:00:00Z "$(json .expiresAtTimestamp)"
	create '{"keyName":"time","expires":"2999-12-31T23:59:59Z"}'
	is 2999-12-31T23:59:59Z "$(json .expiresAtTimestamp)"
	create '{"keyName":"short","expires":1}'
	secret=$(json .keySecret) id=$(json .keyId)
	wait_until 20 is_dead
	keys "/api/api_keys/$id"
	status_is 200
	create '{"keyName":"short"}'
	status_is 201
}
is_dead() { req /users/current.json -H "$(basic "$id:$secret")" && [[ $status == 401 ]]; }

@test "who may: passwords, keys, login tokens; not applications, cookies, nobody" {
	local token
	WHO=$(basic "$(user_pair editor)") list
	status_is 200
	WHO=$(basic "$(key_pair)") list
	status_is 200
	WHO=$(bearer "$(login_token reader)") list
	status_is 200
	token=$(access_token reader 'read write')
	WHO=$(bearer "$token") list
	socrata 403 forbidden
	WHO="Authorization: OAuth $token" create '{"keyName":"app"}'
	socrata 403 forbidden
	WHO="X-App-Token: $(demo .app.client_id)" list
	socrata 401 credentials_missing
	WHO='X-Nothing: x' list
	socrata 401 credentials_missing
	is 2 "$(header_count WWW-Authenticate)" challenges
	WHO=$(basic 'reader:wrong') list
	socrata 401 credentials_invalid
	WHO=$(bearer wrong) list
	socrata 401 token_invalid
	req /api/api_keys -b "$BATS_FILE_TMPDIR"/jar.*
	socrata 401 credentials_missing
}

@test "another's keys are not there" {
	local id WHO
	id=$(key_pair | cut -d: -f1)
	keys "/api/api_keys/$id"
	socrata 404 API_KEY.NOT_FOUND
	keys "/api/api_keys/$id" -X DELETE
	socrata 404 API_KEY.NOT_FOUND
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	for id in nokey '' .. %2e%2e 'a%20b' 'a%2Fb' "$(printf 'k%.0s' {1..200})" 'k%0a' '%00'; do
		req "/api/api_keys/$id" -H "$ANNA"
		[[ $status == 404 || $status == 400 || $status == 403 ]]
	done
	WHO=$(basic "$(user_pair admin)") keys "/api/api_keys/$(key_pair | cut -d: -f1)"
	socrata 404 API_KEY.NOT_FOUND
}

@test "a key may delete itself, and then is nobody's" {
	local id secret
	made itself
	req "/api/api_keys/$id" -X DELETE -H "$(basic "$id:$secret")"
	status_is 200
	req "/api/api_keys/$id" -X DELETE -H "$(basic "$id:$secret")"
	socrata 401 credentials_invalid
}

@test "what a key made, itself or by a login token, ends with it" {
	local WHO id secret first by_token child
	create '{"keyName":"for an hour","expires":3600}'
	first=$(json .keyId) secret=$(json .keySecret)
	local end
	end=$(json .expiresAtTimestamp)
	WHO=$(basic "$first:$secret") create '{"keyName":"for ever"}'
	status_is 201
	is "$end" "$(json .expiresAtTimestamp)" expiry
	child=$(basic "$(json .keyId):$(json .keySecret)")
	WHO=$child create '{"keyName":"grandchild","expires":"2999-12-31"}'
	status_is 201
	is "$end" "$(json .expiresAtTimestamp)" expiry
	by_token=$(basic "$(json .keyId):$(json .keySecret)")
	get /users/current.json 200 -H "$by_token"
	keys "/api/api_keys/$first" -X DELETE
	status_is 200
	get /users/current.json 401 -H "$child"
	get /users/current.json 401 -H "$by_token"
	is revoked "$(ost --json key list anna | jq -r '.[] | select(.name == "grandchild").state')"
}

@test "each path has its methods" {
	local id
	id=$(ost --json key list anna | jq -r '.[0].key_id')
	keys /api/api_keys -X DELETE
	socrata 405 method_not_allowed
	is 'GET, HEAD, POST' "$(header Allow)"
	keys "/api/api_keys/$id" -d x
	socrata 405 method_not_allowed
	is 'GET, HEAD, DELETE' "$(header Allow)"
	for method in PUT PATCH TRACE; do
		req /api/api_keys -X "$method" -d '' -H "$ANNA"
		[[ $status == 405 || $status == 400 ]]
	done
	keys /api/api_keys -X POST -d x -H 'X-HTTP-Method-Override: DELETE'
	socrata 415 unsupported_media_type
}

@test "at most 100 live keys, also when many are asked for at once" {
	local WHO n
	fresh emil
	for ((n = 0; n < 130; n++)); do
		printf 'next\nurl = "%s/api/api_keys"\ndata-raw = "{\\"keyName\\":\\"k%s\\"}"\nheader = "Content-Type: application/json"\nheader = "%s"\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\ncacert = "%s"\nsilent\n' \
			"$BASE" "$((n / 2))" "$WHO" "$STATE/tls.crt"
	done | sed 1d >"$WORK/config"
	curl -sS -Z --parallel-max 4 -K "$WORK/config" | sort | uniq -c >"$WORK/answers"
	# two asked for each name; 503: overtaken five times
	is 65 "$(ost --json key list emil | jq '[.[] | select(.name != "test") | .name] | unique | length')" names
	is 66 "$(ost --json key list emil | jq length)" keys
	for ((n = 100; n < 134; n++)); do made "k$n"; done
	create '{"keyName":"one more"}'
	socrata 409 API_KEY.TOKEN_LIMIT_REACHED
	keys "/api/api_keys/$id" -X DELETE
	create '{"keyName":"one more"}'
	status_is 201
}

@test "naughty strings as a name come back unchanged or are refused" {
	local WHO
	fresh frida
	: "${OSTIARY_VECTORS:=$top/tests/vectors}"
	run perl -MJSON::PP -e '
		my ($base, $ca, $who, $file, $work) = @ARGV;
		my $json = JSON::PP->new->utf8->allow_nonref;
		open my $in, "<", $file or die; local $/; my $all = $json->decode(<$in>);
		my ($kept, $refused, %seen) = (0, 0);
		sub ask { open my $p, "-|", "curl", "-sS", "--cacert", $ca, "-H", $who, "-w", "\n%{http_code}", @_ or die;
			local $/; my $t = <$p>; $t =~ s/\n(\d+)\z// or die $t; return ($1, $json->decode($t)) }
		for my $text (@$all) {
			open my $out, ">", "$work/name" or die; print $out $json->encode({ keyName => $text }); close $out;
			my ($status, $got) = ask("-H", "Content-Type: application/json", "--data-binary", "\@$work/name", "$base/api/api_keys");
			if ($status == 201) {
				$got->{keyName} eq $text or die "changed: " . $json->encode($text);
				($status, $got) = ask("$base/api/api_keys/$got->{keyId}");
				$status == 200 && $got->{keyName} eq $text or die "changed later: " . $json->encode($text);
				($status) = ask("-X", "DELETE", "$base/api/api_keys/$got->{keyId}");
				$status == 200 or die; $kept++;
			} else {
				$status == 400 && $got->{code} =~ /^(API_KEY\.NAME_(EMPTY|TOO_LONG|INVALID)|bad_request)$/
					or die "$status " . $json->encode($text);
				$refused++;
			}
		}
		print "$kept kept, $refused refused, ", scalar @$all, " in all\n"' \
		"$BASE" "$STATE/tls.crt" "$WHO" "$OSTIARY_VECTORS/blns/blns.json" "$WORK"
	echo "# $output" >&3
	is 0 "$status" "status of perl: $output"
	[[ $output == *' 515 in all' ]]
}

@test "limits: charged to the user, 429 in its own words" {
	local pair
	pair=$(user_key gerd)
	WHO=$(basic "$pair") list
	is 1 "$(header_count X-RateLimit-Remaining)"
	local before
	before=$(header X-RateLimit-Remaining)
	WHO=$(basic "$pair") keys /api/api_keys/nokey
	is $((before - 1)) "$(header X-RateLimit-Remaining)"
	sed -i 's/^limit_user = .*/limit_user = 3\/1h/' "$CONF"
	wait_limited "$pair"
	socrata 429 rate_limited
	(($(header Retry-After) >= 1))
	sed -i 's/^limit_user = .*/limit_user = 100000\/15m/' "$CONF"
}
wait_limited() {
	local n
	for n in {1..20}; do
		WHO=$(basic "$1") list
		[[ $status != 429 ]] || return 0
	done
}

@test "over http nothing is told, and a token is revoked by any method" {
	local token
	get "$PLAIN/api/api_keys" 403 -H "$ANNA"
	socrata 403 https_required
	token=$(login_token editor)
	get "$PLAIN/api/api_keys/nokey" 403 -X DELETE -H "$(bearer "$token")"
	WHO=$(bearer "$token") list
	socrata 401 token_revoked
}
