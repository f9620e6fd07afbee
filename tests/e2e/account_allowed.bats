# The page of the applications that may act for somebody.
load lib
load oauth
load records
load account

setup_file() {
	start_server 'scope.trees = See <your> trees'
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

# refresh TOKEN: what the application gets for it.
refresh() {
	req /oauth/access_token -d grant_type=refresh_token --data-urlencode "refresh_token=$1" \
		--data-urlencode "client_id=$CLIENT" --data-urlencode "client_secret=$SECRET"
}
listed() { grep -c "id=\"name_$1\"" <<<"$body"; }

@test "what each application may do, since when, and how it goes on" {
	at /account/allowed
	[[ $body == *'There is none.'* ]]
	page_is_closed
	get_token 'scope=trees profile offline_access'
	current "$token"
	status_is 200
	new_app '</bdi><script>alert(1)</script>' --callback-prefix "$(demo .app.callback_prefix)"
	REDIRECT=$(demo .app.redirect_uri) consent_to scope=
	submit decision=allow remember=yes
	status_is 303
	visit /account/allowed
	status_is 200
	page_is_closed
	is 2 "$(grep -c '<section class="item"' <<<"$body")" entries
	[[ $body == *'See &lt;your&gt; trees'* && $body == *'<bdi>&lt;/bdi&gt;&lt;script&gt;'* ]]
	is '1 1 1 1' "$(for text in 'It goes on without you' 'It ends by itself' 'You are asked again' 'You are not asked again'; do
		grep -c "<dd>$text" <<<"$body"
	done | paste -sd' ')" "what is said"
	[[ $(sed -n '/Last used/{n;p}' <<<"$body") == *'<time>20'* && $(sed -n '/Since/{n;p}' <<<"$body") == *'<time>20'* ]]
	# it is nobody else's
	browser other
	at /account/allowed editor
	[[ $body == *'There is none.'* ]]
	visit "/account/allowed/withdraw?id=$CLIENT"
	error_page 404 not_found
}

@test "what is withdrawn is dead at once: token, refresh token, pending code; another application's lives" {
	local other
	get_token scope=offline_access
	token_1=$token refresh_1=$(json .refresh_token)
	[[ $refresh_1 == osr_* ]]
	get_code
	pending=$code
	first=$CLIENT first_secret=$SECRET
	new_app Other --callback-prefix "$(demo .app.callback_prefix)"
	get_token scope=offline_access
	token_2=$token refresh_2=$(json .refresh_token) other=$CLIENT other_secret=$SECRET
	browser editor
	USER_NAME=editor CLIENT=$first SECRET=$first_secret get_token
	token_3=$token
	browser a
	visit "/account/allowed/withdraw?id=$first"
	status_is 200
	[[ $body == *'Every token of it ends at once.'* && $body == *'Go on doing so'* ]]
	current "$token_1"
	status_is 200
	visit "/account/allowed/withdraw?id=$first"
	fields=("${form_fields[@]}")
	submit action=withdraw
	is '/account/allowed?done=app_withdrawn' "$location" Location
	# the three of it
	current "$token_1"
	status_is 401
	code_is token_revoked
	CLIENT=$first SECRET=$first_secret
	refresh "$refresh_1"
	oauth_error 400 invalid_grant
	redeem "$pending"
	oauth_error 400 invalid_grant
	# the other application, and the same one of another user
	current "$token_2"
	status_is 200
	CLIENT=$other SECRET=$other_secret refresh "$refresh_2"
	status_is 200
	current "$token_3"
	status_is 200
	[[ $(last_event reader) == *app_withdrawn* ]]
	visit '/account/allowed?done=app_withdrawn'
	[[ $body == *'role="status">'*'every token of it has ended'* ]]
	is 0 "$(listed "$first")" entries
	is 1 "$(listed "$other")" entries
	# once
	form_action=/account/allowed/withdraw form_fields=("${fields[@]}")
	submit action=withdraw
	error_page 404 not_found
	# it is asked again
	CLIENT=$first visit "$(CLIENT=$first authorize)"
	is_consent
}

@test "a form of somebody else, used twice, of no application" {
	get_token
	visit "/account/allowed/withdraw?id=$CLIENT"
	fields=("${form_fields[@]}")
	browser thief
	at /account/allowed editor
	form_action=/account/allowed/withdraw form_fields=("${fields[@]}")
	submit action=withdraw
	error_page 403 form_invalid
	browser a
	for id in nosuch '' "$(printf 'a%.0s' {1..300})" '%00'; do
		visit "/account/allowed/withdraw?id=$id"
		[[ $id == %00 ]] || error_page 404 not_found
	done
	current "$token"
	status_is 200
	form_action=/account/allowed/withdraw form_fields=("${fields[@]}")
	submit action=withdraw
	status_is 303
	get_token
	submit_again() { form_action=/account/allowed/withdraw form_fields=("${fields[@]}"); submit action=withdraw; }
	submit_again
	error_page 403 form_invalid
	current "$token"
	status_is 200
	browser nobody
	visit "/account/allowed/withdraw?id=$CLIENT"
	is_signin
	visit /account/allowed
	is_signin
}

@test "an application that is gone is still there to be tidied away" {
	new_app Gone --callback-prefix "$(demo .app.callback_prefix)"
	get_token
	put_record grants "$(newest grants grant: .key)" '.client_id = "a00000000000gone"'
	at /account/allowed
	[[ $body == *'is not registered here any more'* ]]
	visit '/account/allowed/withdraw?id=a00000000000gone'
	submit action=withdraw
	status_is 303
	visit /account/allowed
	[[ $body != *'is not registered here any more'* ]]
}
