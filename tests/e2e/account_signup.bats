# Signing up: from the mailed link, or the invitation, to an account.
load lib
load oauth
load mails

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
	configure 'mail_from = Trees <no-reply@data.example>' 'signup = open'
}
teardown() { unconfigure; }

# ask EMAIL: for a link, by the page.
ask() {
	visit /account/signup
	status_is 200
	submit "email=$1"
}
# follow EMAIL: at the page behind the link in the mail.
follow() {
	ask "$1"
	status_is 200
	mail_to "$1"
	visit "$link"
	status_is 200
}
GOOD='correct horse'
# choose NAME [FIELD=VALUE...]: the form behind the link.
choose() {
	local field fields=()
	for field in "name=$1" "display_name=${1^}" "new_password=$GOOD" "again=$GOOD"; do
		[[ " ${*/=*/} " == *" ${field%%=*} "* ]] || fields+=("$field")
	done
	submit "${fields[@]}" "${@:2}"
}
is_dead() {
	status_is 404
	[[ $body == *'This link is not good any more'* ]]
	page_is_closed
}
events() { ost user events "$1" --json | jq -r '[.[].event] | join(",")'; }
has_error() { # FIELD
	[[ $body == *"id=\"error_$1\""* ]] || is "an error at $1" "$body" page
	[[ $body == *'aria-invalid="true"'* ]]
}

@test "who follows the mailed link has an account and is signed in" {
	visit /account
	[[ $body == *'href="/account/signup"'* ]]
	ask ann@example.org
	status_is 200
	page_is_closed
	[[ $body == *'Look at your mail'* ]]
	mail_to ann@example.org
	[[ $mail == *'Subject: Your account at '* && $mail == *'The link works once, for 24 hours.'* ]]
	visit "$link"
	status_is 200
	page_is_closed
	[[ $body == *'value="ann@example.org"'* ]]
	choose ann
	status_is 303
	is '/account?done=welcome' "$location" Location
	visit "$location"
	status_is 200
	[[ $body == *'role="status"'*Welcome* && $body == *'<bdi>Ann</bdi>'* ]]
	is signed_in,signed_up "$(events ann)" events
	is 'ann@example.org Ann' "$(ost user show ann --json | jq -r '"\(.email) \(.displayName)"')" user
	req /login -H "$(basic "ann:$GOOD")"
	status_is 200
	visit /account/signup
	browser other
	visit "$link"
	is_dead
}

@test "looking at a link does not spend it, using it does" {
	follow bea@example.org
	visit "$link"
	visit "$link"
	status_is 200
	choose bea
	status_is 303
	browser other
	visit "$link"
	is_dead
	[[ $body == *'href="/account/signup"'* ]]
	printf %s "$body" >"$BATS_TEST_TMPDIR/used"
	visit '/account/signup?ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
	is_dead
	is "$(<"$BATS_TEST_TMPDIR/used")" "$body" 'page of an unknown ticket'
	visit '/account/signup?ticket=%00%3Cx%3E'
	[[ $status = 400 || $status = 404 ]]
}

@test "a link that is over opens nothing" {
	local over
	configure 'ticket_lifetime = 1s'
	ask cleo@example.org
	mail_to cleo@example.org
	over=$link
	wait_until 5 is_over "$over"
	unconfigure
	configure 'mail_from = no-reply@data.example' 'signup = open'
	forget_mails
	follow cleo@example.org
	choose cleo "ticket=${over#*=}"
	is_dead
	run -1 --separate-stderr ost user show cleo
}
is_over() {
	req "$1"
	[[ $status == 404 ]]
}

@test "of two who use a link at once, one has the account" {
	local i
	follow dora@example.org
	for i in 1 2; do
		(
			WORK=$BATS_TEST_TMPDIR/$i
			mkdir "$WORK"
			cp "$JAR" "$WORK/jar"
			JAR=$WORK/jar
			choose "dora$i"
			echo "$status" >"$WORK/status"
		) 3>&- &
	done
	wait
	is '303 404' "$(sort "$BATS_TEST_TMPDIR"/[12]/status | xargs)" statuses
	is 1 "$(ost user list --json | jq '[.[] | select(.email == "dora@example.org")] | length')" accounts
}

