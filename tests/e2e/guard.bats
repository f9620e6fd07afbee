# The thin slice: one guarded file, a real key out of a real store, curl.
load lib

setup_file() { start_server; }
teardown_file() { stop_server; }

@test "nobody gets a private file" {
	req /resource/private/budget.json
	status_is 401
	code_is credentials_missing
	is 2 "$(header_count WWW-Authenticate)" challenges
}

@test "an API key by its id gets it" {
	req /resource/private/budget.json -H "$(basic "$(key_pair)")"
	status_is 200
	json . >/dev/null
}
