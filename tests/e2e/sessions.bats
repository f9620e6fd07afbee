# Browser sessions and the forms that need them.
load lib
load oauth

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

cookie() { awk -v name="$1" '$6 == name { print $7 }' "$JAR"; }
session() { cookie __Host-ostiary; }

# The form was refused: a page, no redirect, no code.
form_is_refused() { error_page "${1:-403}" "${2:-form_invalid}"; }

# The page's first form, posted once more as it stands.
repost() { visit "$form_action" "$@"; }

@test "S10 the cookies' flags, exactly" {
	visit "$(authorize)"
	is 1 "$(header_count Set-Cookie)" cookies
	[[ $(header Set-Cookie) =~ ^__Host-ostiary-signin=[A-Za-z0-9]{43}';'\ Path=/';'\ Secure';'\ HttpOnly';'\ SameSite=Lax$ ]]
	submit username=reader "password=$(password_of reader)"
	is 2 "$(header_count Set-Cookie)" cookies
	[[ $(header_all Set-Cookie | head -n 1) =~ ^__Host-ostiary=[A-Za-z0-9]{43}';'\ Path=/';'\ Secure';'\ HttpOnly';'\ SameSite=Lax$ ]]
	is '__Host-ostiary-signin=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0' "$(header Set-Cookie)" "the form's cookie"
	visit "$location"
	is 0 "$(header_count Set-Cookie)" "cookies of a session that goes on"
}

@test "one sign-in is enough for several applications, in this browser only" {
	sign_in reader
	visit "$(authorize state=2)"
	is_consent
	new_app Second --callback-prefix "$(demo .app.callback_prefix)"
	visit "$(authorize)"
	is_consent
	browser b
	visit "$(authorize)"
	is_signin
}

