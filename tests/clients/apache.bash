# An Apache with mod_auth_openidc, after start_clients: a site of its own on
# another address than Ostiary's, below a temporary folder.
#	SITE		its address
#	APACHE		its folder

# start_apache CONFIGURATION [-c DIRECTIVE]... [OPTION...]: a file of this folder
# and directives behind it, with a new application of these options. Its
# environment is what stands for ${...} in the files.
start_apache() {
	local directives=() configuration=$BATS_TEST_DIRNAME/$1
	shift
	while [[ ${1-} == -c ]]; do
		directives+=(-c "$2")
		shift 2
	done
	free_port APACHE_PORT
	APACHE=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-apache.XXXXXX")
	SITE=https://127.0.0.1:$APACHE_PORT
	mkdir -p "$APACHE/www/editors" "$APACHE/www/trees"
	echo '<!--#printenv -->' | tee "$APACHE/www/index.html" "$APACHE/www/editors/index.html" >"$APACHE/www/trees/index.html"
	cp "$STATE/tls.crt" "$STATE/tls.key" "$APACHE"
	((EUID != 0)) || chown -R www-data: "$APACHE"
	app_env CLIENT "Apache" --redirect-uri "$SITE/signed-in" "$@"
	: "${CLIENT_SECRET:=none}" # a public one's; Apache wants a word
	OSTIARY=$BASE PASSPHRASE=$(openssl rand -hex 32) CONFIGURATION=$configuration
	export APACHE APACHE_PORT SITE OSTIARY PASSPHRASE CONFIGURATION
	as_user /usr/sbin/apache2 -f "$BATS_TEST_DIRNAME/apache.conf" "${directives[@]}" -D FOREGROUND \
		>"$APACHE/start.log" 2>&1 3>&- &
	APACHE_PID=$!
	wait_until 30 apache_is_decided
	kill -0 "$APACHE_PID" 2>/dev/null || { cat "$APACHE"/*.log >&2; return 1; }
}
apache_is_decided() {
	! kill -0 "$APACHE_PID" 2>/dev/null || (exec 4<>"/dev/tcp/127.0.0.1/$APACHE_PORT") 2>/dev/null
}

# The log is shown for a test that failed.
stop_apache() {
	[[ -n ${APACHE_PID:-} ]] || return 0
	kill -TERM "$APACHE_PID" 2>/dev/null || true
	wait "$APACHE_PID" || true
	[[ -n ${BATS_TEST_COMPLETED:-} ]] || cat "$APACHE/error.log" >&2
	rm -rf "$APACHE"
	unset APACHE_PID
}

# browse PATH-OR-URL [allow|deny]: the person does; $status, $address, $body.
browse() {
	local said url=$1
	shift
	[[ $url == http* ]] || url=$SITE$url
	said=$("$PERSON" --visit "$url" "$@")
	{ IFS= read -r status && IFS= read -r address && body=$(cat); } <<<"$said"
}

# told NAME: what the module told the page; nothing if it did not.
told() { sed -n "s/^$1=//p" <<<"$body" | sed 's/&quot;/"/g; s/&amp;/\&/g; s/&#39;/'"'"'/g'; }
tells() { is "$2" "$(told "$1")" "$1"; }
