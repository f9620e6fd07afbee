# scripts/serve: it starts, keeps its workers, logs what it should and nothing
# else, and ends without a trace.
load lib

setup_file() {
	start_server
	[[ $TRANSPORT == cgi ]] || wait_until 10 all_workers
}
teardown_file() { stop_server; }

programs=(protect authorize access_token login users_current revoke introspect
	revoke_key
	api_keys
	limits
	metadata jwks userinfo device_authorization device account front)
all_workers() {
	local program
	for program in "${programs[@]}"; do
		[[ $(workers "$program" | wc -l) == 2 ]] || return 1
	done
}
# serve_here ARGUMENT...: a second run, which is expected to end by itself.
serve_here() { timeout 20 "$top/scripts/serve" "$@" 3>&-; }

# from_log FILTER: of all decisions
from_log() { jq -c "select(.status) | $1" "$STATE/decisions.log"; }

@test "it says ready, with the address and curl lines that work" {
	grep -qFx "ready $BASE" "$STATE.out"
	grep -q 'X-App-Token' "$STATE.out"
	[[ $(stat -c %a "$STATE/demo.json") == 600 ]]
	is '["app","http","https","key","users"]' "$(demo 'keys | tojson')"
	is "$BASE" "$(demo .https)"
	is "$PLAIN" "$(demo .http)"
	is '["admin","editor","reader"]' "$(demo '[.users[].userName] | sort | tojson')"
}

@test "the demo's files are guarded as its policy says" {
	get /resource/trees.json 401
	get /resource/trees.json 200 -H "X-App-Token: $(demo .app.client_id)"
	get /v1/projects/ 200 -H "$(basic "$(key_pair)")"
	json . >/dev/null
	get /resource/private/budget.json 200 -H "$(bearer "$(login_token reader)")"
	get /index.html 200
	get /ostiary.css 200
	get /demo/callback 200
	is 0 "$(header_count Strict-Transport-Security)" 'HSTS on localhost'
}

@test "6797-01 HSTS over https once on every answer, and never over http" {
	local STATE SERVE_PID SERVE_ARGS BASE PLAIN CONF path
	configure() { printf 'issuer = https://portal.example:%s\n' "${BASE##*:}" >>"$CONF"; }
	start_server
	for path in /demo/callback /index.html /nowhere /resource/private/budget.json /users/current.json \
		/oauth/authorize /oauth/token /login; do
		req "$path"
		is max-age=31536000 "$(header_all Strict-Transport-Security)" "$path"
		req "$PLAIN$path"
		is '' "$(header_all Strict-Transport-Security)" "$path over http"
	done
	unset -f configure
	stop_server
}

@test "a second instance on the same state is refused" {
	run -3 serve_here --server "$TRANSPORT" --state "$STATE" --https-port 0 --http-port 0
	[[ $output == *'in use by another scripts/serve'* ]]
	get /index.html 200
}

@test "a port that is taken is refused, naming it" {
	local other
	other=$(mktemp -d)
	run -3 serve_here --server "$TRANSPORT" --state "$other/s" --https-port "${BASE##*:}" --http-port 0
	[[ $output == *"port ${BASE##*:} "*' is in use'* ]]
	rm -rf "$other"
}

@test "usage errors end with 2, --help with 0" {
	local bad
	run -0 serve_here --help
	[[ $output == *--https-port* ]]
	for bad in --nonsense '--server apache' --workers '--workers 0' '--workers x' \
		'--https-port 70000' '--https-port' '--bind example.org' '--http-port 9 --https-port 9'; do
		# shellcheck disable=SC2086 # several words
		run -2 serve_here $bad
		[[ $output == serve:* ]]
	done
}

@test "a configuration or policy with errors ends with 3 and says where" {
	local other
	other=$(mktemp -d)
	mkdir "$other/s"
	printf 'issuer = https://localhost:9\nstate = gdbm:state\nnonsense = 1\npolicy = policy\n' >"$other/s/ostiary.conf"
	chmod -R a+rX "$other"
	run -3 serve_here --server "$TRANSPORT" --state "$other/s" --https-port 0 --http-port 0
	[[ $output == *ostiary.conf:3:* ]]
	rm -rf "$other"
}

