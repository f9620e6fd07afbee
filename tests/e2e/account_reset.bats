# A lost password: from the mailed link to a new one.
load lib
load oauth
load mails
load records

setup_file() {
	mails_start
	start_server "sendmail = $MAILS/sendmail"
}
teardown_file() {
	mails_stop
	stop_server
}
setup() {
	browser
	from "$BATS_TEST_NUMBER"
	configure 'mail_from = no-reply@data.example'
}
teardown() { unconfigure; }

OLD='old battery staple' NEW='new battery staple'
# person NAME [OPTION...]: with that old password.
person() { printf '%s\n' "$OLD" | ost user add "$1" --email "$1@example.org" --password-stdin "${@:2}" >/dev/null; }
# ask WHO: for a link, by the page.
ask() {
	visit /account/reset
	status_is 200
	submit "who=$1"
}
# follow NAME: at the page behind the link in the mail.
follow() {
	ask "$1"
	status_is 200
	mail_to "$1@example.org"
	visit "$link"
	status_is 200
}
choose() { submit "new_password=$NEW" "again=$NEW" "$@"; }
is_dead() {
	status_is 404
	[[ $body == *'This link is not good any more'* && $body == *'href="/account/reset"'* ]]
	page_is_closed
}
logs_in() { # NAME PASSWORD STATUS
	req /login -H "$(basic "$1:$2")"
	status_is "$3"
}

@test "who follows the mailed link sets a password, and all sessions end" {
	local key
	person ann
	key=$(ost key add ann --name test --json | jq -r '"\(.key_id):\(.key_secret)"')
	browser before
	sign_in ann /account "$OLD"
	status_is 200
	req /login -H "$(basic "ann:$OLD")"
	token=$(json .access_token)
	browser
	visit /account
	[[ $body == *'href="/account/reset"'* && $body != *'href="/account/signup"'* ]]
	ask ANN
	status_is 200
	page_is_closed
	[[ $body == *'Look at your mail'* ]]
	mail_to ann@example.org
	[[ $mail == *'Subject: A new password for '* ]]
	visit "$link"
	visit "$link"
	page_is_closed
	[[ $body == *'value="ann"'* ]]
	choose
	status_is 200
	page_is_closed
	[[ $body == *'Your new password is set'* && $body == *'href="/account"'* ]]
	is '[]' "$(ost session list ann --json)" sessions
	browser before
	visit /account
	is_signin
	current "$token"
	status_is 401
	logs_in ann "$OLD" 401
	logs_in ann "$NEW" 200
	get /api/users/current.json 200 -H "$(basic "$key")"
	browser
	sign_in ann /account "$NEW"
	status_is 200
	browser other
	visit "$link"
	is_dead
}

@test "used, over and unknown links have the same page" {
	local over
	person bea
	configure 'ticket_lifetime = 1s'
	ask bea
	mail_to bea@example.org
	over=$link
	wait_until 5 is_over "$over"
	unconfigure
	configure 'mail_from = no-reply@data.example'
	forget_mails
	follow bea
	choose "ticket=${over#*=}"
	is_dead
	printf %s "$body" >"$BATS_TEST_TMPDIR/over"
	logs_in bea "$OLD" 200
	visit '/account/reset?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
	is_dead
	is "$(<"$BATS_TEST_TMPDIR/over")" "$body" 'page of an unknown ticket'
	visit "$link"
	choose
	status_is 200
	visit "$link"
	is_dead
	is "$(<"$BATS_TEST_TMPDIR/over")" "$body" 'page of a used ticket'
}
is_over() {
	req "$1"
	[[ $status == 404 ]]
}

@test "of two who use a link at once, one sets the password" {
	local i
	person cleo
	follow cleo
	for i in 1 2; do
		(
			WORK=$BATS_TEST_TMPDIR/$i
			mkdir "$WORK"
			cp "$JAR" "$WORK/jar"
			JAR=$WORK/jar
			submit "new_password=$NEW $i" "again=$NEW $i"
			echo "$status" >"$WORK/status"
		) 3>&- &
	done
	wait
	is '200 404' "$(sort "$BATS_TEST_TMPDIR"/[12]/status | xargs)" statuses
	for i in 1 2; do
		case $(<"$BATS_TEST_TMPDIR/$i/status") in
		200) logs_in cleo "$NEW $i" 200 ;;
		404) logs_in cleo "$NEW $i" 401 ;;
		esac
	done
}

@test "a newer password makes older links dead" {
	local first
	person dora
	follow dora
	first=$link
	forget_mails
	ask dora@example.org
	mail_to dora@example.org
	visit "$link"
	choose
	status_is 200
	visit "$first"
	is_dead
}

