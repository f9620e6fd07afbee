# What is counted of real requests, by all processes together, and that nothing
# that befalls the file of the counts turns a request away.
load lib
load oauth

setup_file() {
	make_root /open/a.json /user/a.json
	POLICY='
*   /open/   anyone
*   /user/   user  limit=3/900s
' start_server
}
teardown_file() { stop_server; }

stats() { as_user "$B/ostiary" -c "$CONF" stats --json "$@"; }
# sum REASON yes|no: of the last day
sum() { stats | jq "[.[] | select(.reason == \"$1\" and .answer == \"$2\").last_day] | add // 0"; }
sum_is() { [[ $(sum "$1" "$2") == "$3" ]]; }
# counted REASON yes|no N: an answer is counted when it has gone out
counted() { wait_until 20 sum_is "$@" || is "$3" "$(sum "$1" "$2")" "$1 $2"; }

# many N PATH: so many requests, 8 at a time; what they were answered
many() {
	seq "$1" | xargs -P 8 -I{} curl -sS -o /dev/null -w '%{http_code}\n' --max-time 20 \
		--cacert "$STATE/tls.crt" "$BASE$2?n={}" | sort | uniq -c | xargs
}
anew() { rm -f "$STATE/state/rates/tally"; }

@test "what scripts/serve asks at its start is not counted, and what was before stays" {
	local STATE SERVE_PID SERVE_ARGS BASE PLAIN CONF
	POLICY='* /user/ user
* /open/ anyone' start_server
	is '[]' "$(stats | jq -c .)" counts
	get /open/a.json 200
	get /user/a.json 401
	counted credentials_missing no 1
	counted ok yes 1
	kill -TERM "$SERVE_PID"
	wait "$SERVE_PID"
	launch
	is '["credentials_missing","ok"]' "$(stats | jq -c 'map(.reason) | sort')" counts
	ROOT='' stop_server
}

@test "200 requests of 8 at a time are 200, whichever process had them" {
	anew
	is "200 200" "$(many 200 /open/a.json)" answers
	counted ok yes 200
	is "200 401" "$(many 200 /user/a.json)" answers
	counted credentials_missing no 200
	is "ok yes 200 credentials_missing no 200" "$(stats | jq -r '.[] | "\(.reason) \(.answer) \(.last_day)"' | xargs)" all
	if [[ $TRANSPORT != cgi ]]; then
		is 2 "$(workers protect | wc -l)" workers
	fi
}

@test "every program counts, by the true status" {
	anew
	get /login 401
	get /users/current.json 401
	get /login 200 -H "$(basic "$(key_pair)")"
	# nginx sees 403 of this one, the client and the log 400
	get '/user/a.json?access_token=x' 400
	get /nowhere 403
	req /oauth/token -d grant_type=x
	counted credentials_missing no 2
	counted no_rule no 1
	wait_until 20 eval '[[ $(stats | jq "[.[].last_day] | add") == 6 ]]'
	stats --refused | jq -e 'map(.program) | index("login") and index("users_current") and index("protect") and index("access_token")'
	stats --refused | jq -e 'map(.status) | index(400) and index(401) and index(403)'
}

@test "who is limited" {
	local pair
	anew
	pair=$(user_key limited)
	for _ in 1 2 3; do get /user/a.json 200 -H "$(basic "$pair")"; done
	get '/user/a.json?x=secret' 429 -H "$(basic "$pair")"
	counted rate_limited no 1
	is "429 rate_limited limited /user/a.json" "$(stats --refused | jq -r '.[0] | "\(.status) \(.reason) \(.subject) \(.path)"')" refusal
}

@test "no secret comes into it" {
	local pair
	anew
	pair=$(user_key secretive)
	get /user/a.json 401 -H "$(basic "${pair}x")"
	get "/user/a.json?access_token=${pair#*:}" 400
	req "/oauth/token?client_secret=${pair#*:}" -d grant_type=x -d "code=${pair#*:}"
	counted bad_request no 1
	! grep -qaF "${pair#*:}" "$STATE/state/rates/tally"
	! grep -qaF "$(printf %s "${pair}x" | base64 -w0)" "$STATE/state/rates/tally"
}

@test "a file that is cut off, written over or gone turns nobody away, and begins anew" {
	local file=$STATE/state/rates/tally before after
	anew
	is "20 200" "$(many 20 /open/a.json)" answers
	before=$(workers protect)
	truncate -s 0 "$file"
	is "20 200" "$(many 20 /open/a.json)" answers
	counted ok yes 20
	truncate -s 5000 "$file"
	is "20 200" "$(many 20 /open/a.json)" answers
	counted ok yes 20
	head -c 4096 /dev/urandom | dd of="$file" conv=notrunc status=none
	is "20 200" "$(many 20 /open/a.json)" answers
	counted ok yes 20
	rm "$file"
	is "20 200" "$(many 20 /open/a.json)" answers
	counted ok yes 20
	after=$(workers protect)
	is "$before" "$after" "the workers: none has died"
	is 600 "$(stat -c %a "$file")" mode
	(($(stat -c %b "$file") * 512 >= $(stat -c %s "$file")))
	ost check >/dev/null
}

# The last refusal: its reason and whose it was.
last() { stats --refused | jq -r '.[0] | "\(.reason) \(.subject)"'; }

@test "who was tried is named, and never a name that nobody has" {
	local pair typed
	anew
	pair=$(user_key tried)
	for typed in tried:wrong TRIED:wrong "tried:${pair#*:}x" "${pair%%:*}:wrong" "${pair%%:*}:${pair#*:}x"; do
		get /user/a.json 401 -H "$(basic "$typed")"
		wait_until 20 eval '[[ $(last) == "credentials_invalid tried" ]]'
		rm -f "$STATE/state/rates/tally"
	done
	for typed in my-password:wrong 'my password:wrong' "my-password:${pair#*:}x"; do
		get /user/a.json 401 -H "$(basic "$typed")"
		wait_until 20 eval '[[ $(last) == "credentials_invalid 127.0.0.1" ]]'
	done
	browser
	visit /account
	submit username=Tried password=wrong
	status_is 403
	wait_until 20 eval '[[ $(last) == "signin_failed tried" ]]'
	visit /account
	submit username=my-password password=wrong
	wait_until 20 eval '[[ $(last) == "signin_failed 127.0.0.1" ]]'
	! grep -qF my-password "$STATE/decisions.log" "$STATE/state/rates/tally"
}

# Last of all: who has given up counting does so for good.
@test "one that cannot be made is said once by each process, and nobody is turned away" {
	local file=$STATE/state/rates/tally
	rm -f "$file"
	mkdir "$file"
	is "20 200" "$(many 20 /open/a.json)" answers
	wait_until 20 grep -q 'answers are no' "$STATE/decisions.log"
	if [[ $TRANSPORT = nginx ]]; then
		(($(grep -c '"warning".*answers are no' "$STATE/decisions.log") <= 2))
	fi
	rmdir "$file"
}
