# Every spelling of a guarded path gets the decision of the path that is
# served, or 400, 403, 404: hostile inputs T10 to T17.
load lib

setup_file() {
	make_root /resource/private/budget.json /resource/open.json \
		/resource/list/secret.json /resource/list/other.json /top.json \
		'/resource/private/a b.json' /resource/private/index.json
	POLICY='
GET,HEAD  /resource/private/           role:admin
GET,HEAD  /resource/list/secret.json   role:admin
GET,HEAD  /resource/                   anyone
' start_server
	ADMIN=$(basic "$(user_pair admin)")
	export ADMIN
}
teardown_file() { stop_server; }

# ask PATH [curl option...]: over HTTP/1.1, byte for byte.
ask() {
	local path=$1
	shift
	req / --http1.1 --request-target "$path" "$@"
}

# ask_all HEADER PATH...: the same for many paths in one run of curl; answers
# "STATUS BODY" in ${answers[@]}. Bodies of ours begin with "/ and are one line.
ask_all() {
	local header=$1 path i=0 options=()
	shift
	answers=()
	for path; do
		options+=(-sS --max-time 60 --cacert "$STATE/tls.crt" --http1.1 -H "$header"
			--request-target "$path" -o "$BATS_TEST_TMPDIR/body.$((i++))"
			-w '%{http_code}\n' "$BASE/" --next)
	done
	rm -f "$BATS_TEST_TMPDIR"/body.*
	readarray -t answers < <(curl "${options[@]::${#options[@]}-1}" 2>/dev/null)
	is $# "${#answers[@]}" 'number of answers'
	for ((i = 0; i < $#; i++)); do
		path=$BATS_TEST_TMPDIR/body.$i
		[[ ! -e $path ]] || answers[i]+=" $(head -n 1 "$path" | tr -d '\0')"
	done
}

# closed PATH...: nobody gets it, an administrator gets it or is refused too.
closed() {
	local i
	ask_all 'X-None: 1' "$@"
	for ((i = 0; i < $#; i++)); do
		[[ ${answers[i]} =~ ^(400|401|403|404)( [^\"].*)?$ ]] ||
			is refused "${answers[i]}" "anonymous at ${*:i+1:1}"
	done
	ask_all "$ADMIN" "$@"
	for ((i = 0; i < $#; i++)); do
		[[ ${answers[i]} =~ ^(200|400|403|404)( .*)?$ ]] ||
			is 'no error' "${answers[i]}" "admin at ${*:i+1:1}"
	done
}

# same_as_canonical PATH...: as closed(), and the administrator does get it.
same_as_canonical() {
	local i
	closed "$@"
	for ((i = 0; i < $#; i++)); do
		is '200 "/resource/private/budget.json"' "${answers[i]}" "admin at ${*:i+1:1}"
	done
}

@test "the path itself" {
	get /resource/private/budget.json 401
	get /resource/private/budget.json 403 -H "$(basic "$(key_pair)")"
	same_as_canonical /resource/private/budget.json
	get /resource/open.json 200
}

@test "T14 doubled slashes" {
	same_as_canonical //resource/private/budget.json /resource//private/budget.json \
		/resource/private//budget.json ///resource///private///budget.json
	closed /resource/private/budget.json// /resource/private//
}

@test "T14 dot segments" {
	same_as_canonical /./resource/private/budget.json /resource/./private/./budget.json \
		/resource/x/../private/budget.json /x/../resource/private/budget.json \
		/resource/private/x/../budget.json
	closed /resource/private/. /resource/private/x/.. /resource/private/.. \
		/resource/private/budget.json/. /resource/private/budget.json/.. \
		/../resource/private/budget.json /resource/../../resource/private/budget.json \
		/resource/...//private/budget.json
}

@test "T14 dot segments out of an open folder, and out of what has no guard" {
	same_as_canonical /resource/list/../private/budget.json
	closed /ostiary.css/../resource/private/budget.json /login/../resource/private/budget.json \
		/users/current.json/../../resource/private/budget.json \
		/oauth/token/../../resource/private/budget.json \
		/demo/callback/../../resource/private/budget.json \
		/ostiary.css/%2e%2e/resource/private/budget.json \
		/ostiary.css%2f..%2fresource/private/budget.json \
		/login%2f%2e%2e%2fresource/private/budget.json \
		/index.html/../resource/private/budget.json /favicon.ico/../resource/private/budget.json \
		/cgi-bin/../resource/private/budget.json /cgi-bin/protect/../../resource/private/budget.json
}

@test "T14 percent-encoded letters, dots and slashes" {
	same_as_canonical /resource/%70rivate/budget.json /%72esource/%70%72ivate/%62udget.json \
		/resource/%2e/private/budget.json /resource/x/%2e%2e/private/budget.json \
		/resource/x/.%2E/private/budget.json
	closed /resource%2fprivate%2fbudget.json /resource/private%2fbudget.json \
		/resource/list%2f..%2fprivate%2fbudget.json /%2fresource/private/budget.json \
		/resource/list/..%2fprivate/budget.json /resource/%2e%2e%2fresource/private/budget.json
}

@test "T14 encoded twice, cut off, overlong, NUL and control bytes" {
	closed /resource/%2570rivate/budget.json /resource/list/%252e%252e/private/budget.json \
		/resource/private%252fbudget.json /resource/private/budget.json%00 \
		/resource/private/budget.json%00.txt /resource/open.json%00/../private/budget.json \
		/resource/%c0%ae%c0%ae/resource/private/budget.json /resource/%c0%afprivate/budget.json \
		/resource/private/budget.json%0a /resource/private/budget.json%0d%0aX:%20y \
		/resource/private/budget.json%7f /resource/private/budget.json% \
		/resource/private/budget.json%2 /resource/%zzprivate/budget.json /resource/%u0070rivate/budget.json
}

@test "T14 backslashes" {
	closed '/resource\private\budget.json' '/resource/private\budget.json' \
		/resource%5cprivate%5cbudget.json '/resource/list/..\private\budget.json' \
		/resource/list/..%5cprivate/budget.json '\resource\private\budget.json'
}

@test "T14 path parameters" {
	closed '/resource/private;x/budget.json' '/resource;/private/budget.json' \
		'/resource/private/budget.json;x' '/resource/list/..;/private/budget.json' \
		'/resource/private/budget.json;x=/open.json' '/;/resource/private/budget.json'
}

@test "T14 other case" {
	closed /RESOURCE/private/budget.json /resource/PRIVATE/budget.json \
		/resource/private/BUDGET.JSON /Resource/Private/Budget.Json
}

@test "T14 the target in absolute form, and in none" {
	closed "$BASE/resource/private/budget.json" https://localhost/resource/private/budget.json \
		http://x/resource/private/budget.json "${BASE/https/HTTPS}/resource/private/budget.json" \
		"$BASE//resource//private/budget.json" "https://localhost/resource/open.json/../private/budget.json" \
		https://localhost@x/resource/private/budget.json resource/private/budget.json \
		'?/resource/private/budget.json' '*'
	ask "$BASE/resource/open.json"
	[[ $status == 200 || $status == 400 ]]
}

@test "T14 what follows a # or ? is not the path" {
	same_as_canonical '/resource/private/budget.json?/resource/open.json' \
		'/resource/private/budget.json?/../../open.json'
	closed '/resource/private/budget.json#/resource/open.json' \
		'/resource/private/budget.json%3fx' '/resource/private/budget.json%23' \
		'/resource/private/budget.json??x' '/resource/open.json%3f/../private/budget.json'
}

@test "T14 blanks" {
	ask /resource/private/a%20b.json -H "$ADMIN"
	status_is 200
	closed /resource/private/a%20b.json /resource/private/budget.json%20 /resource/private%20/budget.json \
		/%20/resource/private/budget.json
}

@test "a slash behind a file, and a path behind it (PATH_INFO)" {
	closed /resource/private/budget.json/ /resource/private/budget.json/x \
		/resource/private/budget.json/x/y /resource/private/budget.json/../budget.json/x
	# lighttpd serves the file that leads the path, by the file's own line
	req /resource/open.json/x
	if [[ $TRANSPORT == lighttpd ]]; then status_is 200; else status_is 404; fi
}

@test "a line for just one file is not bypassed by the line of its folder" {
	get /resource/list/other.json 200
	get /resource/list/secret.json 401
	get /resource/list/secret.json 403 -H "$(basic "$(key_pair)")"
	get /resource/list/secret.json 200 -H "$ADMIN"
	closed /resource/list/secret.json/ /resource/list/secret.json// /resource/list/secret.json/more \
		/resource/list/secret.json/more/more /resource/list/secret.json/. \
		/resource/list//secret.json /resource/list/./secret.json/ /resource/list/secret.json/x/.. \
		/resource/list/%73ecret.json /resource/list/secret.json%2f /resource/list/secret.json%2fmore \
		/resource/list/secret.json%00 '/resource/list/secret.json;x' /resource/list/secret.json%20 \
		/resource/list/secret.json. /resource/list/SECRET.json /resource/list/other.json/../secret.json
}

@test "folders with and without their slash" {
	get /resource/private/ 401
	get /resource/private/ 200 -H "$ADMIN"
	is '"/resource/private/index.json"' "$body"
	# not the folder of the policy's line: the line of what is around it
	req /resource/private
	[[ $status =~ ^(301|401|403|404)$ ]]
	run -1 grep -q budget "$WORK/body"
}

@test "9110-02 T10 T11 T16 headers that name another path, method or server" {
	local name private=() open=()
	for name in X-Original-URI X-Original-URL X-Rewrite-URL X-Forwarded-Uri \
		X-Forwarded-Path X-Forwarded-Prefix X-Ostiary-Path OSTIARY-PATH OSTIARY_PATH \
		Ostiary.Path Ostiary-Uri OSTIARY_URI Request-Uri REQUEST_URI Path-Info \
		PATH_INFO Script-Name Script-Filename SCRIPT_FILENAME Document-Root; do
		private+=(-H "$name: /resource/open.json")
		open+=(-H "$name: /resource/private/budget.json")
	done
	ask /resource/private/budget.json "${private[@]}"
	status_is 401
	ask /resource/open.json "${open[@]}"
	status_is 200
	is '"/resource/open.json"' "$body"
}

@test "9110-02 T16 T19 headers that name our own parameters" {
	local header
	ask /resource/open.json -X DELETE -H 'X-HTTP-Method-Override: GET' -H 'X-HTTP-Method: GET' \
		-H 'X-Method-Override: GET' -H 'Ostiary-Method: GET' -H 'OSTIARY_METHOD: GET' \
		-H 'Request-Method: GET'
	status_is 403
	for header in 'PROTECT-MODE: serve' 'PROTECT_MODE: forward' 'Protect.Mode: nginx' \
		'FCGI-ROLE: AUTHORIZER' 'FCGI_ROLE: RESPONDER' 'Ostiary-OK: 1' 'OSTIARY_OK: 1' \
		'X-Ostiary-Status: 200' 'X-Ostiary-User: admin' 'Remote-User: admin' 'REMOTE_USER: admin' \
		'Ostiary-Charged: 1' 'OSTIARY_CHARGED: 1' 'Host: elsewhere.example' \
		'User-Agent: kube-probe/1.29' 'User-Agent: GoogleHC/1.0' 'X-Forwarded-For: 10.0.0.1'; do
		ask_all "$header" /resource/private/budget.json
		is 401 "${answers[0]%% *}" "private with $header"
	done
}

@test "T13 a path in the query is not the path" {
	get '/resource/private/budget.json?path=/resource/open.json' 401
	get '/resource/private/budget.json?OSTIARY_PATH=/resource/open.json' 401
}

@test "names of the guard's own are nothing to ask for" {
	closed /_ostiary/protect /_ostiary/protect/resource/private/budget.json \
		/cgi-bin/protect /cgi-bin/ /cgi-bin/protect/ /protect /protect/resource/private/budget.json \
		/@ostiary_deny /cgi-bin/protect/resource/private/budget.json \
		/cgi-bin/login/../protect/resource/private/budget.json /cgi-bin/authorize.d
	# a CGI program by its own name decides by what follows it
	ask /cgi-bin/protect/resource/private/budget.json
	[[ $TRANSPORT == cgi ]] || is 403 "$status"
	[[ $TRANSPORT != cgi ]] || is 401 "$status"
}
