# Two-step sign-in at the pages, with oathtool as the authenticator.
load lib
load oauth
load records

setup_file() {
	make_root /user/a.json
	POLICY='* /user/ user' start_server 'scope.trees = Read the trees' \
		'limit_login_account = 1000/15m'
}
teardown_file() { stop_server; }
setup() {
	WORK=$BATS_TEST_TMPDIR
	browser
	demo_app
}
teardown() { unconfigure; }

PAGE=/account/two-step

person() { # NAME [OPTION...]
	printf '%s-password\n' "$1" | ost user add "$@" --password-stdin >/dev/null
}
id_of() { ost user show "$1" --json | jq -r .id; }
of_user() { ost dump | jq -r --arg key "user:$(id_of "$1")" 'select(.key == $key) | '"$2"; }

# The code that the authenticator shows now, or SECONDS later.
code() { oathtool --totp -b -N "@$((EPOCHSECONDS + ${1:-0}))" "$SECRET_32"; }
# No code was used yet: else the next sign-in had to wait for another one. The
# dump leaves the secret out.
unused() {
	put_record accounts "user:$(id_of "$1")" --arg secret "$SECRET_32" \
		'.totp_step = "1" | .totp_secret = $secret'
}

password_step() { # NAME [PATH]
	visit "${2:-/account}"
	is_signin
	submit "username=$1" "password=$1-password"
}
asks_code() {
	status_is "${1:-200}"
	[[ $body == *'autocomplete="one-time-code"'* && $body != *'type="password"'* ]] ||
		is 'a page that asks for a code' "$body" page
}
at() { # NAME PATH: signed in with the password alone
	password_step "$1" "$2"
	status_is 303
	visit "$location"
	status_is 200
}
with_code() { # NAME [PATH]: signed in with both
	unused "$1"
	password_step "$@"
	asks_code
	submit "code=$(code)"
	status_is 303
	visit "$location"
	status_is 200
}
error_is() { # FIELD TEXT
	status_is "${3:-400}"
	[[ $body == *"id=\"error_$1\">$2"* ]] || is "$2" "$body" "error of $1"
}
reason_is() { is "$1" "$(decision "$(header X-Request-Id)" | jq -r .reason)" reason; }
# signed_in PATH-OF-A-PAGE: as whom
is_in() {
	visit "${1:-/account}"
	status_is 200
	[[ $body == *"<bdi>$2</bdi>"* ]] || is "$2" "$body" page
}
is_out() {
	visit "${1:-/account}"
	status_is 200
	is_signin
}

# set_up NAME [JAR]: the whole way, from the password on; $SECRET_32, $codes.
set_up() {
	at "$1" "$PAGE"
	enable
}
enable() {
	submit
	status_is 200
	SECRET_32=$(hidden secret)
	submit "code=$(code)"
	status_is 200
	mapfile -t codes < <(grep -oE '([0-9A-Z]{4}-){3}[0-9A-Z]{4}' <<<"$body")
	is 10 "${#codes[@]}" 'number of recovery codes'
}

