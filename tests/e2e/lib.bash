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

# free_port VARIABLE...: ports that nobody listens on, none twice, outside the
# range of outgoing connections. The suites that run side by side choose from
# ranges of their own, and scripts/serve from another: between the choice and
# the use nobody else takes them.
ports_chosen=' '
free_port() {
	local choice variable from=10000
	case $TRANSPORT in
	cgi) from=13000 ;;
	lighttpd) from=16000 ;;
	esac
	for variable; do
		while :; do
			choice=$((from + RANDOM % 3000))
			[[ $ports_chosen != *" $choice "* ]] || continue
			(exec 3<>"/dev/tcp/127.0.0.1/$choice") 2>/dev/null || break
		done
		ports_chosen+="$choice "
		printf -v "$variable" %s "$choice"
	done
}

# wait_until SECONDS COMMAND...: polls; fails when the time is over, which is
# long enough for a machine with much other work: it costs time only then.
wait_until() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS <= end)) || return 1
		sleep 0.05
	done
}

# A duration of about 15 minutes, in seconds, whose window (aligned to the
# clock) does not end within the next ten minutes and so not within a file.
window() {
	local seconds=900
	while ((seconds - EPOCHSECONDS % seconds < 600)); do ((seconds += 7)); done
	echo "${seconds}s"
}

# window_has SECONDS: that much is left of the window of 15 minutes that a limit
# of the programs' own has, or else of the next, for which it waits.
window_has() {
	while ((900 - EPOCHSECONDS % 900 < $1)); do sleep 0.1; done
}

# make_root PATH...: a document root of the test's own, whose files hold their
# own path. The programs' user can read it, which it cannot the folders of bats.
make_root() {
	local path
	ROOT=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-www.XXXXXX")
	for path; do
		mkdir -p "$ROOT${path%/*}"
		printf '"%s"\n' "$path" >"$ROOT$path"
	done
	chmod -R a+rX "$ROOT"
	export ROOT
}

# start_server [LINE...]: LINEs are appended to ostiary.conf. The policy is
# $POLICY if set, else the one of DESIGN's example and the demo's open pages.
# A function configure of the file is called before the start.
start_server() {
	local https http
	STATE=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-e2e.XXXXXX")
	free_port https http
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
	[[ -z $(type -t configure) ]] || configure
	launch
	export STATE CONF BASE PLAIN SERVE_PID
}

# In place of $POLICY for the running instance, by rename: no program reads
# half of it. The inode is a new one, so that no clock is too coarse.
set_policy() {
	printf '%s\n' "$1" >"$STATE/policy.new"
	chmod 644 "$STATE/policy.new"
	mv -f "$STATE/policy.new" "$STATE/policy"
}

launch() {
	: >"$STATE.out" # no "ready" of an earlier run
	"${SERVE:-$top/scripts/serve}" "${SERVE_ARGS[@]}" >"$STATE.out" 2>"$STATE.err" 3>&- &
	SERVE_PID=$!
	wait_until 90 server_is_decided && grep -q '^ready ' "$STATE.out" && return
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
	[[ ${ROOT:-} != */ostiary-www.* ]] || rm -rf "$ROOT"
	unset SERVE_PID
	return "$ended"
}

default_policy='
GET,HEAD  /demo/              anyone
GET,HEAD  /index.html         anyone
GET,HEAD  /resource/private/  user
GET,HEAD  /resource/          app
*         /resource/          user
*         /v1/                user
'

# The demo's accounts: demo .key.key_secret, demo '.users[0].password'.
demo() { jq -r "$1" "$STATE/demo.json"; }

# The command, on this state.
ost() { "$B/ostiary" -c "$CONF" "$@"; }

# Where a test keeps its files; for one that asks nothing first, too. A file with
# a setup of its own either sets it or begins with a request.
setup() { WORK=$BATS_TEST_TMPDIR; }

