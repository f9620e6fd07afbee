# What a backend behind the guard learns of the caller, and what not (DESIGN
# section 2; T07, T19, T22, T23, H22). The backend is echo.py, once as an HTTP
# proxy's target (/http/, /open/) and once as FastCGI (/fcgi/).
load lib

configure() {
	local port
	free_port port
	mkdir -p "$STATE"/etc/{nginx,lighttpd,cgi}/site.d
	ECHO_LOG=$STATE/echo.log
	: >"$ECHO_LOG"
	/usr/bin/python3 "$top/tests/e2e/echo.py" "$port" "$STATE/echo.sock" "$ECHO_LOG" \
		>"$STATE/echo.out" 2>&1 3>&- &
	ECHO_PID=$!
	cat >"$STATE/etc/nginx/site.d/echo.conf" <<-EOF
		location ~ ^/(http|open)/ {
			client_max_body_size 0;
			include $STATE/etc/nginx/ostiary_to_proxy.conf;
			proxy_pass http://127.0.0.1:$port;
		}
		location /fcgi/ {
			client_max_body_size 0;
			include $STATE/etc/nginx/ostiary_to_fastcgi.conf;
			fastcgi_pass unix:$STATE/echo.sock;
		}
	EOF
	cat >"$STATE/etc/lighttpd/site.d/echo.conf" <<-EOF
		\$HTTP["url"] =~ "^/(http|open)/" {
			proxy.server = ( "" => (( "host" => "127.0.0.1", "port" => $port )) )
		}
		\$HTTP["url"] =~ "^/fcgi/" {
			fastcgi.server = ( "/" => ( ostiary_guard,
				( "socket" => "$STATE/echo.sock", "check-local" => "disable" ) ) )
		}
	EOF
	wait_until 10 test -S "$STATE/echo.sock"
}

setup_file() {
	# Plain CGI has no guard in front of a backend: protect serves files.
	[[ $TRANSPORT != cgi ]] || return 0
	POLICY='
*  /open/  anyone
*  /http/app/  app
*  /http/  user
*  /fcgi/  user
' start_server
	ACCESS=$(access_token editor 'read write')
	head -c 300000 /dev/urandom | base64 -w0 | head -c 300000 >"$STATE/upload"
	export ACCESS ECHO_LOG
}
teardown_file() {
	[[ -z ${ECHO_PID:-} ]] || kill "$ECHO_PID"
	stop_server
}
setup() { [[ $TRANSPORT != cgi ]] || skip 'plain CGI has no backend behind the guard'; }

# The value of a header or parameter that reached the backend, by the name of
# its CGI variable less HTTP_; several, in whatever spelling, are several lines.
got() {
	jq -r --arg n "$1" '.vars | to_entries[] | select((.key | ascii_upcase
		| gsub("[^A-Z0-9]"; "_") | sub("^HTTP_"; "")) == $n and .value != "") | .value' "$WORK/body"
}

@test "an API key: name, id and roles, and no credential" {
	local path
	for path in /http/a /fcgi/a; do
		get "$path" 200 -H "$(basic "$(key_pair)")"
		is reader "$(got X_REMOTE_USER)"
		is "$(ost user show reader --json | jq -r .id)" "$(got X_OSTIARY_USER_ID)"
		is reader "$(got X_OSTIARY_ROLES)"
		is '' "$(got X_OSTIARY_APP)$(got X_OSTIARY_SCOPE)"
		is '' "$(got AUTHORIZATION)"
		run -1 grep -q "$(demo .key.key_secret)" "$WORK/body"
	done
	is reader "$(json .vars.REMOTE_USER)"
}

@test "the token of an application: app and scope besides" {
	local path
	for path in /http/a /fcgi/a; do
		get "$path" 200 -H "Authorization: OAuth $ACCESS"
		is editor "$(got X_REMOTE_USER)"
		is 'reader editor' "$(got X_OSTIARY_ROLES)"
		is "$(demo .app.client_id)" "$(got X_OSTIARY_APP)"
		is 'read write' "$(got X_OSTIARY_SCOPE)"
		is '' "$(got AUTHORIZATION)"
	done
}

@test "an app token names an application and nobody" {
	get /http/app/a 200 -H "X-App-Token: $(demo .app.client_id)"
	is "$(demo .app.client_id)" "$(got X_OSTIARY_APP)"
	is '' "$(got X_REMOTE_USER)$(got REMOTE_USER)$(got X_OSTIARY_USER_ID)$(got X_OSTIARY_ROLES)$(got X_OSTIARY_SCOPE)"
}

@test "nobody is nobody" {
	get /open/a 200
	is '' "$(got X_REMOTE_USER)$(got REMOTE_USER)$(got X_OSTIARY_USER_ID)$(got X_OSTIARY_ROLES)$(got X_OSTIARY_APP)$(got X_OSTIARY_SCOPE)"
}

