# That an address is one's own: from Settings, by a mailed link, to email_verified.
load lib
load oauth
load account
load mails

setup_file() {
	mails_start
	start_server "sendmail = $MAILS/sendmail"
	demo_app
}
teardown_file() {
	mails_stop
	stop_server
}
setup() {
	browser
	from "$BATS_TEST_NUMBER"
	configure 'mail_from = no-reply@data.example'
	USER_NAME=t$BATS_TEST_NUMBER
	ADDRESS=$USER_NAME@example.org
	new_user "$USER_NAME" --email "$ADDRESS"
}
teardown() { unconfigure; }

here() { at /account/settings "$USER_NAME" "correct horse $USER_NAME"; }
verified() { ost user show "$USER_NAME" --json | jq .emailVerified; }
# ask: for a link, by the page's second form.
ask() {
	here
	[[ $body == *'value="confirm"'*'Send a link'* ]]
	submit action=confirm
}
# mailed: at the page behind the link.
mailed() {
	done_says 'sent you a mail'
	mail_to "$ADDRESS"
	visit "$link"
}
is_dead() {
	status_is 404
	[[ $body == *'This link is not good any more'* && $body == *'href="/account/settings"'* ]]
	page_is_closed
}
# claimed: what userinfo says to an application.
claimed() {
	sign_in "$USER_NAME" "$(authorize scope='openid email')" "correct horse $USER_NAME"
	submit decision=allow
	redeem "$(param code)"
	token=$(json .access_token)
	userinfo
}
userinfo() {
	req /oauth/userinfo -H "$(bearer "$token")"
	status_is 200
}

@test "OIDC-08 who follows the mailed link has a verified address until it changes" {
	browser app
	claimed
	is "$ADDRESS false" "$(json '"\(.email) \(.email_verified)"')" before
	browser
	here
	page_is_closed
	[[ $body == *'not confirmed'* ]]
	ask
	mailed
	[[ $mail == *'Subject: Your email address at '* ]]
	status_is 200
	page_is_closed
	[[ $body == *"<bdi translate=\"no\">$ADDRESS</bdi>"* ]]
	visit "$link"
	is false "$(verified)" 'looked at'
	submit
	done_says 'is confirmed'
	[[ $body != *'not confirmed'* && $body != *'value="confirm"'* ]]
	page_is_closed
	is true "$(verified)" confirmed
	browser app
	userinfo
	is true "$(json .email_verified)" email_verified
	browser
	visit "$link"
	is_dead
	ost user set "$USER_NAME" --email "new.$ADDRESS" >/dev/null
	userinfo
	is "new.$ADDRESS false" "$(json '"\(.email) \(.email_verified)"')" after
	here
	[[ $body == *'not confirmed'* ]]
}

@test "OIDC-08 a link proves no address but its own, and nothing for who is somebody else" {
	ask
	mailed
	status_is 200
	ost user set "$USER_NAME" --email "new.$ADDRESS" >/dev/null
	submit
	is_dead
	visit "$link"
	is_dead
	is false "$(verified)" 'another address'
	ost user set "$USER_NAME" --email "$ADDRESS" >/dev/null
	visit "$link"
	status_is 200
	new_user "$USER_NAME.twin" --email "$ADDRESS"
	browser twin
	visit "$link"
	is_signin
	submit "username=$USER_NAME.twin" "password=correct horse $USER_NAME.twin"
	visit "$location"
	is_dead
	# who signs in there comes to the page
	browser again
	visit "$link"
	submit "username=$USER_NAME" "password=correct horse $USER_NAME"
	is "$link" "$location" Location
	visit "$location"
	submit csrf=x
	error_page 403 form_invalid
	visit "$link"
	submit
	done_says 'is confirmed'
	is true "$(verified)" confirmed
	is false "$(ost user show "$USER_NAME.twin" --json | jq .emailVerified)" "the twin's"
}

@test "OIDC-08 a new password by mail, signing up and a mailed invitation prove it too" {
	unconfigure
	configure 'mail_from = no-reply@data.example' 'signup = open'
	visit /account/reset
	submit "who=$USER_NAME"
	mail_to "$ADDRESS"
	visit "$link"
	submit new_password=battery-staple again=battery-staple
	status_is 200
	is true "$(verified)" 'a new password'
	visit /account/signup
	submit "email=ann@example.org"
	mail_to ann@example.org
	USER_NAME=ann choose
	ost user invite --email bea@example.org --mail >/dev/null
	mail_to bea@example.org
	USER_NAME=bea choose
	link=$(ost user invite --email cleo@example.org --json | jq -r .link)
	link=${link#"$BASE"}
	USER_NAME=cleo choose false
}
choose() { # [VERIFIED]: the form behind $link, and whether the address is then
	browser "$USER_NAME"
	visit "$link"
	submit "name=$USER_NAME" display_name= new_password=battery-staple again=battery-staple
	status_is 303
	is "${1:-true}" "$(verified)" "$USER_NAME"
}

@test "the fourth link within an hour is refused" {
	local i
	for i in 1 2 3; do
		ask
		done_says 'sent you a mail'
	done
	ask
	status_is 429
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 3600))
	[[ $body == *'id="error_confirm"'* && $body == *"value=\"$USER_NAME\""* ]]
	page_is_closed
}

@test "who has no address, or a verified one, or no mail: no button, and nothing is sent" {
	here
	local fields=("${form_fields[@]}")
	ost user set "$USER_NAME" --email-verified >/dev/null
	submit action=confirm
	is "303 /account/settings" "$status $location" answer
	again /account/settings
	[[ $body != *'value="confirm"'* && $body == *confirmed* && $body != *'not confirmed'* ]]
	ost user set "$USER_NAME" --email '' >/dev/null
	again /account/settings
	[[ $body != *'value="confirm"'* && $body != *confirmed* ]]
	ost user set "$USER_NAME" --email "$ADDRESS" >/dev/null
	unconfigure
	again /account/settings
	[[ $body != *'value="confirm"'* && $body == *'not confirmed'* ]]
	submit action=confirm
	is "303 /account/settings" "$status $location" answer
	is '[]' "$(ost mail list --json)" mails
	visit /account/confirm
	is_dead
	visit '/account/confirm?ticket=%00%3Cx%3E'
	[[ $status = 400 || $status = 404 ]]
}