# req PATH-OR-URL [curl option...]: sets $status, $body; headers for header();
# $req_began and $req_ended: when, in microseconds.
req() {
	local url=$1
	shift
	[[ $url = http* ]] || url=$BASE$url
	: "${WORK:=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}}"
	: >"$WORK/headers"
	: >"$WORK/body"
	req_began=${EPOCHREALTIME/[.,]/}
	status=$(curl -sS --path-as-is --max-time 60 --cacert "$STATE/tls.crt" \
		-D "$WORK/headers" -o "$WORK/body" -w '%{http_code}' "$@" "$url") || true
	req_ended=${EPOCHREALTIME/[.,]/}
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

# get PATH WANTED-STATUS [curl option...]: one line for one case of a table.
get() {
	local path=$1 want=$2
	shift 2
	req "$path" "$@"
	is "$want" "$status" "status of $path ${*//$'\n'/ }"
}

# raw TEXT: bytes over TLS that curl would not send, as one request. Answer as
# with req().
raw() {
	local address=${BASE#https://}
	: "${WORK:=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}}"
	printf '%b' "$1" | timeout 10 openssl s_client -quiet -no_ign_eof -ign_eof \
		-connect "127.0.0.1:${address##*:}" -servername localhost \
		>"$WORK/raw" 2>/dev/null || true
	split_answer "$WORK/raw"
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$WORK/headers")
}
# head_of PATH WANTED-STATUS [HEADER]: HEAD, and that no byte of a body comes,
# which curl would not notice.
head_of() {
	raw "HEAD $1 HTTP/1.1\\r\\nHost: ${BASE#*//}\\r\\nConnection: close\\r\\n${3:+$3\\r\\n}\\r\\n"
	is "$2" "$status" "status of HEAD $1"
	is '' "$body" "body of HEAD $1"
}
split_answer() { # FILE
	sed -n '1,/^\r*$/p' "$1" >"$WORK/headers"
	sed '1,/^\r*$/d' "$1" >"$WORK/body"
	body=$(tr -d '\0' <"$WORK/body")
}

# hold_permits: nobody gets a permit to hash a password until give_permits.
hold_permits() {
	local i fd permit
	permits_held=()
	for ((i = 0; i < $(getconf _NPROCESSORS_ONLN); i++)); do
		permit=$STATE/state/rates/permit.$i
		[[ -e $permit ]] || (umask 077 && as_user touch "$permit")
		exec {fd}<"$permit"
		wait_until 20 flock -n "$fd"
		permits_held+=("$fd")
	done
}
give_permits() {
	local fd
	for fd in "${permits_held[@]}"; do exec {fd}<&-; done
}

# As the programs run: they own the state.
as_user() {
	if ((EUID == 0)); then
		setpriv --reuid=www-data --regid=www-data --init-groups -- "$@"
	else
		"$@"
	fi
}

# cgi PROGRAM [NAME=VALUE...]: runs a program of the build as plain CGI with
# exactly these variables and, before them, those of a GET over https; an
# empty value stays out. $CGI_PREFIX stands before the program. The body comes
# from standard input.
cgi() {
	local program=$1 pair vars=()
	local -A known=([GATEWAY_INTERFACE]=CGI/1.1 [REQUEST_METHOD]=GET
		[REQUEST_SCHEME]=https [HTTPS]=on [REMOTE_ADDR]=127.0.0.1
		[OSTIARY_CONF]=$CONF)
	shift
	for pair; do known[${pair%%=*}]=${pair#*=}; done
	for pair in "${!known[@]}"; do
		[[ -z ${known[$pair]} ]] || vars+=("$pair=${known[$pair]}")
	done
	: "${WORK:=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}}"
	as_user env -i "${vars[@]}" ${CGI_PREFIX:-} "$B/cgi-bin/$program" \
		2>"$WORK/stderr" | cat >"$WORK/raw" || true
	split_answer "$WORK/raw"
	status=$(header Status)
	status=${status%% *}
}

# The last decision that was logged for a request id, as JSON.
# A program writes its line when the answer has gone out.
decision() {
	wait_until 20 grep -qF "\"request_id\":\"$1\"" "$STATE/decisions.log"
	grep -F "\"request_id\":\"$1\"" "$STATE/decisions.log" | tail -n 1
}

# user_key NAME: makes a user with a key, prints the pair for basic().
user_key() {
	printf '%s-password\n' "$1" | ost user add "$1" --password-stdin >/dev/null
	ost key add "$1" --name test --json | jq -r '"\(.key_id):\(.key_secret)"'
}

workers() { # PROGRAM: the process ids of this instance's workers, one a line
	local pid
	for pid in $(pgrep -x "${1:0:15}"); do # all that the kernel keeps of a name
		[[ $(readlink "/proc/$pid/exe") != "$B/cgi-bin/$1" ]] ||
			! grep -qzFx "OSTIARY_CONF=$CONF" "/proc/$pid/environ" || echo "$pid"
	done
}

basic() { printf 'Authorization: Basic %s' "$(printf %s "$1" | base64 -w0)"; }
bearer() { printf 'Authorization: Bearer %s' "$1"; }
key_pair() { demo '.key | "\(.key_id):\(.key_secret)"'; }
user_pair() { demo ".users[] | select(.userName == \"$1\") | \"\(.userName):\(.password)\""; }
login_token() { # USER
	req /login -H "$(basic "$(user_pair "$1")")"
	json .access_token
}

# The value of a hidden field in the last page.
hidden() {
	sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" <<<"$body" | head -n 1 |
		sed 's/&amp;/\&/g; s/&quot;/"/g; s/&#39;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g'
}

# access_token USER [SCOPE]: a token of the demo's application for that user,
# by the whole flow: sign in, allow, exchange the code.
access_token() {
	local jar=$BATS_FILE_TMPDIR/jar.$RANDOM query pair uri code
	set -- "$1" "${2:-}"
	pair=$(user_pair "$1")
	uri=$(demo .app.redirect_uri)
	query="response_type=code&client_id=$(demo .app.client_id)&scope=${2// /%20}&state=s"
	query+="&redirect_uri=$(jq -rn --arg u "$uri" '$u | @uri')"
	req "/oauth/authorize?$query" -c "$jar" -b "$jar"
	req /oauth/authorize -c "$jar" -b "$jar" --data-urlencode "username=${pair%%:*}" \
		--data-urlencode "password=${pair#*:}" \
		--data-urlencode "request=$(hidden request)" --data-urlencode "csrf=$(hidden csrf)"
	req "/oauth/authorize?$query" -c "$jar" -b "$jar"
	req /oauth/authorize -c "$jar" -b "$jar" -d decision=allow \
		--data-urlencode "request=$(hidden request)" --data-urlencode "csrf=$(hidden csrf)"
	code=$(header Location | sed 's/.*[?&]code=\([^&]*\).*/\1/')
	req /oauth/access_token -d grant_type=authorization_code -d "code=$code" \
		--data-urlencode "redirect_uri=$uri" -d "client_id=$(demo .app.client_id)" \
		-d "client_secret=$(demo .app.client_secret)"
	json .access_token
}