@test "a worker that is killed is replaced" {
	[[ $TRANSPORT != cgi ]] || skip 'plain CGI has no workers'
	local program pid
	for program in "${programs[@]}"; do
		for pid in $(workers "$program"); do kill -KILL "$pid"; done
	done
	wait_until 20 all_workers
	get /resource/private/budget.json 200 -H "$(basic "$(key_pair)")"
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	get /login 200 -H "$(basic "$(key_pair)")"
	get /oauth/authorize 400
	get /oauth/token 401 -d grant_type=x
}

@test "requests go on while workers are killed one by one" {
	[[ $TRANSPORT != cgi ]] || skip 'plain CGI has no workers'
	local i bad=0
	for i in 1 2 3; do
		kill -KILL "$(workers protect | head -n 1)"
		req /resource/private/budget.json -H "$(basic "$(key_pair)")"
		[[ $status == 200 ]] || ((++bad))
		wait_until 20 all_workers
	done
	is 0 "$bad" 'requests that failed'
}

@test "a state that is away is 503 and no crash; service is back with it" {
	local before after i
	before=$(workers protect | sort)
	printf 'state = gdbm:elsewhere\n' >>"$CONF"
	for i in 1 2 3 4; do
		get /index.html 503
		code_is unavailable
		get /users/current.json 503
		code_is unavailable
	done
	sed -i '$d' "$CONF"
	get /index.html 200
	get /users/current.json 200 -H "$(basic "$(key_pair)")"
	after=$(workers protect | sort)
	is "$before" "$after" 'workers of protect'
}

@test "a program that never had a state says so in the log file" {
	local pid
	printf 'state = gdbm:elsewhere\n' >>"$CONF"
	for pid in $(workers metadata); do kill -KILL "$pid"; done
	[[ $TRANSPORT == cgi ]] || wait_until 20 all_workers
	get /.well-known/oauth-authorization-server 503
	is '[503,"store"]' "$(decision "$(header X-Request-Id)" | jq -c '[.status, .reason]')" decision
	jq -es 'any(.program == "metadata" and (.message // "" | test("elsewhere: ")))' "$STATE/decisions.log"
	run -1 grep -F elsewhere "$STATE.err"
	sed -i '$d' "$CONF"
	get /.well-known/oauth-authorization-server 200
}

@test "one line of JSON for each decision, with what is needed and the answer's id" {
	local id path wanted
	wanted='["address","level","method","ms","path","program","reason","request_id","status","subject","time"]'
	get /resource/private/budget.json 200 -H "$(basic "$(key_pair)")"
	id=$(header X-Request-Id)
	is "$wanted" "$(decision "$id" | jq -c keys)" 'fields'
	is '["info","protect","reader","127.0.0.1","GET","/resource/private/budget.json",200,"ok"]' \
		"$(decision "$id" | jq -c '[.level, .program, .subject, .address, .method, .path, .status, .reason]')"
	is number "$(decision "$id" | jq -r '.ms | type')"
	for path in /users/current.json /login /nowhere /resource/trees.json; do
		req "$path?x=1"
		id=$(header X-Request-Id)
		is "$path $status" "$(decision "$id" | jq -r '"\(.path) \(.status)"')"
		is 1 "$(grep -cF "\"request_id\":\"$id\"" "$STATE/decisions.log")" "lines of $path"
	done
	for path in /oauth/authorize /oauth/token; do
		req "$path" -X PUT -d ''
		is "$path 405" "$(decision "$(header X-Request-Id)" | jq -r '"\(.path) \(.status)"')"
	done
	# every line is JSON
	is "$(wc -l <"$STATE/decisions.log")" "$(jq -c . "$STATE/decisions.log" | wc -l)" 'lines'
}

@test "X-Request-Id is on every answer, once, and a client's own is not taken" {
	local path
	for path in /index.html /nowhere /resource/trees.json /login /users/current.json /oauth/authorize \
		/oauth/token /index.html/; do
		req "$path" -H 'X-Request-Id: 0123456789abcdef-mine'
		is 1 "$(header_count X-Request-Id)" "X-Request-Id of $path"
		[[ $(header X-Request-Id) =~ ^[0-9a-f]{32}$ ]]
	done
	req "$PLAIN/login"
	is 1 "$(header_count X-Request-Id)"
}