@test "an address that has an account gets the same page and another mail" {
	local first
	follow eve@example.org
	choose eve
	status_is 303
	browser other
	visit /account/signup
	submit email=EVE@example.org
	first=$(sent_page)
	mail_to EVE@example.org
	[[ $mail == *'There is one already.'* && $mail != *ticket=* ]]
	browser third
	visit /account/signup
	submit email=nobody-yet@example.org
	is "$first" "$(sent_page)" 'answer for an unknown address'
	[[ $first != *[Ee][Vv][Ee]@* ]]
	mail_to nobody-yet@example.org
	[[ $mail == *ticket=* ]]
}

@test "what is wrong is said beside its field, and what was typed stays" {
	ask 'not an address'
	status_is 400
	has_error email
	[[ $body == *'value="not an address"'* ]]
	follow fay@example.org
	submit 'name=-fay' 'display_name=Fay "<i>"' new_password=sh0rt again=0therwise
	status_is 400
	has_error name
	has_error new_password
	[[ $body == *'value="-fay"'* && $body == *'value="Fay &quot;&lt;i&gt;&quot;"'* ]]
	[[ $body != *sh0rt* && $body != *0therwise* ]]
	choose fay "again=$GOOD."
	status_is 400
	has_error again
	choose fay "display_name=$(printf '%0201d' 0)"
	status_is 400
	has_error display_name
	choose reader
	status_is 400
	has_error name
	[[ $body == *'Somebody has this name already'* && $body == *'value="reader"'* && $body != *"$GOOD"* ]]
	choose READER
	has_error name
	choose fay
	status_is 303
}

@test "hostile names make no account" {
	local name
	follow gus@example.org
	for name in '' ' ' '../x' 'a b' 'ａdmin' $'a\nb' 'a:b' "$(printf '%065d' 0)" '<script>' "x' OR 1" 'user:u_1' '.'; do
		choose "$name"
		status_is 400
		has_error name
		[[ $body != *'<script>'* ]]
	done
	submit name=gus name=two "new_password=$GOOD" "again=$GOOD"
	status_is 400
	is 0 "$(ost user list --json | jq '[.[] | select(.email == "gus@example.org")] | length')" accounts
}

@test "whether a name is taken is told behind a link alone, and not for ever" {
	local i
	visit /account/signup
	submit ticket=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA name=reader "new_password=$GOOD" "again=$GOOD"
	is_dead
	follow hal@example.org
	for ((i = 0; i < 30; i++)); do
		choose reader
		is 400 "$status" "try $i"
	done
	choose hal
	status_is 429
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 3600))
	run -1 --separate-stderr ost user show hal
}

@test "no address makes a header, and none goes to two" {
	local address
	forget_mails
	for address in $'ida@example.org\nBcc: x@example.org' $'ida@example.org\r\nSubject: x' \
		'ida@example.org,x@example.org' 'Ida <ida@example.org>' '-oQ/tmp@example.org x' 'ida@example.org ida@example.org'; do
		ask "$address"
		is 400 "$status" "status of $address"
		has_error email
	done
	no_mail_waits
	is 0 "$(mail_count)" mails
}

@test "the fourth mail to an address within an hour is refused, known or not" {
	local who
	follow joy@example.org
	choose joy
	for who in joy@example.org jim@example.org; do
		browser "$who"
		[[ $who == joy* ]] || ask "$who"
		ask "$who"
		ask "$who"
		status_is 200
		visit /account/signup
		submit "email=$who"
		status_is 429
		(($(header Retry-After) >= 1 && $(header Retry-After) <= 3600))
		has_error email
		printf '%s\n' "${body//$who/X}" | sed 's/name="csrf" value="[^"]*"//' >"$BATS_TEST_TMPDIR/$who"
	done
	cmp "$BATS_TEST_TMPDIR/joy@example.org" "$BATS_TEST_TMPDIR/jim@example.org"
}

