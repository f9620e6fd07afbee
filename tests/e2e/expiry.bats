# Sessions that end by themselves: a short idle time and a short life.
load lib
load oauth

setup_file() {
	start_server 'session_idle = 1s' 'session_lifetime = 3s'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

is_signed_out() {
	visit "$(authorize)"
	is_signin
}
@test "S20 Deny after the session's end: a page, no redirect" {
	sign_in reader
	local decision fields=("${form_fields[@]}")
	pause 1100
	for decision in deny allow; do
		form_fields=("${fields[@]}") form_action=/oauth/authorize
		submit "decision=$decision"
		error_page 403 form_invalid
	done
	is_signed_out
}

@test "a session that is used goes on past its idle time, and ends with its life" {
	sign_in reader
	local n
	for n in 1 2 3; do
		pause 500
		visit "$(authorize)"
		is_consent
	done
	wait_until 5 is_signed_out
}

@test "sign-out after the session's end is no error" {
	sign_in reader
	pause 1100
	visit /oauth/signout -d csrf=x
	status_is 200
}