@test "6750-03 O04 no log holds a secret, and the access log no query" {
	local secret token access pair
	pair=$(user_pair editor)
	token=$(login_token reader)
	access=$(access_token editor read)
	get /resource/private/budget.json 200 -H "$(bearer "$access")"
	get "/resource/private/budget.json?access_token=$token" 400
	get "$PLAIN/resource/private/budget.json?access_token=$access" 403
	get "$PLAIN/users/current.json" 403 -H "$(bearer "$token")"
	get "$PLAIN/login" 403 -H "$(basic "$pair")"
	get /login 401 -H "$(basic "editor:wrong-password-in-clear")"
	req "/oauth/token?client_secret=$(demo .app.client_secret)&code=code-in-query" -d grant_type=x
	get "/nowhere?secret-query" 403
	for secret in "$token" "${token##*.}" "$access" "${access##*.}" "${pair#*:}" wrong-password-in-clear \
		"$(demo .key.key_secret)" "$(demo .app.client_secret)" code-in-query \
		"$(printf %s "$pair" | base64 -w0)" secret-query; do
		run -1 grep -raF -- "$secret" "$STATE/log" "$STATE/decisions.log" "$STATE.err"
	done
	[[ -s $STATE/log/access.log ]]
	run -1 grep -q '[?]' "$STATE/log/access.log"
}

@test "O04 whatever is asked under whatever name, one request is one line of JSON" {
	local before name path
	before=$(wc -l <"$STATE/decisions.log")
	for name in $'a"b\\c' 'a\n{"x":1}' $'\xe2\x80\xa8\xe2\x80\xae' '</script>' reader; do
		get /resource/private/budget.json 401 -H "$(basic "$name:no-such-password")"
	done
	for path in '/nowhere/%0a%22%5c' '/nowhere/"<b>{}' '/nowhere/%e2%80%a8%c2%85' "/nowhere/$(printf '\xe2\x80\xa8')"; do
		req "$path" -g
		[[ $status == 40[03] ]]
	done
	is_logged() { (($(wc -l <"$STATE/decisions.log") >= before + 5)); }
	wait_until 20 is_logged
	(($(wc -l <"$STATE/decisions.log") <= before + 9))
	is '"object"' "$(jq -cR 'fromjson | type' "$STATE/decisions.log" | sort -u)" "kinds of lines"
	run -1 grep -aE 'no-such-password|</script>|'$'\xe2\x80\xa8' "$STATE/decisions.log"
}

@test "the web server's configuration passes its own test" {
	if [[ $TRANSPORT == nginx ]]; then
		run -0 nginx -e /dev/null -t -c "$STATE/etc/nginx/nginx.conf"
		[[ $output != *warn* ]]
	else
		run -0 lighttpd -tt -f "$STATE/etc/$TRANSPORT/lighttpd.conf"
	fi
}

@test "nothing listens but on the loopback" {
	run -1 grep -E '(0\.0\.0\.0|\[::\]):' "$STATE"/etc/nginx/nginx.conf
	if [[ $TRANSPORT != nginx ]]; then
		run -1 grep -E '"(0\.0\.0\.0|\[::\]|::)' "$STATE/etc/$TRANSPORT/lighttpd.conf"
	fi
}

# Processes whose command line or environment names the folder (which that of
# the search must not).
traces() {
	printf %s "$1" |
		env -i /usr/bin/grep -lazF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null || true
}

@test "SIGTERM ends it all: no process, no socket; it starts again as it was" {
	local STATE=$BATS_TEST_TMPDIR/none key token first SERVE_PID SERVE_ARGS BASE PLAIN CONF
	start_server
	first=$SERVE_PID
	key=$(key_pair)
	req /login -H "$(basic "$key")"
	token=$(json .access_token)
	kill -TERM "$first"
	wait "$first"
	is '' "$(find "$STATE" -name '*.sock' -o -name '*.pid')" 'sockets left'
	is '' "$(traces "$STATE/")" 'processes left'
	# the same state once more; the token is as good as before
	launch
	get /users/current.json 200 -H "$(bearer "$token")"
	get /users/current.json 200 -H "$(basic "$key")"
	# killed outright it leaves nothing that holds up the next one
	kill -KILL "$SERVE_PID"
	wait "$SERVE_PID" || true
	launch
	get /users/current.json 200 -H "$(basic "$key")"
	stop_server
}
