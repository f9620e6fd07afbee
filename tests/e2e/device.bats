# Devices without a browser: RFC 8628.
load lib
load oauth
load records

setup_file() {
	start_server 'scope.trees = Read the trees'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

GRANT_TYPE=urn:ietf:params:oauth:grant-type:device_code

# ask [curl option...]: a device of $CLIENT asks; $device_code, $user_code.
ask() {
	req /oauth/device_authorization -d "client_id=$CLIENT" -d "client_secret=$SECRET" "$@"
	device_code=$(json .device_code) user_code=$(json .user_code)
}
asked() {
	ask "$@"
	status_is 200
	reason_is device_asked
}
poll() {
	req /oauth/token -d "grant_type=$GRANT_TYPE" -d "device_code=${1:-$device_code}" \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET"
}
reason_is() { is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason; }
# at_form [USER [ADDRESS]]: signed in, at the form for the code.
at_form() {
	visit "${2:-/device}"
	if is_signin; then
		submit "username=${1:-reader}" "password=$(password_of "${1:-reader}")"
		status_is 303
		visit "$location"
	fi
	status_is 200
	is_code_form
}
is_code_form() { [[ $body == *'<input id="user_code"'* && $body != *'type="password"'* ]]; }
# type_code CODE: at the page that asks for a decision.
type_code() {
	submit "user_code=$1"
	status_is 200
	is_consent
	page_is_closed
}
# decide DECISION [USER]: the whole way for $user_code.
decide() {
	at_form "${2:-reader}"
	type_code "$user_code"
	submit "decision=$1"
	status_is 200
	page_is_closed
}
refused() { # STATUS REASON TEXT: the form again, which says so
	status_is "$1"
	is_code_form
	page_is_closed
	reason_is "$2"
	[[ $body == *'role="alert"'*"$3"* ]] || is "$3" "$body" page
}

@test "8628-01 a device is given two codes, an address to go to and a pace" {
	asked -d scope=trees
	is no-store "$(header Cache-Control)" Cache-Control
	is application/json "$(header Content-Type)" Content-Type
	is '["device_code","expires_in","interval","user_code","verification_uri","verification_uri_complete"]' \
		"$(json 'keys | tojson')" members
	[[ $device_code =~ ^[A-Za-z0-9]{43}$ ]]
	[[ $user_code =~ ^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$ ]]
	is "$BASE/device" "$(json .verification_uri)" verification_uri
	is "$BASE/device?user_code=$user_code" "$(json .verification_uri_complete)" verification_uri_complete
	is '600 5' "$(json '"\(.expires_in) \(.interval)"')" 'expires_in and interval'
	# only hashes are stored
	! ost dump | grep -F "$device_code"
	! grep -qF -e "$device_code" -e "$user_code" "$STATE/decisions.log"
	configure 'device_code_lifetime = 90s'
	asked
	is 90 "$(json .expires_in)" expires_in
}

@test "8628-01 a device that asks wrongly" {
	ask -d scope=unheard-of
	oauth_error 400 invalid_scope
	ask -d 'scope=trees trees'
	oauth_error 400 invalid_scope
	ask -d scope=%01
	oauth_error 400 invalid_scope
	ask -d scope=trees -d scope=trees
	oauth_error 400 invalid_request
	asked -d 'scope=openid trees offline_access'
	asked -d scope=
	asked -d foo=1
	req /oauth/device_authorization
	status_is 405
	is POST "$(header Allow)" Allow
	req /oauth/device_authorization -d "client_id=$CLIENT"
	oauth_error 401 invalid_client
	req /oauth/device_authorization -d "client_id=$CLIENT&client_secret=osa_wrong"
	oauth_error 401 invalid_client
	req /oauth/device_authorization -d "client_id=nobody"
	oauth_error 401 invalid_client
	req /oauth/device_authorization -d ''
	oauth_error 401 invalid_client
	req "/oauth/device_authorization?client_id=$CLIENT" -d "client_secret=$SECRET"
	oauth_error 400 invalid_request
	req /oauth/device_authorization -H "$(basic "$CLIENT:$SECRET")" -d scope=trees
	status_is 200
	req "$PLAIN/oauth/device_authorization" -d "client_id=$CLIENT"
	status_is 403
	code_is https_required
}

@test "who has signed in is led to the address that he typed" {
	visit /device
	submit username=reader "password=$(password_of reader)"
	is /device "$location" Location
	browser b
	visit '/device?user_code=WDJB-MJHT'
	submit username=reader "password=$(password_of reader)"
	is "/device?user_code=WDJB-MJHT" "$location" Location
}

@test "8628-01 a public application asks with its client_id" {
	local id=$CLIENT secret=$SECRET
	new_app Television --redirect-uri https://tv.example/cb
	app_is public=1
	req /oauth/device_authorization -d "client_id=$CLIENT"
	status_is 200
	CLIENT=$id SECRET=$secret
}

@test "8628-02 8628-06 the page says who asks for what, and that the code is to be compared" {
	new_app '<b>Tele & vision' --callback-prefix https://tv.example/cb
	asked -d 'scope=trees email'
	at_form
	page_is_closed
	reason_is device_form
	[[ $body != *Tele* ]]
	type_code "$user_code"
	reason_is device_shown
	is reader "$(decision "$(header X-Request-Id)" | jq -r .subject)" subject
	[[ $body == *'&lt;b&gt;Tele &amp; vision'* ]]
	[[ $body == *'<bdi>admin</bdi>'* && $body == *'<bdi>reader</bdi>'* ]]
	[[ $body == *'Read the trees'* && $body == *'See your email address'* ]]
	[[ $body == *"Check that your device shows this code"*"$user_code"* ]]
	submit decision=allow
	status_is 200
	page_is_closed
	reason_is device_allowed
	[[ $body == *'You may go back to your device'* && $body != *'<form'* ]]
	demo_app
}

@test "8628-07 the code is typed in any case, with or without hyphen and blanks, here or at /oauth/device" {
	local plain typed
	for typed in lower bare blanks scattered; do
		asked
		plain=${user_code/-/}
		at_form reader /oauth/device
		is /oauth/device "$form_action" action
		case $typed in
		lower) type_code "${user_code,,}" ;;
		bare) type_code "$plain" ;;
		blanks) type_code " ${plain:0:4} ${plain:4} " ;;
		scattered) plain=${plain,,}; type_code "${plain:0:2} - ${plain:2:1}--${plain:3}" ;;
		esac
		[[ $body == *"$user_code"* ]]
	done
}

