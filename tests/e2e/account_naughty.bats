# The big list of naughty strings, typed as names of applications: by hand of
# account_naughty.py, for a page has to be read by a parser. All of them over
# nginx, a sample over the others.
load lib

setup_file() {
	start_server
	STEP=1
	[[ $TRANSPORT == nginx ]] || STEP=12
	export STEP
}
teardown_file() { stop_server; }

@test "each naughty name is registered and shown as text, or refused beside its field" {
	local typist=$top/tests/e2e/account_naughty.py
	/usr/bin/python3 "$typist" records "$STEP" >"$BATS_TEST_TMPDIR/records"
	ost load --force <"$BATS_TEST_TMPDIR/records" >/dev/null
	run -0 /usr/bin/python3 "$typist" register "$BASE" "$STATE/tls.crt" "$STEP"
	[[ $output =~ ^([0-9]+)\ registered,\ ([0-9]+)\ refused,\ 0\ faults$ ]] || is '0 faults' "$output" output
	((BASH_REMATCH[1] > 400 / STEP && BASH_REMATCH[2] > 0))
	is "${BASH_REMATCH[1]}" "$(ost app list --json | jq '[.[] | select(.callback_prefix == ["https://a.example/cb"])] | length')" applications
}
