# The sample application of sample_app.rb, a real OAuth client library, while
# the browser's stand-in plays the person in front of it.
load lib
load oauth

setup_file() {
	start_server
	demo_app
	export CLIENT_ID=$CLIENT CLIENT_SECRET=$SECRET CA_FILE=$STATE/tls.crt
}
teardown_file() { stop_server; }
setup() {
	browser
	out=$BATS_TEST_TMPDIR/out
	mkfifo "$BATS_TEST_TMPDIR/in"
}
teardown() {
	[[ -z ${app:-} ]] || ! kill "$app" 2>/dev/null || wait "$app" || true
}

# begin REDIRECT_URI: starts it; $url is the address that it prints.
begin() {
	: >"$out" # not the address that an earlier one printed
	ruby "$BATS_TEST_DIRNAME/sample_app.rb" "$BASE" "$1" <"$BATS_TEST_TMPDIR/in" >"$out" 2>&1 3>&- &
	app=$!
	exec {answer}>"$BATS_TEST_TMPDIR/in"
	wait_until 20 grep -q '^https://' "$out"
	url=$(grep '^https://' "$out")
}
# end STATUS: what it printed, with its exit status.
end() {
	local ended=0
	exec {answer}>&-
	wait "$app" || ended=$?
	app=
	body=$(<"$out")
	is "$1" "$ended" "exit status"
}

@test "it gets a code, a token and the user, by paste" {
	begin "$REDIRECT"
	sign_in editor "$url"
	is_consent
	submit decision=allow
	status_is 303
	echo "$location" >&"$answer"
	end 0
	[[ $body == *'You are editor'*'roles: reader, editor'* ]]
}

@test "it gets them by listening at its callback itself" {
	local port
	free_port port
	new_app Sample --callback-prefix "https://localhost:$port/sample"
	CLIENT_ID=$CLIENT CLIENT_SECRET=$SECRET TLS_CERT=$STATE/tls.crt TLS_KEY=$STATE/tls.key \
		begin "https://localhost:$port/sample/callback"
	sign_in reader "$url"
	submit decision=allow
	local back=$location
	is_listening() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }
	wait_until 20 is_listening
	visit "https://localhost:$port/other"
	status_is 404
	visit "$back"
	status_is 200
	end 0
	[[ $body == *'You are reader'* ]]
}

@test "it says no when the user does" {
	begin "$REDIRECT"
	sign_in reader "$url"
	submit decision=deny
	echo "$location" >&"$answer"
	end 1
	[[ $body == *'not allowed: access_denied'* ]]
}

@test "it takes no answer with another state, and none of another site" {
	begin "$REDIRECT"
	echo "$REDIRECT?code=x&state=y&iss=$(uri "$BASE")" >&"$answer"
	end 1
	[[ $body == *'wrong state'* ]]
	begin "$REDIRECT"
	sign_in reader "$url"
	submit decision=allow
	echo "${location/&iss=*/&iss=https%3A%2F%2Fother.example}" >&"$answer"
	end 1
	[[ $body == *'of another site'* ]]
}

@test "it tells what the token endpoint said, and checks the certificate" {
	CLIENT_SECRET=wrong begin "$REDIRECT"
	sign_in reader "$url"
	submit decision=allow
	echo "$location" >&"$answer"
	end 1
	[[ $body == *invalid_client* ]]
	CA_FILE=/etc/ssl/certs/ca-certificates.crt begin "$REDIRECT"
	visit "$url"
	submit decision=allow
	echo "$location" >&"$answer"
	end 1
	[[ $body == *'certificate verify failed'* ]]
}