@test "8628-02 8628-06 a link fills the code in and spares nobody the decision" {
	asked
	visit "/device?user_code=$user_code"
	is_signin
	page_is_closed
	submit username=reader "password=$(password_of reader)"
	status_is 303
	is "/device?user_code=$user_code" "$location" Location
	visit "$location"
	is_code_form
	[[ $body == *"name=\"user_code\" value=\"$user_code\""* && $body != *decision* ]]
	# what is no code is not put into the page
	visit '/device?user_code=%22%3E%3Cscript%3E'
	status_is 200
	[[ $body == *'name="user_code" value=""'* && $body != *script* ]]
	visit "/device?user_code=$user_code&user_code=$user_code"
	[[ $body == *'name="user_code" value=""'* ]]
	visit '/device?user_code=%zz'
	status_is 200
	[[ $body == *'name="user_code" value=""'* ]]
}

@test "8628-02 codes that do not wait: malformed, unknown, decided, expired" {
	local typed
	at_form
	for typed in x '' BCDF-GHJ BCDF-GHJKL AEIO-UYAE 'BCDF_GHJK' "$(printf 'B%.0s' {1..500})"; do
		submit "user_code=$typed"
		refused 400 device_code_malformed 'That is not a code'
	done
	submit 'user_code=<i>"'
	[[ $body == *'value="&lt;i&gt;&quot;"'* ]]
	submit user_code=BCDF-GHJK
	refused 400 device_code_unknown 'There is no such code'
	asked
	decide deny
	at_form
	submit "user_code=$user_code"
	refused 400 device_code_used 'was used already'
	configure 'device_code_lifetime = 1s'
	asked
	pause 1100
	submit "user_code=$user_code"
	refused 400 device_code_expired 'has expired'
}