@test "it is set up by what stands on the page, and begins at once" {
	local shown
	person ann
	browser other
	at ann /account
	browser
	at ann "$PAGE"
	page_is_closed
	[[ $body == *'Two-step sign-in is off.'* ]]
	submit
	status_is 200
	SECRET_32=$(hidden secret)
	is 32 "${#SECRET_32}" 'length of the secret'
	# typed in groups of four, by link, and as a picture
	[[ $body == *"$(fold -w4 <<<"$SECRET_32" | paste -sd' ')"* ]]
	[[ $body =~ href=\"(otpauth://totp/[^\"]*)\" ]]
	shown=${BASH_REMATCH[1]//&amp;/\&}
	[[ $shown == *"secret=$SECRET_32"* ]]
	perl -0777 -ne '/class="qr" viewBox="0 0 (\d+) \d+".*?<path[^>]* d="([^"]*)"/s or die;
		my ($n, $d) = ($1, $2); my @g = map { [(0) x $n] } 1 .. $n;
		while ($d =~ /M(\d+)[ ,](\d+)h(\d+)v1h-\d+z/g) { $g[$2][$_] = 1 for $1 .. $1 + $3 - 1 }
		my $s = 6; print "P1\n", $n * $s, " ", $n * $s, "\n";
		for my $r (@g) { my $l = join(" ", map { ($_) x $s } @$r); print "$l\n" x $s }' \
		"$WORK/body" >"$WORK/qr.pbm"
	is "$shown" "$(zbarimg -q --raw "$WORK/qr.pbm")" 'text of the picture'
	is null "$(of_user ann .totp_secret)" 'secret of the record'
	# a wrong code changes nothing and keeps the secret
	submit code=000000
	error_is code 'This code is not right'
	is "$SECRET_32" "$(hidden secret)" secret
	submit code=
	error_is code 'Please type a code'
	get /user/a.json 200 -H "$(basic ann:ann-password)"
	submit "code=$(code)"
	status_is 200
	page_is_closed
	mapfile -t codes < <(grep -oE '([0-9A-Z]{4}-){3}[0-9A-Z]{4}' <<<"$body")
	is 10 "${#codes[@]}" 'number of recovery codes'
	[[ $body == *'href="/account/two-step"'* ]]
	is '' "$(of_user ann .totp_secret)" 'secret of the record, which a dump leaves out'
	# at once: no Basic, no login, no other session; this one goes on
	get /user/a.json 401 -H "$(basic ann:ann-password)"
	get /login 401 -H "$(basic ann:ann-password)"
	is_in "$PAGE" ann
	[[ $body == *'Two-step sign-in is on.'*'left: <bdi>10</bdi>'* ]]
	visit /account
	is 1 "$(newest grants session: .two_step)" 'two_step of the session'
	browser other
	is_out
}

@test "the password alone makes no session, and a code opens once" {
	local used
	person bob
	set_up bob
	unused bob
	browser b
	password_step bob '/account?x=1'
	asks_code
	page_is_closed
	is '' "$(grep __Host-ostiary$'\t' "$JAR")" 'session cookie'
	is_out
	password_step bob '/account?x=1'
	used=$(code)
	submit "code=${used:0:3} ${used:3}"
	status_is 303
	is '/account?x=1' "$location" Location
	is_in /account bob
	# the same code again, from this browser and from another one
	browser c
	password_step bob
	submit "code=$used"
	asks_code 403
	[[ $body == *'role="alert"'*'used already'* ]]
	is_out
}

@test "two browsers use one code at once: one of them gets in" {
	local i one name
	person carol
	set_up carol
	for i in 1 2 3 4 5; do
		unused carol
		one=$(code)
		for name in x y; do
			browser "$i$name"
			password_step carol
			asks_code
			printf '%s\0' "${form_fields[@]}" "code=$one" >"$WORK/fields.$name"
		done
		for name in x y; do
			(
				WORK=$WORK/$i$name
				mkdir "$WORK"
				browser "$i$name"
				mapfile -d '' -t fields <"${WORK%/*}/fields.$name"
				for field in "${fields[@]}"; do all+=(--data-urlencode "$field"); done
				visit /account "${all[@]}"
				echo "$status" >"$WORK/status"
			) &
		done
		wait %1 %2 2>/dev/null || wait
		is '303 403' "$(sort "$WORK/${i}x/status" "$WORK/${i}y/status" | paste -sd' ')" answers
	done
}

@test "a recovery code opens once, in any case, and is told" {
	person dora
	set_up dora
	browser b
	password_step dora
	submit "recovery=$(tr '[:upper:]-' '[:lower:] ' <<<"${codes[3]}")"
	status_is 303
	is_in "$PAGE" dora
	[[ $body == *'left: <bdi>9</bdi>'* ]]
	ost dump | grep -q recovery_used
	browser c
	password_step dora
	submit "recovery=${codes[3]}"
	asks_code 403
	submit "code=${codes[4]}"
	status_is 303
}

@test "wrong codes: five to a sign-in, and the form is of this browser, once" {
	local i fields
	person eve
	set_up eve
	unused eve
	browser b
	password_step eve
	for i in 1 2 3 4; do
		submit code=00000$i
		asks_code 403
		reason_is second_step_failed
	done
	submit code=000005
	status_is 403
	is_signin
	[[ $body == *'Too many wrong codes. Please sign in again.'* ]]
	# the try cannot be set back
	password_step eve
	submit code=000001
	submit attempt=1 "code=$(code)"
	error_page 403 form_invalid
	is_out
	# nothing typed is no try
	password_step eve
	submit code=
	asks_code 400
	# of another browser, for another target, of another user
	fields=("${form_fields[@]}")
	browser c
	visit /account
	form_fields=("${fields[@]}")
	submit "code=$(code)"
	error_page 403 form_invalid
	browser b
	form_fields=("${fields[@]}") form_action=/account
	submit request=done=x "code=$(code)"
	error_page 403 form_invalid
	form_fields=("${fields[@]}") form_action=/account
	submit "second_step=$(id_of reader)" "code=$(code)"
	error_page 403 form_invalid
	form_fields=("${fields[@]}") form_action=/account
	submit second_step='u|x' "code=$(code)"
	error_page 403 form_invalid
	# used up by a wrong code
	form_fields=("${fields[@]}") form_action=/account
	submit code=000000
	asks_code 403
	form_fields=("${fields[@]}") form_action=/account
	submit "code=$(code)"
	error_page 403 form_invalid
	is_out
}

@test "who changed meanwhile is not let in by a form of before" {
	person finn
	set_up finn
	unused finn
	browser b
	password_step finn
	put_record accounts "user:$(id_of finn)" --arg secret "$SECRET_32" \
		'.totp_secret = $secret | .generation |= (tonumber + 1 | tostring)'
	submit "code=$(code)"
	error_page 403 form_invalid
	is_out
}

@test "codes are limited, by address and by the day" {
	local i
	person gil
	set_up gil
	unused gil
	configure 'limit_login = 3/15m'
	browser b
	password_step gil
	for i in 1 2 3; do submit code=00000$i; done
	asks_code 403
	submit "code=$(code)"
	asks_code 429
	[[ $(header Retry-After) =~ ^[0-9]+$ && $body == *'try again later'* ]]
	reason_is too_many_failures
	unconfigure
	# 47 more of the day
	for i in {4..50}; do
		[[ $body == *'name="second_step"'* ]] || password_step gil
		submit code=000000
		status_is 403
	done
	[[ $body == *'name="second_step"'* ]] || password_step gil
	submit "code=$(code)"
	asks_code 429
	(($(header Retry-After) > 0))
	is_out
}

@test "an application gets no code before the second step" {
	person hal
	set_up hal
	unused hal
	browser b
	password_step hal "$(authorize state=abc)"
	asks_code
	[[ $body == *'to continue to'* ]]
	visit "$(authorize state=abc)"
	is_signin
	visit "$(authorize prompt=none)"
	is login_required "$(param error)" error
	password_step hal "$(authorize state=abc)"
	submit "code=$(code)"
	status_is 303
	visit "$location"
	is_consent
	submit decision=allow
	status_is 303
	is abc "$(param state)" state
	redeem "$(param code)"
	status_is 200
}

@test "a device is allowed after the second step alone" {
	person ida
	set_up ida
	unused ida
	browser b
	req /oauth/device_authorization -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	user_code=$(json .user_code) device_code=$(json .device_code)
	password_step ida "/device?user_code=$user_code"
	asks_code
	is /device "$form_action" action
	visit "/device?user_code=$user_code"
	is_signin
	password_step ida "/device?user_code=$user_code"
	submit "code=$(code)"
	status_is 303
	is "/device?user_code=$user_code" "$location" Location
	visit "$location"
	submit "user_code=$user_code"
	submit decision=allow
	status_is 200
	req /oauth/token -d grant_type=urn:ietf:params:oauth:grant-type:device_code \
		-d "device_code=$device_code" -d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
}

@test "a role that needs two steps: nothing else goes before, and the way back is kept" {
	local wanted
	person jo --role curator
	at jo /account
	browser other
	at jo /account
	configure 'two_step_roles = curator'
	# who is signed in already, too
	visit /account
	status_is 303
	is "$PAGE?return=%2Faccount" "$location" Location
	visit /api/limits.json
	[[ $status = 401 || $body != *jo* ]]
	browser b
	wanted=$(authorize state=xyz)
	password_step jo "$wanted"
	status_is 303
	visit "$location"
	status_is 303
	reason_is two_step_required
	is "$PAGE?return=$(uri "$wanted")" "$location" Location
	wanted=$location
	visit "$(authorize prompt=none)"
	is login_required "$(param error)" error
	visit /device
	is "$PAGE?return=%2Fdevice" "$location" Location
	visit /device -d decision=allow -d user_code=BCDF-GHJK -d csrf=x
	error_page 403 form_invalid
	visit /account -d csrf=x
	status_is 303
	visit /account/two-step/off
	status_is 303
	visit "$wanted"
	status_is 200
	[[ $body == *'Your account needs two-step sign-in.'* ]]
	enable
	[[ $body =~ \<a\ href=\"(/oauth/authorize[^\"]*)\" ]]
	visit "$(sed 's/&amp;/\&/g; s/&#39;/'\''/g' <<<"${BASH_REMATCH[1]}")"
	is_consent
	submit decision=allow
	is xyz "$(param state)" state
	# and it stays
	visit "$PAGE"
	[[ $body != *"$PAGE/off"* && $body == *'cannot be turned off'* ]]
	visit "$PAGE/off"
	error_page 403 two_step_required
	visit "$PAGE/codes"
	visit "$PAGE/off" -d csrf=x
	error_page 403 form_invalid
	browser other
	is_out
}

@test "who must set it up can sign out" {
	person kim --role curator
	configure 'two_step_roles = curator'
	password_step kim "$PAGE"
	visit "$location"
	status_is 200
	csrf=$(grep -A1 'action="/oauth/signout"' <<<"$body" | sed -n 's/.*value="\([^"]*\)".*/\1/p')
	visit /oauth/signout -d csrf=x
	error_page 403 form_invalid
	visit /oauth/signout --data-urlencode "csrf=$csrf"
	status_is 200
	is_out "$PAGE"
}

@test "the way back leads to our own pages alone" {
	local back
	person leo
	at leo "$PAGE"
	for back in https://evil.example //evil.example /\\evil.example '/\evil' evil /account//evil.example \
		/account/../login /account/%2e%2e/x /login /device/../x '/account evil' /accounts \
		javascript:alert /oauth/authorize/x '/device#x' /oauth/signout; do
		visit "$PAGE?return=$(uri "$back")"
		status_is 200
		is '' "$(hidden return)" "way back of $back"
		submit "return=$back"
		status_is 200
		is '' "$(hidden return)" "way back of $back, posted"
	done
	for back in /account /account/keys?page=2 /device?user_code=X /oauth/device \
		'/oauth/authorize?redirect_uri=https://a.example/b&x=1' /oauth/authenticate?a=b; do
		visit "$PAGE?return=$(uri "$back")"
		is "$back" "$(hidden return)" 'way back'
		submit
		is "$back" "$(hidden return)" 'way back'
	done
}

@test "nobody else's secret is taken" {
	local made proof
	person mia
	at mia "$PAGE"
	submit
	made=$(hidden secret) proof=$(hidden proof)
	SECRET_32=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
	submit "secret=$SECRET_32" "code=$(code)"
	error_page 403 form_invalid
	# of another session
	browser b
	at mia "$PAGE"
	submit
	SECRET_32=$made
	submit "secret=$made" "proof=$proof" "code=$(code)"
	error_page 403 form_invalid
	visit "$PAGE" -d action=enable -d csrf=x
	error_page 403 form_invalid
	is null "$(of_user mia .totp_secret)" secret
}

@test "a form is used once" {
	local fields
	person nat
	at nat "$PAGE"
	fields=("${form_fields[@]}")
	submit
	status_is 200
	form_fields=("${fields[@]}")
	submit
	error_page 403 form_invalid
	visit "$PAGE"
	submit action=nonsense
	error_page 403 form_invalid
}

@test "new recovery codes take the password and a code" {
	local old
	person oli
	set_up oli
	old=("${codes[@]}")
	visit "$PAGE/codes"
	status_is 200
	page_is_closed
	submit code=000000
	error_is code 'This code is not right'
	submit code=
	error_is code 'Please type a code'
	submit "code=${old[0]}"
	status_is 200
	mapfile -t codes < <(grep -oE '([0-9A-Z]{4}-){3}[0-9A-Z]{4}' <<<"$body")
	is 10 "${#codes[@]}" 'number of recovery codes'
	browser b
	password_step oli
	submit "recovery=${old[1]}"
	asks_code 403
	submit "recovery=${codes[1]}"
	status_is 303
}

@test "turned off with password and code, the password is enough again" {
	person pia
	set_up pia
	unused pia
	visit "$PAGE/off"
	status_is 200
	page_is_closed
	submit code=000000
	error_is code 'This code is not right'
	get /user/a.json 401 -H "$(basic pia:pia-password)"
	submit "code=$(code)"
	status_is 303
	is "$PAGE?done=two_step_off" "$location" Location
	visit "$location"
	[[ $body == *'role="status"'* && $body == *'Two-step sign-in is off.'* ]]
	is null "$(of_user pia .totp_secret)" secret
	get /user/a.json 200 -H "$(basic pia:pia-password)"
	visit "$PAGE/off"
	is "$PAGE" "$location" Location
	visit "$PAGE/codes"
	is "$PAGE" "$location" Location
	browser b
	at pia /account
}

@test "the password is asked for again when it was long ago" {
	person quin
	at quin "$PAGE"
	# eleven minutes are over
	put_record grants "$(newest grants session: .key)" \
		'(.created |= (tonumber - 660000 | tostring)) | del(.proved)'
	visit "$PAGE"
	[[ $body == *'type="password"'* ]]
	submit
	error_is password 'Please type your password'
	submit password=wrong
	error_is password 'The password is not right'
	submit password=quin-password
	status_is 200
	[[ -n $(hidden secret) && $body != *'type="password"'* ]]
}
