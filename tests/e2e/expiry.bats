# Sessions that end by themselves: by their idle time and by their life. What
# shortens these comes after the sign-in, and what must still be alive is made
# older instead of waited for: so no step has to be done in a hurry.
load lib
load oauth
load records

setup_file() {
	start_server 'session_idle = 10m' 'session_lifetime = 30m'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

is_signed_out() {
	visit "$(authorize)"
	is_signin
}
idle_for_too_long() {
	configure 'session_idle = 1s'
	pause 1100
}

@test "S20 Deny after the session's end: a page, no redirect" {
	sign_in reader
	local decision fields=("${form_fields[@]}")
	is_consent
	idle_for_too_long
	for decision in deny allow; do
		form_fields=("${fields[@]}") form_action=/oauth/authorize
		submit "decision=$decision"
		error_page 403 form_invalid
	done
	is_signed_out
}

@test "a session that is used goes on past its idle time, and ends with its life" {
	sign_in reader
	local n session
	session=$(newest grants session: .key)
	older() { # SECONDS
		put_record grants "$session" --argjson s "$1" \
			'. + {created: ((.created | tonumber) - 1000 * $s | tostring),
				seen: ((.seen | tonumber) - 1000 * $s | tostring)}'
	}
	# 24 minutes in all, of which it is told of each 8 as they pass
	for n in 1 2 3; do
		older 480
		visit "$(authorize)"
		is_consent
	done
	# used a moment ago, and past its life
	older 361
	is_signed_out
}

@test "a session that is not used ends with its idle time" {
	sign_in reader
	is_consent
	idle_for_too_long
	is_signed_out
}

@test "sign-out after the session's end is no error" {
	sign_in reader
	idle_for_too_long
	visit /oauth/signout -d csrf=x
	status_is 200
}