@test "8628-03 who was disabled once may allow a device, and only since" {
	echo 'correct horse battery' | ost user add sleeper --password-stdin >/dev/null
	ost user disable sleeper >/dev/null
	ost user enable sleeper >/dev/null
	asked
	visit /device
	submit username=sleeper 'password=correct horse battery'
	visit "$location"
	type_code "$user_code"
	submit decision=allow
	reason_is device_allowed
	local before=$device_code
	asked
	visit /device
	type_code "$user_code"
	submit decision=allow
	poll "$before"
	status_is 200
	ost user disable sleeper >/dev/null
	ost user enable sleeper >/dev/null
	poll
	oauth_error 400 invalid_grant
}

@test "of a disabled application no code waits" {
	new_app Tired --callback-prefix https://tired.example/cb
	asked
	at_form
	type_code "$user_code"
	ost app disable "$CLIENT" >/dev/null
	submit decision=allow
	refused 400 device_code_expired 'has expired'
	submit "user_code=$user_code"
	refused 400 device_code_expired 'has expired'
	demo_app
}

@test "8628-02 a form counts only for the visitor and the device it was made for, and once" {
	local first decision
	asked
	first=$user_code
	at_form
	type_code "$user_code"
	local fields=("${form_fields[@]}") action=$form_action
	# another device's code with this one's token
	asked
	submit "user_code=$user_code" decision=allow
	error_page 403 form_invalid
	# without a token, with a made-up one, without a session, in another one
	form_action=$action form_fields=("${fields[@]}")
	submit csrf= decision=allow
	error_page 403 form_invalid
	form_action=$action form_fields=("${fields[@]}")
	submit csrf=1.2.3 decision=allow
	error_page 403 form_invalid
	browser b
	form_action=$action form_fields=("${fields[@]}")
	submit decision=allow
	error_page 403 form_invalid
	at_form editor
	form_action=$action form_fields=("${fields[@]}")
	submit decision=allow
	error_page 403 form_invalid
	browser a
	for decision in yes '' ALLOW; do
		form_action=$action form_fields=("${fields[@]}")
		submit "decision=$decision"
		error_page 400 form_changed
	done
	form_action=$action form_fields=("${fields[@]}")
	submit decision=allow
	status_is 200
	reason_is device_allowed
	form_action=$action form_fields=("${fields[@]}")
	submit decision=deny
	refused 400 device_code_used 'was used already'
	# the form for the code has a token too
	req /device -b "$JAR" -c "$JAR" -d "user_code=$first"
	error_page 403 form_invalid
	req /device -b "$JAR" -c "$JAR" -d 'x=%zz'
	error_page 400 form_malformed
	req /device -b "$JAR" -c "$JAR" -H 'Content-Type: text/plain' -d x=1
	error_page 400 form_malformed
	req /device -b "$JAR" -c "$JAR" -d x=1
	error_page 403 form_invalid
}

@test "of 16 decisions at a time one counts" {
	local i answers
	asked
	at_form
	type_code "$user_code"
	query "${form_fields[@]}" decision=allow >"$BATS_TEST_TMPDIR/form"
	seq 16 | xargs -P 16 -I '{}' curl -s --cacert "$STATE/tls.crt" -o /dev/null -w '%{http_code}\n' \
		-b "$JAR" -d "@$BATS_TEST_TMPDIR/form" "$BASE/device" >"$BATS_TEST_TMPDIR/answers"
	answers=$(sort "$BATS_TEST_TMPDIR/answers" | uniq -c | awk '{ printf "%sx%s ", $1, $2 }')
	is '1x200 15x400 ' "$answers" answers
}

