# For the tests with real client libraries: after `load ../e2e/lib` and `load
# clients`. One nginx with the demo's users, and applications of each kind,
# which the libraries' programs find in the environment:
#	ISSUER			the site
#	WEB_ID, WEB_SECRET	confidential, with a callback prefix
#	NATIVE_ID		public: PKCE and no secret
#	ES256_ID, ES256_SECRET	its id_token is signed with ES256
#	SERVICE_ID, SERVICE_SECRET	has a scope of its own, may introspect
#	TV_ID			public, for a device
#	REDIRECT_URI		the callback of all of them
#	PERSON			the browser's stand-in, signed in as reader,
#				whose mail address is PERSON_EMAIL

# app_env PREFIX NAME OPTION...: makes an application, exports its id and secret.
app_env() {
	local made prefix=$1 name=$2
	shift 2
	made=$(ost --json app add "$name" --owner admin "$@") || return
	printf -v "${prefix}_ID" %s "$(jq -r .client_id <<<"$made")"
	printf -v "${prefix}_SECRET" %s "$(jq -r '.client_secret // empty' <<<"$made")"
	export "${prefix}_ID" "${prefix}_SECRET"
}

start_clients() {
	TRANSPORT=nginx start_server
	export ISSUER=$BASE REDIRECT_URI=$BASE/demo/callback
	export PERSON=$top/tests/clients/person PERSON_USER=reader PERSON_EMAIL=reader@example.org
	PERSON_PASSWORD=$(demo '.users[] | select(.userName == "reader") | .password')
	export PERSON_PASSWORD
	ost user set reader --email "$PERSON_EMAIL" >/dev/null
	# The certificate is nobody's but the demo's own.
	export SSL_CERT_FILE=$STATE/tls.crt REQUESTS_CA_BUNDLE=$STATE/tls.crt NODE_EXTRA_CA_CERTS=$STATE/tls.crt
	app_env WEB "Web application" --callback-prefix "$BASE/demo"
	app_env NATIVE "Native application" --public --redirect-uri "$REDIRECT_URI"
	app_env ES256 "Web application" --callback-prefix "$BASE/demo" --id-token-alg ES256
	app_env SERVICE Service --own-scope trees.read --introspect yes --callback-prefix "$BASE/demo"
	app_env TV Television --public --redirect-uri "$REDIRECT_URI"
}

# says COMMAND...: it ends well, and its last word is done.
says_done() {
	local said
	export PERSON_JAR=$BATS_TEST_TMPDIR/jar
	said=$(timeout 60 "$@" 2>&1) || { printf '%s\n' "$said" >&2; return 1; }
	[[ ${said##*$'\n'} == done ]] || { printf '%s\n' "$said" >&2; return 1; }
}

# node_clients: the libraries of package-lock.json, and the clients beside
# them, where an import looks for them.
node_clients() {
	NODE_CLIENTS=$top/build/clients
	export NODE_CLIENTS
	"$top/tests/fetch-npm" clients && cp -- "$top"/tests/clients/*.mjs "$NODE_CLIENTS/"
}
