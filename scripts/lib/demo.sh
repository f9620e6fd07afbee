# Part of scripts/serve: --demo, users and an application to try things with.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of serve and its other parts

# Sixteen characters in four groups: 80 bits, and a human can type it.
make_password() {
	head -c 10 /dev/urandom | base32 | tr '[:upper:]' '[:lower:]' | sed 's/..../&-/g; s/-$//'
}

# demo_command STDIN ARGUMENT...: the command's answer on stdout, or the end
demo_command() {
	local input=$1 errors=$state/log/demo.log
	shift
	# no pipe: the command may end before its input is written to it
	ostiary "$@" --json <<<"$input" 2>"$errors" || {
		sed 's/^/    /' "$errors" >&2
		die 3 "--demo: ostiary $1 $2 failed; the state in $state is filled in part, remove it to begin again"
	}
}

demo_fill() {
	local url=$base_url name role password json users=()
	json=$(demo_command '' user list)
	if [[ $(jq length <<<"$json") != 0 ]]; then
		[[ -e $state/demo.json ]] || note "the state has users already: --demo leaves it as it is"
		return
	fi
	for name in reader editor admin; do
		local roles=("$name") options=()
		[[ $name != editor ]] || roles=(reader editor)
		for role in "${roles[@]}"; do
			options+=(--role "$role")
		done
		password=$(make_password)
		json=$(demo_command "$password" user add "$name" "${options[@]}" --password-stdin)
		# Secrets go to jq by its environment, for others can see arguments.
		users+=("$(PASSWORD=$password jq -cn --argjson user "$json" \
			'{userName: $user.userName, password: env.PASSWORD, roles: $ARGS.positional}' --args -- "${roles[@]}")")
	done
	# Only the prefix is registered, as the callback prefix is what the demo
	# shows; the address that the application uses lies below it.
	local app key
	app=$(demo_command '' app add 'Tree Explorer' --owner admin --callback-prefix "$url/demo")
	key=$(demo_command '' key add reader --name demo)
	printf '%s\n' "${users[@]}" | APP=$app KEY=$key jq -s --arg https "$url" \
		--arg http "http://localhost:$http_port" '(env.APP | fromjson) as $app | (env.KEY | fromjson) as $key | {
			https: $https, http: $http, users: .,
			app: {client_id: $app.client_id, client_secret: $app.client_secret,
				callback_prefix: ($https + "/demo"), redirect_uri: ($https + "/demo/callback")},
			key: {key_id: $key.key_id, key_secret: $key.key_secret}
		}' >"$state/demo.json.new"
	mv -f -- "$state/demo.json.new" "$state/demo.json"
}

demo_print() {
	[[ -e $state/demo.json ]] || return 0
	local url curl client secret redirect key key_secret name password
	read -r url client secret redirect key key_secret < <(jq -r '[.https, .app.client_id, .app.client_secret,
		.app.redirect_uri, .key.key_id, .key.key_secret] | join(" ")' "$state/demo.json")
	read -r name password < <(jq -r '.users[0] | .userName + " " + .password' "$state/demo.json")
	[[ $url == "$base_url" ]] ||
		note "$state/demo.json is of $url; its callback address does not fit this port"
	curl="curl --cacert $state/tls.crt"
	# The redirect URI is a parameter of a URL here.
	redirect=$(jq -rn --arg r "$redirect" '$r | @uri')

	printf '\nOpen this in a browser:\n  %s/\n\nUsers (also in %s):\n' "$url" "$state/demo.json"
	jq -r '.users[] | "  \(.userName)\t\(.password)\t\(.roles | join(", "))"' "$state/demo.json"
	cat <<-EOF

		In a terminal where you paste lines that the pages show, first paste this:
		  export CURL_CA_BUNDLE=$state/tls.crt

		An API key, with HTTP Basic:
		  $curl -u $key:$key_secret $url/v1/projects/
		A password buys a token for ten minutes, the token opens the door:
		  TOKEN=\$($curl -s -u $name:$password $url/login | jq -r .access_token)
		  $curl -H "Authorization: Bearer \$TOKEN" $url/resource/private/budget.json
		An application's token, enough to read public data:
		  $curl -H 'X-App-Token: $client' $url/resource/trees.json

		OAuth 2.0: open this in a browser, sign in as $name, allow it:
		  $url/oauth/authorize?client_id=$client&response_type=code&redirect_uri=$redirect&state=demo
		The page you come back to shows a code. Within a minute, exchange it:
		  CODE=...
		  TOKEN=\$($curl -s -d '' "$url/oauth/access_token?client_id=$client&client_secret=$secret&grant_type=authorization_code&redirect_uri=$redirect&code=\$CODE" | jq -r .access_token)
		  $curl -H "Authorization: OAuth \$TOKEN" $url/users/current.json

	EOF
}