@test "8628-04 who guesses codes is stopped, the right one is no failure" {
	local i
	printf 'correct horse guesser\n' | ost user add guesser --password-stdin >/dev/null
	configure "limit_login = 3/$(window)"
	visit /device
	submit username=guesser 'password=correct horse guesser'
	visit "$location"
	for i in 1 2 3 4 5; do
		asked
		form_action=/device
		type_code "$user_code"
		visit /device
	done
	for i in 1 2 3; do
		submit user_code=BCDF-GHJK
		refused 400 device_code_unknown 'There is no such code'
	done
	submit user_code=BCDF-GHJK
	refused 429 too_many_failures 'Too many wrong codes'
	(($(header Retry-After) >= 1))
	# even the right one, for this user; another one is not in the way
	submit "user_code=$user_code"
	refused 429 too_many_failures 'Too many wrong codes'
	# the password was no part of it
	browser c
	visit /device
	submit username=guesser 'password=correct horse guesser'
	status_is 303
	browser d
	at_form editor
	type_code "$user_code"
}

@test "an address cannot fill the store with codes" {
	local answers
	query "client_id=$CLIENT" "client_secret=$SECRET" >"$BATS_TEST_TMPDIR/form"
	window_has 60
	seq 62 | xargs -P 4 -I '{}' curl -s --cacert "$STATE/tls.crt" -o "$BATS_TEST_TMPDIR/answer.{}" \
		-w '%{http_code}\n' --interface 127.0.0.9 --resolve "localhost:${BASE##*:}:127.0.0.1" \
		-d "@$BATS_TEST_TMPDIR/form" "$BASE/oauth/device_authorization" >"$BATS_TEST_TMPDIR/answers"
	(($(grep -c 429 "$BATS_TEST_TMPDIR/answers") >= 1 && $(grep -c 200 "$BATS_TEST_TMPDIR/answers") >= 60))
	is 62 "$(grep -c -e 429 -e 200 "$BATS_TEST_TMPDIR/answers")" answers
	ask --interface 127.0.0.9 --resolve "localhost:${BASE##*:}:127.0.0.1"
	oauth_error 429 temporarily_unavailable
	reason_is too_many_device_codes
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 900))
	asked
}

@test "GET, HEAD and what a browser fetches ahead change nothing" {
	asked
	at_form
	head_of "/device?user_code=$user_code" 200 "Cookie: $(cookies)"
	req /device -X PUT -d x
	status_is 405
	is 'GET, HEAD, POST' "$(header Allow)" Allow
	visit "/device?user_code=$user_code&decision=allow"
	is_code_form
	type_code "$user_code"
	req "$PLAIN/device?user_code=$user_code"
	[[ $status == 403 || $status == 30[18] ]]
}

@test "signing out at the page" {
	at_form
	req /oauth/signout -b "$JAR" -c "$JAR" --data-urlencode "csrf=$(sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' <<<"$body" | tail -n 1)"
	status_is 200
	visit /device
	is_signin
}

@test "over http a device code that travelled is destroyed" {
	asked
	req "$PLAIN/oauth/token" -d "grant_type=$GRANT_TYPE" -d "device_code=$device_code" -d "client_id=$CLIENT"
	status_is 403
	reason_is revoked_over_http
	poll
	oauth_error 400 invalid_grant
}

@test "8628-03 8628-05 a device polls: pending, too fast, allowed, once" {
	asked -d scope=trees
	poll
	oauth_error 400 authorization_pending
	reason_is authorization_pending
	poll
	oauth_error 400 slow_down
	decide allow editor
	poll
	status_is 200
	is 'trees' "$(json .scope)" scope
	is no-store "$(header Cache-Control)" Cache-Control
	local token
	token=$(json .access_token)
	current "$token"
	status_is 200
	is editor "$(json .userName)" userName
	poll
	oauth_error 400 invalid_grant
	current "$token"
	status_is 401
	code_is token_revoked
	visit /device
	submit "user_code=$user_code"
	refused 400 device_code_used 'was used already'
}

