# Shared by the end-to-end tests: one real server per test file, on free ports,
# with a state of its own below a temporary folder.
#	TRANSPORT=nginx|lighttpd|cgi	the web server (scripts/serve --server)
#	B=build				the build that is tested
# After start_server: $BASE (https), $PLAIN (http), $STATE, $CONF.

bats_require_minimum_version 1.5.0
top=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
: "${TRANSPORT:=nginx}" "${B:=build}"
[[ $B = /* ]] || B=$top/$B
export OSTIARY_LIBEXEC=$B/cgi-bin OSTIARY_BIN=$B/ostiary

# A port that nobody listens on, outside the range of outgoing connections.
free_port() {
	local port
	while :; do
		port=$((10000 + RANDOM % 20000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# wait_until SECONDS COMMAND...: polls; fails when the time is over.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.05
	done
}

# start_server [LINE...]: LINEs are appended to ostiary.conf. The policy is
# $POLICY if set, else the one of DESIGN's example and the demo's open pages.
start_server() {
	local https http
	STATE=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-e2e.XXXXXX")
	https=$(free_port) http=$(free_port)
	BASE=https://localhost:$https PLAIN=http://localhost:$http
	CONF=$STATE/ostiary.conf
	{
		printf '%s\n' "issuer = $BASE" 'state = gdbm:state' \
			'policy = policy' "log = $STATE/decisions.log" \
			'password_cost = ln=10,r=8,p=1' \
			'limit_anonymous = 100000/15m' \
			'limit_user = 100000/15m' 'limit_app = 100000/15m' \
			'limit_login = 1000/15m' \
			'limit_login_address = 100000/15m' \
			"protect_root = ${ROOT:-$top/www/demo}"
		(($# == 0)) || printf '%s\n' "$@"
	} >"$CONF"
	printf '%s\n' "${POLICY:-$default_policy}" >"$STATE/policy"
	SERVE_ARGS=(--server "$TRANSPORT" --https-port "$https"
		--http-port "$http" --state "$STATE"
		--root "${ROOT:-$top/www/demo}" --workers 2 --demo)
	launch
	export STATE CONF BASE PLAIN SERVE_PID
}

launch() {
	"$top/scripts/serve" "${SERVE_ARGS[@]}" >"$STATE.out" 2>"$STATE.err" 3>&- &
	SERVE_PID=$!
	wait_until 30 server_is_decided && grep -q '^ready ' "$STATE.out" && return
	cat "$STATE.out" "$STATE.err" >&2
	return 1
}

server_is_decided() {
	grep -q '^ready ' "$STATE.out" || ! kill -0 "$SERVE_PID" 2>/dev/null
}

# Ends what start_server started; fails when it left something behind.
stop_server() {
	local ended=0
	[[ -n ${SERVE_PID:-} ]] || return 0
	kill -TERM "$SERVE_PID" 2>/dev/null || true
	wait "$SERVE_PID" || ended=$?
	((ended == 0)) || { cat "$STATE.err" >&2; }
	rm -rf "$STATE" "$STATE.out" "$STATE.err"
	unset SERVE_PID
	return "$ended"
}

default_policy='
GET,HEAD  /demo/              anyone
GET,HEAD  /index.html         anyone
GET,HEAD  /                   anyone
GET,HEAD  /resource/private/  user
GET,HEAD  /resource/          app
*         /resource/          user
*         /v1/                user
'

# The demo's accounts: demo .key.key_secret, demo '.users[0].password'.
demo() { jq -r "$1" "$STATE/demo.json"; }

# The command, on this state.
ost() { "$B/ostiary" -c "$CONF" "$@"; }

# req PATH-OR-URL [curl option...]: sets $status, $body; headers for header().
req() {
	local url=$1
	shift
	[[ $url = http* ]] || url=$BASE$url
	: "${WORK:=$BATS_TEST_TMPDIR}"
	: >"$WORK/headers"
	: >"$WORK/body"
	status=$(curl -sS --path-as-is --max-time 20 --cacert "$STATE/tls.crt" \
		-D "$WORK/headers" -o "$WORK/body" -w '%{http_code}' "$@" "$url") || true
	body=$(tr -d '\0' <"$WORK/body")
}

# The value of a header of the last answer (the last one, if several).
header() { header_all "$1" | tail -n 1; }
header_all() {
	awk -v name="$1" 'BEGIN { IGNORECASE = 1 }
		{ sub(/\r$/, "") } /^HTTP\// { n = 0 }
		{ i = index($0, ":")
		  if (i && tolower(substr($0, 1, i - 1)) == tolower(name)) {
			v = substr($0, i + 1); sub(/^ +/, "", v); found[n++] = v } }
		END { for (j = 0; j < n; j++) print found[j] }' "$WORK/headers"
}
header_count() { header_all "$1" | wc -l; }
json() { jq -r "$1" <<<"$body"; }

# Assertions that say what they saw.
is() { # WANT GOT WHAT
	[[ $1 == "$2" ]] && return
	printf '%s: wanted "%s", got "%s"\nstatus %s body: %s\n' \
		"${3:-value}" "$1" "$2" "${status:-}" "${body:-}" >&2
	cat "$WORK/headers" >&2
	return 1
}
status_is() { is "$1" "$status" status; }
code_is() { is "$1" "$(json .code)" code; }

basic() { printf 'Authorization: Basic %s' "$(printf %s "$1" | base64 -w0)"; }
bearer() { printf 'Authorization: Bearer %s' "$1"; }
key_pair() { demo '.key | "\(.key_id):\(.key_secret)"'; }
user_pair() { demo ".users[] | select(.userName == \"$1\") | \"\(.userName):\(.password)\""; }
login_token() { # USER
	req /login -H "$(basic "$(user_pair "$1")")"
	json .access_token
}