spoofs=()
for name in X-Remote-User X_Remote_User x.remote.user 'X~Remote~User' X-REMOTE-USER X-Remote_User \
	X-Ostiary-User-Id x_ostiary_user_id X-Ostiary.User.Id X-Ostiary-Roles X_OSTIARY_ROLES \
	X-Ostiary-App X-Ostiary.App X-Ostiary-Scope x_ostiary_scope X-Ostiary-User X-Ostiary-Status; do
	spoofs+=(-H "$name: spoofed")
done

@test "9110-02 9700-09 T23 what a client says under those names is gone, in every spelling" {
	local name
	get /open/a 200 "${spoofs[@]}"
	for name in X_REMOTE_USER REMOTE_USER X_OSTIARY_USER_ID X_OSTIARY_ROLES X_OSTIARY_APP X_OSTIARY_SCOPE; do
		is '' "$(got "$name")" "$name of nobody"
	done
	for path in /http/a /fcgi/a; do
		get "$path" 200 "${spoofs[@]}" -H "$(basic "$(key_pair)")"
		is reader "$(got X_REMOTE_USER)"
		is reader "$(got X_OSTIARY_ROLES)"
		is "$(ost user show reader --json | jq -r .id)" "$(got X_OSTIARY_USER_ID)"
		is '' "$(got X_OSTIARY_APP)$(got X_OSTIARY_SCOPE)"
	done
	is reader "$(json .vars.REMOTE_USER)"
}

@test "T07 Proxy: does not become HTTP_PROXY" {
	get /http/a 200 -H 'Proxy: http://evil.example' -H "$(basic "$(key_pair)")"
	is '' "$(got PROXY)"
	get /fcgi/a 200 -H 'Proxy: http://evil.example' -H "$(basic "$(key_pair)")"
	is '' "$(got PROXY)"
}

@test "method, query and other headers arrive as they were" {
	local method
	for method in GET POST PUT PATCH DELETE; do
		# lighttpd writes escapes in upper case
		get '/http/a%20b?x=%2F&y=1&y=2' 200 -X "$method" -d '' -H 'X-Mine: v' -H "$(basic "$(key_pair)")"
		is "$method" "$(json .method)"
		is '/http/a%20b?x=%2F&y=1&y=2' "$(json .uri)"
		is v "$(got X_MINE)"
	done
}

@test "a body of 300 kB arrives unchanged, with a length and in chunks" {
	local sum path method
	sum=$(sha256sum <"$STATE/upload")
	for path in /http/a /fcgi/a; do
		for method in POST PUT; do
			get "$path" 200 -X "$method" --data-binary "@$STATE/upload" -H "$(basic "$(key_pair)")"
			is "300000 ${sum%% *}" "$(json '"\(.size) \(.sha256)"')" "body at $path"
		done
		get "$path" 200 -T "$STATE/upload" --http1.1 -H 'Transfer-Encoding: chunked' \
			-H "$(basic "$(key_pair)")"
		is "300000 ${sum%% *}" "$(json '"\(.size) \(.sha256)"')" "chunked body at $path"
	done
}

@test "401 before the upload, and the backend hears nothing" {
	local before=$EPOCHSECONDS lines
	lines=$(wc -l <"$ECHO_LOG")
	# the whole of it would take 30 s
	req /http/slow --http1.1 --data-binary "@$STATE/upload" --limit-rate 10k
	status_is 401
	((EPOCHSECONDS - before < 12))
	req /fcgi/slow --data-binary "@$STATE/upload"
	status_is 401
	req /http/slow -X DELETE -H "$(basic reader:wrong)"
	status_is 401
	is "$lines" "$(wc -l <"$ECHO_LOG")" 'requests at the backend'
}

@test "the guard's headers go out once, the backend's copies do not" {
	local path
	for path in /http/a /fcgi/a; do
		get "$path" 200 -H "$(basic "$(key_pair)")"
		is 100000 "$(header_all X-RateLimit-Limit)" X-RateLimit-Limit
		is 1 "$(header_count X-RateLimit-Remaining)"
		is 1 "$(header_count X-RateLimit-Reset)"
		is 1 "$(header_count X-Request-Id)"
		is "$(header X-Request-Id)" "$(got X_REQUEST_ID)" 'id at the backend'
		[[ $(header X-Request-Id) != backend ]]
		is yes "$(header X-Backend)"
		is 0 "$(header_all X-Ostiary-User | wc -l)" 'identity in the answer'
		is 0 "$(header_all X-Ostiary-User-Id | wc -l)" 'identity in the answer'
	done
}

@test "T22 a client that goes away costs no worker" {
	local i before
	before=$(workers protect | sort)
	for i in 1 2 3 4 5 6; do
		timeout 0.1 curl -s --cacert "$STATE/tls.crt" --data-binary "@$STATE/upload" \
			--limit-rate 10k -H "$(basic "$(key_pair)")" "$BASE/http/a" -o /dev/null || true
	done
	get /http/a 200 -H "$(basic "$(key_pair)")"
	is "$before" "$(workers protect | sort)" workers
}