@test "refresh tokens without offline_access: the page for a device says so, or there are none" {
	new_app Radio --callback-prefix https://radio.example/cb
	asked
	at_form
	type_code "$user_code"
	[[ $body != *'Go on doing so'* ]]
	app_is refresh=1
	submit decision=allow
	poll
	status_is 200
	is false "$(json 'has("refresh_token")')" "refresh token of a page that did not tell"
	asked
	at_form
	type_code "$user_code"
	[[ $body == *'<li><bdi>Go on doing so when you are not here'* ]]
	submit decision=allow
	status_is 200
	poll
	is true "$(json 'has("refresh_token")')" "refresh token of a page that told"
	asked
	decide allow
	app_is refresh=0
	poll
	is false "$(json 'has("refresh_token")')" "refresh token of an application that has none now"
	demo_app
}

@test "8628-03 8628-05 a device that is denied, one that is too late, one of somebody else" {
	asked
	decide deny
	reason_is device_denied
	[[ $body == *'was refused'* ]]
	poll
	oauth_error 400 access_denied
	configure 'device_code_lifetime = 1s'
	asked
	pause 1100
	poll
	oauth_error 400 expired_token
	unconfigure
	asked
	decide allow
	local id=$CLIENT secret=$SECRET
	new_app Thief --callback-prefix https://thief.example/cb
	poll
	oauth_error 400 invalid_grant
	CLIENT=$id SECRET=$secret
	poll
	status_is 200
}

@test "8628-05 of 32 polls at a time exactly one gets the token" {
	local results
	asked
	decide allow
	query "grant_type=$GRANT_TYPE" "device_code=$device_code" "client_id=$CLIENT" \
		"client_secret=$SECRET" >"$BATS_TEST_TMPDIR/form"
	seq 32 | xargs -P 32 -I '{}' curl -s --cacert "$STATE/tls.crt" -o "$BATS_TEST_TMPDIR/answer.{}" \
		-w '%{http_code}\n' -d "@$BATS_TEST_TMPDIR/form" "$BASE/oauth/token" >"$BATS_TEST_TMPDIR/codes"
	results=$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | awk '{ printf "%sx%s ", $1, $2 }')
	is '1x200 31x400 ' "$results" answers
	is 1 "$(cat "$BATS_TEST_TMPDIR"/answer.* | grep -c access_token)" tokens
}

@test "8628-01 an application that does not run on devices" {
	local id=$CLIENT secret=$SECRET allowed
	asked
	decide allow
	allowed=$device_code
	ost app set "$CLIENT" --device-grant no >/dev/null
	ask
	oauth_error 400 unauthorized_client
	poll "$allowed"
	oauth_error 400 unauthorized_client
	ost app set "$CLIENT" --device-grant yes >/dev/null
	poll "$allowed"
	status_is 200
	new_app Website --callback-prefix https://site.example/cb --device-grant no
	ask
	oauth_error 400 unauthorized_client
	CLIENT=$id SECRET=$secret
}

@test "8628-01 strangers cannot use up the codes of a public application" {
	local id=$CLIENT secret=$SECRET n
	configure 'limit_app_total = 3/15m'
	new_app Remote --public
	for n in 1 2 3 4 5; do
		req /oauth/device_authorization -d "client_id=$CLIENT"
		status_is 200
	done
	# a confidential one asks for itself alone
	new_app Box --callback-prefix https://box.example/cb
	for n in 1 2 3 4 5 6 7; do ask; done
	oauth_error 429 temporarily_unavailable
	reason_is too_many_device_codes
	CLIENT=$id SECRET=$secret
}