@test "the eleventh mail that one address asks for is refused" {
	local i
	for ((i = 0; i < 10; i++)); do
		ask "k$i@example.org"
		status_is 200
	done
	ask k10@example.org
	status_is 429
}

@test "a form from elsewhere starts nothing" {
	visit /account/signup
	submit email=lea@example.org csrf=x
	error_page 403 form_invalid
	visit /account/signup
	browser other
	visit "$form_action" -d "csrf=${form_fields[0]#csrf=}" -d email=lea@example.org
	error_page 403 form_invalid
	visit /account
	browser
	submit email=lea@example.org
	error_page 403 form_invalid
	follow mia@example.org
	choose mia csrf=x
	error_page 403 form_invalid
	run -1 --separate-stderr ost user show mia
}

@test "an invitation brings its address and roles, by mail or by hand" {
	unconfigure
	configure 'mail_from = no-reply@data.example' 'signup = invite'
	visit /account/signup
	status_is 200
	[[ $body == *'by invitation'* && $body != *'<form '* ]]
	visit /account
	[[ $body != *'href="/account/signup"'* ]]
	ost user invite --email ned@example.org --role editor --role staff --mail >/dev/null
	mail_to ned@example.org
	[[ $mail == *'Subject: Invitation to '* && $mail == *'The link works once, for 7 days.'* ]]
	visit "$link"
	status_is 200
	choose ned email=other@example.org
	status_is 303
	is signed_in,invited "$(events ned)" events
	is 'ned@example.org editor staff' "$(ost user show ned --json | jq -r '"\(.email) \(.roles | join(" "))"')" user
	browser other
	visit "$link"
	is_dead
	[[ $body == *'whoever invited you'* && $body != *'href="/account/signup"'* ]]
	link=$(ost user invite --email ona@example.org --json | jq -r .link)
	ost user uninvite ona@example.org >/dev/null
	visit "$link"
	is_dead
}

@test "an invitation works without any mail" {
	unconfigure
	configure 'signup = invite'
	link=$(ost user invite --email pia@example.org --json | jq -r .link)
	visit "$link"
	choose pia
	status_is 303
}

@test "where signing up is off there is no such page" {
	follow quin@example.org
	unconfigure
	configure 'mail_from = no-reply@data.example' 'signup = off'
	choose quin
	error_page 404 not_found
	[[ $body == *'<h1>Nobody can sign up here</h1>'* ]]
	visit "$link"
	error_page 404 not_found
	[[ $body == *'<h1>Nobody can sign up here</h1>'* ]]
	visit /account/signup
	error_page 404 not_found
	[[ $body == *'<h1>Nobody can sign up here</h1>'* ]]
	visit /account
	[[ $body != *'href="/account/signup"'* && $body == *'href="/account/reset"'* ]]
	run -1 --separate-stderr ost user show quin
}

@test "the operator's text of a mail is the one that is sent" {
	local folder field
	folder=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-mails.XXXXXX")
	chmod 755 "$folder"
	printf '%s\n' 'mail.signup.subject = Hallo {site_name}' 'mail.signup.body = Bitte\n\n{link}\n\nfolgen.' >"$folder/de.txt"
	chmod 644 "$folder/de.txt"
	configure "messages = $folder"
	visit /account/signup -H 'Accept-Language: de'
	local fields=()
	for field in "${form_fields[@]}"; do fields+=(--data-urlencode "$field"); done
	visit /account/signup "${fields[@]}" -d email=rob@example.org -H 'Accept-Language: de'
	status_is 200
	mail_to rob@example.org
	rm -r "$folder"
	[[ $mail == *'Subject: Hallo '* && $mail == *$'\n\nBitte\n\nhttps://'*$'\n\nfolgen.' ]]
}

@test "over http there is nothing" {
	get "$PLAIN/account/signup" 403
	code_is https_required
	get "$PLAIN/account/reset" 403
	code_is https_required
}