@test "nobody can tell who has an account" {
	local who first
	person eve
	person off
	printf '%s\n' "$OLD" | ost user add nomail --password-stdin >/dev/null
	ost user disable off >/dev/null
	forget_mails
	for who in eve eve@example.org nobody nobody@example.net off nomail; do
		browser "$who"
		visit /account/reset
		submit "who=$who"
		status_is 200
		[[ -n ${first:=$(sent_page)} ]]
		is "$first" "$(sent_page)" "answer for $who"
	done
	wait_until 10 no_mail_waits
	is 2 "$(mail_count)" 'mails, all to eve'
	is 2 "$(grep -lxF -e '-i -- eve@example.org' "$MAILS"/mail.* | wc -l)" 'mails to eve'
}

@test "the fourth mail within an hour is refused, known or not" {
	local who i
	person fay
	for who in fay fox; do
		for i in 1 2 3; do
			ask "$who"
			status_is 200
		done
		ask "$who"
		status_is 429
		(($(header Retry-After) >= 1 && $(header Retry-After) <= 3600))
		[[ $body == *'id="error_who"'* ]]
		sed -E "s/name=\"csrf\" value=\"[^\"]*\"//; s/$who/X/g" "$WORK/body" >"$BATS_TEST_TMPDIR/$who"
	done
	cmp "$BATS_TEST_TMPDIR/fay" "$BATS_TEST_TMPDIR/fox"
}

@test "what is wrong is said beside its field, and the link stays good" {
	person gus
	ask ' '
	status_is 400
	[[ $body == *'id="error_who"'* ]]
	ask $'gus\r\nBcc: x@example.org'
	status_is 400
	follow gus
	submit new_password=sh0rt again=sh0rt
	status_is 400
	[[ $body == *'id="error_new_password"'* && $body != *sh0rt* ]]
	submit "new_password=$NEW" "again=$NEW."
	status_is 400
	[[ $body == *'id="error_again"'* && $body != *"$NEW"* ]]
	submit "new_password=$(printf '%01025d' 0)" "again=$(printf '%01025d' 0)"
	status_is 400
	choose
	status_is 200
	logs_in gus "$NEW" 200
}

@test "a form from elsewhere changes nothing" {
	person hal
	visit /account/reset
	submit who=hal csrf=x
	error_page 403 form_invalid
	follow hal
	choose csrf=x
	error_page 403 form_invalid
	visit "$link"
	browser other
	choose
	error_page 403 form_invalid
	logs_in hal "$OLD" 200
}

@test "the mail speaks the language that the account has, else that of the page" {
	local folder
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-mails.XXXXXX")
	chmod 755 "$folder"
	echo 'mail.reset.subject = Ein neues Passwort' >"$folder/de.txt"
	chmod 644 "$folder/de.txt"
	configure "messages = $folder"
	person ida
	visit /account/reset -H 'Accept-Language: de'
	[[ -n $form_action ]]
	visit /account/reset -H 'Accept-Language: de' --data-urlencode "${form_fields[0]}" -d who=ida
	status_is 200
	mail_to ida@example.org
	rm -r "$folder"
	[[ $mail == *'Subject: Ein neues Passwort'* ]]
}

@test "a disabled account's link is dead" {
	person joy
	follow joy
	ost user disable joy >/dev/null
	choose
	is_dead
}

@test "a link of one kind opens nothing of the other" {
	person kim
	unconfigure
	configure 'mail_from = no-reply@data.example' 'signup = open'
	follow kim
	visit "/account/signup?${link#*\?}"
	status_is 404
	link=$(ost user invite --email lea@example.org --json | jq -r .link)
	visit "/account/reset?${link#*\?}"
	is_dead
}

@test "without mail_from there is no such page" {
	person mia
	follow mia
	unconfigure
	choose
	error_page 404 not_found
	[[ $body == *'<h1>Lost passwords are not set anew here</h1>'* ]]
	visit "$link"
	error_page 404 not_found
	[[ $body == *'<h1>Lost passwords are not set anew here</h1>'* ]]
	visit /account/reset
	error_page 404 not_found
	[[ $body == *'<h1>Lost passwords are not set anew here</h1>'* ]]
	visit /account
	[[ $body != *'href="/account/reset"'* ]]
	logs_in mia "$OLD" 200
}

@test "who has two steps still needs the second one" {
	person nat
	follow nat
	put_record accounts "user:$(ost user show nat --json | jq -r .id)" \
		'.totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" | .totp_step = "1"'
	choose
	status_is 200
	visit /account
	is_signin
	submit username=nat "password=$NEW"
	[[ $body == *'autocomplete="one-time-code"'* ]]
	visit /account
	is_signin
	logs_in nat "$NEW" 401
	logs_in nat "$OLD" 401
}

@test "the user finds it among the security events" {
	person ona
	follow ona
	choose
	status_is 200
	is password_reset "$(ost user events ona --json | jq -r '.[0].event')" event
}

@test "T02 a mailed link that travelled over http is dead" {
	person zoe
	ask zoe
	mail_to zoe@example.org
	get "$PLAIN$link" 403 -H 'Accept: text/html'
	[[ $body != *ticket=* ]]
	visit "$link"
	is_dead
	logs_in zoe "$OLD" 200
}