@test "E01 E02 a wrong password, an unknown or a disabled user look the same" {
	local pages=() name
	echo 'correct horse battery' | ost user add sleeper --password-stdin >/dev/null
	ost user disable sleeper >/dev/null
	for name in reader nobody sleeper; do
		visit "$(authorize)"
		submit "username=$name" 'password=correct horse battery'
		status_is 403
		is_signin
		is 0 "$(header_count Location)" "Location headers"
		[[ -z $(session) ]]
		pages+=("$(sed -E "s/$name//; s/(name=\"csrf\" value=\")[^\"]*/\1/" <<<"$body")
$(grep -viE '^(date|x-request-id|content-length)' "$WORK/headers" | sed -E 's/(__Host-ostiary-signin=)[^;]*/\1/')")
	done
	is "${pages[0]}" "${pages[1]}" "page of an unknown user"
	is "${pages[0]}" "${pages[2]}" "page of a disabled user"
	# the form goes on working after it
	submit username=reader "password=$(password_of reader)"
	status_is 303
}

@test "E05 secrets of ours, empty and endless passwords do not sign in" {
	local password
	for password in '' "$(demo .key.key_secret)" "$(printf 'x%.0s' {1..2000})" "$SECRET"; do
		visit "$(authorize)"
		submit username=reader "password=$password"
		status_is 403
		[[ -z $(session) ]]
	done
}

@test "a sign-in form that another window has overtaken leads on, and nowhere else" {
	local again target
	visit "$(authorize state=one)"
	local older=("${form_fields[@]}")
	sign_in reader
	form_fields=("${older[@]}") form_action=/oauth/authorize
	submit username=reader "password=$(password_of reader)"
	form_is_refused
	again=$(sed -n 's/.*<a class="button" href="\([^"]*\)".*/\1/p' <<<"$body" | sed 's/&amp;/\&/g')
	is "$(authorize state=one)" "$again" "the link"
	visit "$again"
	is_consent
	# What is posted so may be anybody's: a query it stays, or no link.
	for target in 'client_id=x"><script>' $'client_id=x\r\nSet-Cookie: a=b' '//evil.example/'; do
		req /account --data-urlencode "request=$target" -d csrf=x -d username=a -d password=b
		status_is 403
		[[ $body != *'<script>'* && $body != *'href="//evil'* ]]
		if grep -i '^set-cookie: a=b' "$WORK/headers"; then false; fi
	done
}

@test "S04 6749-22 a consent form needs its own token, this session's, once" {
	local mine theirs
	browser b
	sign_in editor
	theirs=("${form_fields[@]}")
	browser
	sign_in reader
	mine=("${form_fields[@]}")
	submit csrf= decision=allow
	form_is_refused
	form_fields=("${mine[@]}")
	form_action=/oauth/authorize
	submit "${theirs[@]}" decision=allow
	form_is_refused
	form_fields=("${mine[0]}") form_action=/oauth/authorize
	submit decision=allow
	form_is_refused
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit "${mine[1]}x" decision=allow
	form_is_refused
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit decision=allow
	status_is 303
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit decision=allow
	form_is_refused
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit decision=deny
	form_is_refused
}

@test "S04 a form that was denied cannot be allowed afterwards" {
	sign_in reader
	local mine=("${form_fields[@]}")
	submit decision=deny
	is access_denied "$(param error)" error
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit decision=allow
	form_is_refused
}

@test "S04 a sign-in token is no consent token, and the other way round" {
	visit "$(authorize)"
	local signin=("${form_fields[@]}") consent
	submit username=reader "password=$(password_of reader)"
	visit "$location"
	consent=("${form_fields[@]}")
	submit "${signin[1]}" decision=allow
	form_is_refused
	browser b
	visit "$(authorize)"
	submit "${consent[1]}" username=reader "password=$(password_of reader)"
	form_is_refused
}

@test "S05 a form whose request was changed, or that says something else" {
	local other="$CLIENT" field mine
	sign_in reader "$(authorize scope=a state=s)"
	mine=("${form_fields[@]}")
	new_app Other --callback-prefix "$(demo .app.callback_prefix)"
	other=$CLIENT
	demo_app
	for field in "${mine[0]/$CLIENT/$other}" "${mine[0]/callback/callback2}" "${mine[0]/scope=a/scope=b}" \
		"${mine[0]/state=s/state=t}" "${mine[0]}&x=y" "${mine[0]}&"; do
		form_fields=("${mine[@]}") form_action=/oauth/authorize
		submit "$field" decision=allow
		form_is_refused
	done
	for field in "client_id=$other" redirect_uri=https://evil.example/ scope=b state=t response_type=token; do
		form_fields=("${mine[@]}") form_action=/oauth/authorize
		submit "$field" decision=allow
		form_is_refused 400 form_changed
	done
	for field in yes '' ALLOW; do
		form_fields=("${mine[@]}") form_action=/oauth/authorize
		submit "decision=$field"
		form_is_refused 400 form_changed
	done
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit scope=a decision=allow
	status_is 303
	is s "$(param state)" state
}

@test "S08 sign-in needs the form's cookie, its token and its own request" {
	local fields
	visit "$(authorize)"
	fields=("${form_fields[@]}")
	rm -f "$JAR"
	submit username=reader "password=$(password_of reader)"
	form_is_refused
	[[ -z $(session) ]]
	visit "$(authorize)"
	submit "${fields[1]}" username=reader "password=$(password_of reader)"
	form_is_refused
	visit "$(authorize)"
	submit "${form_fields[0]}&x=y" username=reader "password=$(password_of reader)"
	form_is_refused
	visit "$(authorize)"
	form_fields=("${form_fields[0]}")
	submit username=reader "password=$(password_of reader)"
	form_is_refused
	visit "$(authorize)"
	form_fields=("${form_fields[1]}")
	submit username=reader "password=$(password_of reader)"
	form_is_refused 400 form_incomplete
}

@test "a session's id is new at each sign-in, and the old one ends" {
	sign_in reader
	local first
	first=$(session)
	# the same browser with two windows: both show the sign-in form
	browser b
	visit "$(authorize)"
	printf 'localhost\tFALSE\t/\tTRUE\t0\t__Host-ostiary\t%s\n' "$first" >>"$JAR"
	submit username=editor "password=$(password_of editor)"
	status_is 303
	[[ $(session) != "$first" && ${#first} == 43 ]]
	browser
	visit "$(authorize)"
	is_signin
	# and one that an attacker made up is not taken over
	rm -f "$JAR"
	visit "$(authorize)" -b "__Host-ostiary=$first"
	is_signin
}

@test "S11 two session cookies are none" {
	sign_in reader
	local id
	id=$(session)
	req "$(authorize)" -b "__Host-ostiary=$id"
	is_consent
	req "$(authorize)" -b "__Host-ostiary=$id; __Host-ostiary=$id"
	is_signin
	req "$(authorize)" -b "__Host-ostiary=x; __Host-ostiary=$id"
	is_signin
	req "$(authorize)" -b "__host-ostiary=$id; ostiary=$id"
	is_signin
	req "$(authorize)" -b "__Host-ostiary=${id}x"
	is_signin
	req "$(authorize)" -b "a=b;__Host-ostiary=$id ;c=d"
	is_consent
}

@test "S13 sign-out takes the button: GET, other sessions' tokens and none do nothing" {
	sign_in reader
	local token
	token=$(sed -n '/action="\/oauth\/signout"/,$p' "$WORK/body" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p')
	visit "/oauth/signout?csrf=$token"
	status_is 405
	visit /oauth/signout -d ''
	form_is_refused
	visit /oauth/signout -d csrf=x
	form_is_refused
	visit "$(authorize)"
	is_consent
	# As another site has it posted: the browser sends no cookie, and keeps it.
	req /oauth/signout -d "csrf=$token"
	form_is_refused
	is 0 "$(header_count Set-Cookie)" "cookies without a session"
	req /oauth/signout -d csrf=x -b __Host-ostiary=over
	status_is 200
	is 0 "$(header_count Set-Cookie)" "cookies of a session that is over"
	visit /oauth/signout -d "csrf=$token"
	status_is 200
	page_is_closed
	is '__Host-ostiary=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0' "$(header Set-Cookie)" cookie
	visit "$(authorize)"
	is_signin
}

@test "S14 nothing leads away after sign-in" {
	local next n=0
	for next in 'next=/\evil' next=//evil.example 'next=/%09/evil' return_to=https://evil.example; do
		browser "$((++n))"
		visit "$(authorize)&$next"
		# lighttpd refuses the tab by itself
		[[ $TRANSPORT == nginx || $next != *%09* ]] || { status_is 400; continue; }
		submit username=reader "password=$(password_of reader)" "$next"
		status_is 303
		[[ $location == "/oauth/authorize?client_id="* ]]
	done
}

@test "S16 S17 asking gives no code: HEAD, prefetch, GET with a decision" {
	sign_in reader
	req "$(authorize)" -I -b "$JAR"
	status_is 200
	is 0 "$(header_count Location)" "Location headers"
	visit "$(authorize)" -H 'Sec-Purpose: prefetch' -H 'Purpose: prefetch'
	status_is 200
	visit "$(authorize decision=allow "${form_fields[1]}")"
	status_is 200
	is 0 "$(header_count Location)" "Location headers"
	visit "$(authorize)&decision=allow&username=reader&password=x" -d ''
	status_is 400
}

@test "S19 back after consent: the old form gives no second code" {
	sign_in reader
	local mine=("${form_fields[@]}") first
	submit decision=allow
	first=$(param code)
	form_fields=("${mine[@]}") form_action=/oauth/authorize
	submit decision=allow
	form_is_refused
	redeem "$first"
	status_is 200
}
