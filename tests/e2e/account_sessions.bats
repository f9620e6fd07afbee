# /account/sessions and /account/events.
load lib
load oauth
load account
load records

setup_file() { start_server; }
teardown_file() { stop_server; }
setup() {
	browser
	USER_NAME=s$BATS_TEST_NUMBER
	new_user "$USER_NAME"
}

here() { at "${1:-/account/sessions}" "$USER_NAME" "correct horse $USER_NAME"; }
# here_with AGENT: signed in with that User-Agent.
here_with() {
	visit /account/sessions
	visit "$form_action" -A "$1" --data-urlencode "${form_fields[0]}" --data-urlencode "${form_fields[1]}" \
		--data-urlencode "username=$USER_NAME" --data-urlencode "password=correct horse $USER_NAME"
	status_is 303
}
# other_browser NAME: signed in there too; back in the first.
other_browser() {
	browser "$1"
	here
	browser
}
ids() { grep -o 'id="session_[^"]*' "$WORK/body" | sed 's/.*_//'; }
others_id() { sed -n 's/.*name="id" value="\([^"]*\)".*/\1/p' "$WORK/body" | head -n 1; }
events() { ost user events "$USER_NAME" --json | jq -r '[.[].event] | join(" ")'; }

@test "each session says where it is and since when, and which is this one" {
	local agent='Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
	other_browser b
	here_with "$agent"
	again /account/sessions
	page_is_closed
	is 2 "$(ids | wc -l)" sessions
	[[ $body == *'<bdi>Firefox</bdi> on <bdi>Linux</bdi>'* && $body == *"$agent"* ]]
	[[ $body == *'<bdi>curl</bdi>'* ]]
	is 1 "$(grep -c 'class="badge">This browser' "$WORK/body")" "browsers that are this one"
	[[ $body == *127.0.0.1* || $body == *::1* ]]
	is 4 "$(grep -c '<dd><time>20[0-9-]* [0-9:]* UTC</time></dd>' "$WORK/body")" "times of beginning and use"
}

@test "what a browser says of itself is shown as text" {
	local hostile='<script>alert(1)</script>{{csrf}}"'"'"'>&lt; Firefox/1'
	here_with "$hostile"
	again /account/sessions
	page_is_closed
	[[ $body == *'&lt;script&gt;alert(1)&lt;/script&gt;{{csrf}}&quot;&#39;&gt;&amp;lt; Firefox/1'* ]]
	[[ $body == *'<bdi>Firefox</bdi>'* ]]
}

@test "a session that is ended is over at once, and this one stays" {
	here
	other_browser b
	other_browser c
	again /account/sessions
	is 3 "$(ids | wc -l)" sessions
	submit
	done_says 'That session has ended'
	is 2 "$(ids | wc -l)" "sessions that are left"
	browser b
	local alive=0
	! signed_in /account/sessions || alive=$((alive + 1))
	browser c
	! signed_in /account/sessions || alive=$((alive + 1))
	is 1 "$alive" "other browsers that are signed in"
	[[ $(events) == 'session_ended signed_in signed_in signed_in' ]]
}

@test "all others end, this one stays" {
	here
	other_browser b
	other_browser c
	again /account/sessions
	submit action=end_others
	done_says 'All other sessions have ended'
	is 1 "$(ids | wc -l)" "sessions that are left"
	[[ $body != *'value="end_others"'* ]]
	browser b
	! signed_in /account
	browser c
	! signed_in /account
	[[ $(events) == sessions_ended* ]]
}

@test "all end, and this browser is signed out" {
	here
	other_browser b
	again /account/sessions
	submit action=end_all
	status_is 200
	[[ $body == *'You are signed out'* ]]
	is '__Host-ostiary=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0' "$(header Set-Cookie)" cookie
	! signed_in /account
	browser b
	! signed_in /account
}

@test "one's own session, ended by its id, signs out" {
	here
	local own
	own=$(ids)
	submit action=end "id=$own"
	status_is 200
	[[ $body == *'You are signed out'* ]]
	! signed_in /account
	[[ $(events) == signed_out* ]]
}

@test "ids of others, unknown and malformed ones look the same and end nothing" {
	local theirs id page='' seen
	new_user "${USER_NAME}x"
	browser b
	at /account/sessions "${USER_NAME}x" "correct horse ${USER_NAME}x"
	theirs=$(ids)
	browser
	here
	for id in "$theirs" "${theirs%?}" "${theirs}a" '' A 0123456789abcdef '../../etc/passwd' \
		'<b>' $'\x01' "session:$theirs" "$(printf 'x%.0s' {1..2000})"; do
		again /account/sessions
		submit action=end "id=$id"
		error_page 404 not_found
		seen=$(sed -E 's/<code>[A-Za-z0-9_-]{16,}<\/code>//; s/(name="csrf" value=)"[^"]*"/\1/' "$WORK/body")
		is "${page:=$seen}" "$seen" "page of $id"
	done
	again /account/sessions
	is 1 "$(ids | wc -l)" sessions
	browser b
	signed_in /account
	[[ $(events) != *session_ended* ]]
}

