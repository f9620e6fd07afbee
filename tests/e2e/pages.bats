# What strangers put on our pages is text there.
load lib
load oauth

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

@test "6749-22 S01 state with HTML in it comes back escaped and nowhere raw" {
	sign_in reader
	visit "$(authorize)&state=\"><script>alert(1)</script>"
	[[ $body != *'<script'* ]]
	is_consent
	submit decision=allow
	is '%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E' "$(param state)" state
}

# The page's tags without the values in them: no text may add one.
skeleton() { sed -E 's/(value|content)="[^"]*"/\1/g' <<<"$1" | grep -o '<[^>]*>'; }

@test "S02 naughty application names are text" {
	local names name plain n=0
	sign_in reader
	new_app Plain --callback-prefix "$(demo .app.callback_prefix)" --description plain
	visit "$(authorize)"
	plain=$(skeleton "$body")
	mapfile -d '' -t names < <(jq -j '[.[] | select(test("[<>\"&'\''{]") and length <= 80
		and (test("[\u0000-\u001f\u007f]") | not))] | [.[range(0; length; 12)]] | .[] + "\u0000"' \
		"$top/tests/vectors/blns/blns.json")
	for name in "${names[@]}" '</bdi></h1><script>alert(1)</script>' '{{csrf}}{{@page}}' '" onmouseover="x'; do
		new_app "$name" --callback-prefix "$(demo .app.callback_prefix)" \
			--description "$name" 2>/dev/null || continue
		((++n))
		visit "$(authorize)"
		is "$plain" "$(skeleton "$body")" "tags with $name"
	done
	((n >= 15))
}

@test "naughty states, user names, client ids and callbacks are text" {
	local words word plain signin unknown
	visit "$(authorize client_id=x)"
	unknown=$(skeleton "$body")
	browser s
	visit "$(authorize)"
	submit username=a password=b
	signin=$(skeleton "$body")
	sign_in reader
	plain=$(skeleton "$body")
	mapfile -d '' -t words < <(jq -j '[.[] | select(test("[<>\"&'\''{]") and (test("[\u0000-\u001f\u007f]") | not))]
		| [.[range(3; length; 24)]] | .[] + "\u0000"' "$top/tests/vectors/blns/blns.json")
	for word in "${words[@]}" '"><script>alert(1)</script>' '{{user_name}}'; do
		JAR=$BATS_TEST_TMPDIR/jar.s visit "$(authorize "state=$word")"
		is "$plain" "$(skeleton "$body")" "consent page for state $word"
		JAR=$BATS_TEST_TMPDIR/jar.anonymous
		visit "$(authorize "client_id=$word")"
		status_is 400
		is "$unknown" "$(skeleton "$body")" "page for client_id $word"
		visit "$(authorize)"
		submit "username=$word" password=x
		status_is 403
		is "$signin" "$(skeleton "$body")" "page for user name $word"
		visit "$(authorize "redirect_uri=$word")"
		status_is 400
		is "$unknown" "$(skeleton "$body")" "page for redirect_uri $word"
		browser s
	done
}

@test "what a browser asks for by itself is not guarded over https, and no way around over http" {
	local path
	req /favicon.ico
	[[ $status == 204 || $status == 404 ]]
	is 0 "$(header_count WWW-Authenticate)" challenges
	req /ostiary.css
	status_is 200
	for path in /favicon.ico /ostiary.css; do
		req "$PLAIN$path" -H "$(bearer x)"
		status_is 403
		code_is https_required
	done
}