@test "a form is used once, in one of two tabs; a session that is over already" {
	here
	other_browser b
	again /account/sessions
	local first=("${form_fields[@]}") action=$form_action second
	again /account/sessions
	second=("${form_fields[@]}")
	form_fields=("${first[@]}") form_action=$action
	submit
	done_says 'That session has ended'
	form_fields=("${first[@]}") form_action=$action
	submit
	error_page 403 form_invalid
	form_fields=("${second[@]}") form_action=$action
	submit
	error_page 404 not_found
	signed_in /account/sessions
}

@test "forms that are not ours end nothing" {
	here
	other_browser b
	again /account/sessions
	local fields=("${form_fields[@]}") mine
	browser b
	again /account/sessions
	mine=("${form_fields[@]}")
	browser
	form_fields=("${fields[@]}")
	submit "${mine[0]}" action=end_all
	error_page 403 form_invalid
	form_fields=("${fields[@]}") form_action=/account/sessions
	submit csrf= action=end_all
	error_page 403 form_invalid
	again /account/settings
	mine=("${form_fields[@]}")
	form_fields=("${fields[@]}") form_action=/account/sessions
	submit "${mine[0]}" action=end_all
	error_page 403 form_invalid
	form_fields=("${fields[@]}") form_action=/account/sessions
	submit action=nothing
	error_page 400 form_changed
	signed_in /account/sessions
	is 2 "$(ids | wc -l)" sessions
	browser c
	visit /account/sessions
	is_signin
	visit /account/sessions -d action=end_all -d csrf=x
	error_page 403 form_invalid
}

@test "many sessions come in pages" {
	here
	ost dump | jq -c --arg user "$(ost user show "$USER_NAME" --json | jq -r .id)" -n '
		[inputs | select(.store == "grants" and (.key | startswith("session:")) and .user == $user)][0] as $one
		| {ostiary_dump: 1, signing_keys: "absent"}, (range(60) | $one + {
			key: ("session:" + (("0000000000000000" + tostring)[-16:]) + $one.key[24:]),
			seen: (($one.seen | tonumber) - 1000 | tostring)}), {ostiary_dump_end: 60}' >"$WORK/many"
	ost load --force <"$WORK/many" >/dev/null
	again /account/sessions
	is 50 "$(ids | wc -l)" "sessions of a page"
	[[ $body == *'?page=2"'* && $body != *'rel="prev"'* && $body == *This\ browser* ]]
	again '/account/sessions?page=2'
	is 11 "$(ids | wc -l)" "sessions of the last page"
	[[ $body == *'?page=1"'* && $body != *'rel="next"'* ]]
	local page
	for page in 3 0 -1 x 99999999999999999999 ''; do
		again "/account/sessions?page=$page"
		is 50 "$(ids | wc -l)" "sessions of page $page"
	done
	submit action=end_others
	done_says 'All other'
	is 1 "$(ids | wc -l)" sessions
}

@test "the events, newest first, with address and how often" {
	local i
	window_has 30
	for i in 1 2 3; do
		visit /account/events
		submit "username=$USER_NAME" password=wrong
		status_is 403
	done
	here /account/events
	page_is_closed
	[[ $body == *'Signed in'*'A wrong password or code was tried'*'<bdi>3</bdi> times within an hour'* ]]
	[[ $body == *'The last <bdi>64</bdi> are kept'* ]]
	[[ $body == *127.0.0.1* || $body == *::1* ]]
	ost key add "$USER_NAME" --name '<b>&"{{csrf}}' >/dev/null
	again /account/events
	[[ $body == *'API key created: <bdi>&lt;b&gt;&amp;&quot;{{csrf}}'*'Signed in'* ]]
	[[ $body == *'the operator'* ]]
	visit /account/events -d x=1
	error_page 405 method_not_allowed
}

@test "every kind of event has its sentence" {
	local kinds=(signed_up invited signed_in signin_failed one_step_refused signed_out session_ended sessions_ended password_changed password_reset
		two_step_on two_step_off recovery_used key_created key_rotated key_revoked key_killed app_created
		app_changed app_rotated app_deleted app_allowed app_withdrawn token_revoked_http account_changed)
	local fields='' i=0 kind
	for kind in "${kinds[@]}"; do
		fields+=" | .[\"e$(printf %02d "$i")\"] = \"$((1700000000000 + i)) $kind 1 - The Detail\""
		i=$((i + 1))
	done
	here /account/events
	put_record activity "events:$(ost user show "$USER_NAME" --json | jq -r .id)" "{expires: \"$(((EPOCHSECONDS + 86400) * 1000))\"}$fields"
	again /account/events
	is "${#kinds[@]}" "$(grep -c '<th scope="row"><time>2023-' "$WORK/body")" events
	[[ $body == *'What is known of your account was changed'*'Signed in'* ]]
}

@test "who has no events, and events of nobody else" {
	here /account/events
	[[ $body != *'API key created'* ]]
	ost key add "$USER_NAME" --name mine >/dev/null
	new_user "${USER_NAME}x"
	browser b
	at /account/events "${USER_NAME}x" "correct horse ${USER_NAME}x"
	is 1 "$(grep -c '<th scope="row"><time>' "$WORK/body")" events
}
