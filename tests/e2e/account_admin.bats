# The operator's pages, /account/admin and below: what is seen, found and done,
# what it does to the API at once, and that nobody else gets there.
load lib
load oauth
load records

setup_file() { POLICY='* /user/ user' start_server 'signup = invite' 'mail_from = doors@example.org'; }
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# at PATH [USER [PASSWORD]]: signed in, on that page
at() {
	visit "$1"
	submit "username=${2:-admin}" "password=${3:-$(password_of "${2:-admin}")}"
	status_is 303
	visit "$1"
}
operator() {
	at "$1"
	status_is 200
}
id_of() { ost user show "$1" --json | jq -r .id; }
has() { [[ $body == *"$1"* ]] || is "a page with $1" "$body" page; }
hasnt() { [[ $body != *"$1"* ]] || is "a page without $1" "$body" page; }
rows() { grep -c '<th scope="row"><a' <<<"$body" || true; }
# refill FIELD...: as if the form of before were still open
refill() { form_action=/account/admin/do form_fields=("$@"); }
# numbers yes|no: the sum of that column of $table
numbers() {
	sed -n 's|.*</th><td>\([0-9]*\)</td><td>\([0-9]*\)</td></tr>|\1 \2|p' <<<"$table" |
		awk -v column="$1" '{ yes += $1; no += $2 } END { print column == "yes" ? yes : no }'
}
# logged TEXT: a line of the log
logged() { wait_until 5 grep -qF "$1" "$STATE/decisions.log" || is "a line with $1" "$(tail -n 5 "$STATE/decisions.log")" log; }
last_event() { ost user events "$1" --json | jq -r '.[0] | "\(.event) \(.detail // "")"'; }

# deed ACTION ID [FIELD...]: confirmed and done
deed() {
	visit "/account/admin/do?action=$1&id=$2"
	status_is 200
	page_is_closed
	submit "${@:3}"
	status_is 303
	[[ $location == *"done=operator_$1" ]]
	logged "operator_$1: admin did it to $2"
	logged "\"reason\":\"operator_$1\""
	visit "$location"
	status_is 200
	has 'class="notice" role="status"'
}

paths='/account/admin /account/admin/refused /account/admin/users /account/admin/user /account/admin/apps
/account/admin/app /account/admin/keys /account/admin/do /account/admin/invite'

@test "every path is for the role admin alone, and the test knows every path" {
	local path
	is "$(xargs -n 1 <<<"$paths" | sort)" "$(grep -o '"/account/admin[^"]*"' "$top/account/pages.c" | tr -d '"' | sort)" paths
	at /account reader
	hasnt /account/admin
	for path in $paths; do
		visit "$path"
		error_page 403 forbidden
		visit "$path?id=$(id_of admin)&action=user_disable" -d csrf=x
		error_page 403 forbidden
	done
	browser nobody
	for path in $paths; do
		visit "$path"
		is_signin
	done
	is active "$(ost user show admin --json | jq -r .state)" state
}

@test "who loses the role in the middle loses the pages with the next request" {
	user_key second >/dev/null
	ost user set second --role admin >/dev/null
	at "/account/admin/do?action=user_disable&id=$(id_of reader)" second second-password
	status_is 200
	ost user set second --remove-role admin >/dev/null
	submit
	error_page 403 forbidden
	visit /account/admin
	error_page 403 forbidden
	is active "$(ost user show reader --json | jq -r .state)" state
}

@test "at a glance: what was answered is counted, by minute and quarter and reason" {
	local i pair table
	rm -f "$STATE/state/rates/tally"
	pair=$(user_key counted)
	for i in 1 2 3 4 5; do get /login 200 -H "$(basic "$pair")"; done
	for i in 1 2 3; do get /user/none 401 -H "$(basic counted:wrong)"; done
	wait_until 5 eval '[[ $(as_user "$B/ostiary" -c "$CONF" stats --json | jq "[.[] | select(.reason == \"credentials_invalid\").last_day] | add") == 3 ]]'
	operator /account/admin
	page_is_closed
	has '<h1>Operation</h1>'
	has '<figure class="chart">'
	table=$(sed -n '/<table id="hour">/,/<\/table>/p' <<<"$body")
	is 60 "$(grep -c '<th scope="row">' <<<"$table")" minutes
	# what was answered before this page: the five, and the sign-in
	is yes "$(numbers yes | awk '{ print ($1 >= 5 && $1 <= 7) ? "yes" : $1 }')" "yes of the hour"
	is 3 "$(numbers no)" "no of the hour"
	table=$(sed -n '/<table id="day">/,/<\/table>/p' <<<"$body")
	is 96 "$(grep -c '<th scope="row">' <<<"$table")" quarters
	is 3 "$(numbers no)" "no of the day"
	has '<code>credentials_invalid</code> <small>A user name, password, key or app token that is not right.</small></th><td data-label="Last hour"><span>3</span></td><td data-label="Last day"><span>3</span></td>'
	is 3 "$(sed -n '/<table id="failed" class="rows">/,/<\/table>/p' <<<"$body" | grep -c '<small>A user name, password, key')" sentences
	has '<th scope="row">All</th><td data-label="Last hour"><span>3</span></td><td data-label="Last day"><span>3</span></td>'
	is 3 "$(sed -n '/<table id="failed" class="rows">/,/<\/table>/p' <<<"$body" | grep -c '<code>credentials_invalid</code>')" "who failed"
	is 2 "$(sed -n '/<table id="ring" class="rows">/,/<\/table>/p' <<<"$body" | grep -c '<tr><th scope="row">')" "signing keys"
	for i in {1..52}; do get '/user/none?x=secret' 401 -H "$(basic 'someone<b>:wrong')" & done
	wait
	wait_until 5 eval '[[ $(as_user "$B/ostiary" -c "$CONF" stats --json | jq "[.[] | select(.reason == \"credentials_invalid\").last_day] | add") == 55 ]]'
	visit /account/admin
	has '/account/admin/refused?who=failed'
	# of callback addresses there are sentences already
	get "/oauth/authorize?client_id=$(demo .app.client_id)&redirect_uri=x" 400
	wait_until 5 is_counted redirect_uri_not_absolute
	visit /account/admin
	has '<code>redirect_uri_not_absolute</code> <small>The callback URL must be absolute'
	visit /account/admin -H 'Accept-Language: es'
	has '<small>Un usuario, contraseña'
	visit '/account/admin/refused?who=failed'
	is 50 "$(grep -c '<code>credentials_invalid</code>' <<<"$body")" "a page of them"
	hasnt secret
	visit '/account/admin/refused?page=2&who=failed'
	is 5 "$(grep -c '<code>credentials_invalid</code>' <<<"$body")" "the rest"
	visit '/account/admin/refused?who=limited'
	has 'Nobody and nothing.'
}

is_counted() { as_user "$B/ostiary" -c "$CONF" stats --json | grep -qF "\"$1\""; }

@test "without the tally there is a warning, and the rest of the page" {
	operator /account/admin
	hasnt 'Nothing is being counted'
	rm -rf "$STATE/state/rates/tally"
	mkdir "$STATE/state/rates/tally"
	visit /account/admin
	status_is 200
	has 'Nothing is being counted'
	has 'id="ring"'
	rmdir "$STATE/state/rates/tally"
}

@test "users: 120 of them, found and paged" {
	local first n
	n=$(ost user list --json | jq length)
	{
		echo '{"ostiary_dump":1,"signing_keys":"absent"}'
		jq -nc 'range(120) | "uLoaded\(1000 + .)xxxx" as $id | {store: "accounts", key: "user:\($id)", id: $id,
			name: "loaded\(.)", display_name: "Löad <b>\(.)</b>", email: "l\(.)@Example.org", roles: "reader",
			generation: "1", disabled: "0", epoch: "0", created: "\(1700000000000 + .)"}'
		echo '{"ostiary_dump_end":120}'
	} >"$BATS_TEST_TMPDIR/dump"
	ost load --force <"$BATS_TEST_TMPDIR/dump" >/dev/null
	operator /account/admin/users
	is 50 "$(rows)" "users of a page"
	has "<bdi>$((n + 120))</bdi>"
	visit '/account/admin/users?q=LOADED'
	is 50 "$(rows)" "users of a page"
	has 'Found: <bdi>120</bdi>'
	first=$(grep -o '<bdi>loaded[0-9]*</bdi>' <<<"$body" | head -n 1)
	is '<bdi>loaded119</bdi>' "$first" "the newest"
	has 'href="/account/admin/users?page=2&amp;q=LOADED"'
	visit '/account/admin/users?page=3&q=LOADED'
	is 20 "$(rows)" "users of the last page"
	has '<bdi>loaded0</bdi>'
	hasnt 'rel="next"'
	visit '/account/admin/users?page=99&q=LOADED'
	is 20 "$(rows)" "users of a page behind the last"
	visit '/account/admin/users?page=-1&q=loaded119'
	is 1 "$(rows)" users
	visit '/account/admin/users?q=l7@example.ORG'
	is 1 "$(rows)" "users of that address"
	visit '/account/admin/users?q=%3Cb%3E11'
	is 11 "$(rows)" "users of that display name"
	has '<bdi>Löad &lt;b&gt;110&lt;/b&gt;</bdi>'
	has 'value="&lt;b&gt;11"'
	hasnt '<b>'
}

@test "whatever is searched for is text" {
	local q
	operator /account/admin
	for q in '"><script>alert(1)</script>' "' OR 1=1 --" '{{csrf}}' '%s%n' '../../etc/passwd' '{q}' "$(printf '\xe2\x80\xae')" "$(printf 'x%.0s' {1..2000})"; do
		for path in users apps keys; do
			visit "/account/admin/$path?q=$(uri "$q")"
			status_is 200
			page_is_closed
			has 'Found: <bdi>0</bdi>'
		done
	done
	visit '/account/admin/users?q=a&q=b'
	status_is 200
	get '/account/admin/users?q=%ff' 400 # of the web server, or ours
	for path in user app; do
		for q in '' x ../x '%00' 'a%20b' uhhg887qHC0lIJRiuhhg887qHC0lIJRiuhhg887qHC0lIJRiuhhg887qHC0lIJRix; do
			visit "/account/admin/$path?id=$q"
			[[ $status == 404 || $status == 400 ]] || is 404 "$status" "$path $q"
		done
	done
	visit "/account/admin/do?action=user_fly&id=$(id_of reader)"
	error_page 404 not_found
	visit '/account/admin/do?action=user_disable&id=nobody'
	error_page 404 not_found
}

@test "a user is disabled, and let in again, at once" {
	local pair id
	pair=$(user_key ill)
	id=$(id_of ill)
	get /login 200 -H "$(basic "$pair")"
	operator "/account/admin/user?id=$id"
	has '<dd id="state">active</dd>'
	deed user_disable "$id"
	has '<dd id="state">disabled</dd>'
	get /login 401 -H "$(basic "$pair")"
	is 'account_changed disabled, by the operator admin' "$(last_event ill)" event
	is 1 "$(newest accounts "user:$id" .epoch)" epoch
	deed user_enable "$id"
	has '<dd id="state">active</dd>'
	get /login 200 -H "$(basic "$pair")"
	is 'account_changed enabled, by the operator admin' "$(last_event ill)" event
}

@test "nothing is done by GET, twice, with another's form or what was done already" {
	local id form used
	user_key twice >/dev/null
	id=$(id_of twice)
	operator "/account/admin/do?action=user_disable&id=$id"
	is active "$(ost user show twice --json | jq -r .state)" state
	form=("${form_fields[@]}")
	visit "/account/admin/do?action=user_disable&id=$id"
	used=("${form_fields[@]}")
	submit
	status_is 303
	refill "${used[@]}"
	submit
	error_page 403 form_invalid
	# a form of before that another one has overtaken
	refill "${form[@]}"
	submit
	error_page 409 conflict
	visit "/account/admin/do?action=user_disable&id=$id"
	error_page 409 conflict
	visit "/account/admin/do?action=user_enable&id=$id"
	form=("${form_fields[@]}")
	browser other
	operator "/account/admin/do?action=user_enable&id=$id"
	refill "${form[@]}"
	submit
	error_page 403 form_invalid
	is disabled "$(ost user show twice --json | jq -r .state)" state
}

@test "the password is asked for again when it was long ago" {
	local id key
	user_key later >/dev/null
	id=$(id_of later)
	operator /account/admin
	for key in $(ost dump | jq -r "select(.store == \"grants\" and (.key | startswith(\"session:\"))).key"); do
		put_record grants "$key" '.proved = "1"'
	done
	visit "/account/admin/do?action=user_disable&id=$id"
	has 'id="password"'
	submit
	status_is 400
	has 'id="error_password"'
	submit password=wrong
	status_is 400
	has 'The password is not right.'
	is active "$(ost user show later --json | jq -r .state)" state
	submit "password=$(password_of admin)"
	status_is 303
	is disabled "$(ost user show later --json | jq -r .state)" state
}

@test "sessions, two steps and roles" {
	local id theirs
	user_key many >/dev/null
	id=$(id_of many)
	browser theirs
	theirs=$JAR
	at /account many many-password
	status_is 200
	browser
	operator "/account/admin/user?id=$id"
	has '<table id="sessions" class="rows">'
	deed user_sessions "$id"
	is 'sessions_ended by the operator admin' "$(last_event many)" event
	JAR=$theirs visit /account
	is_signin
	browser
	visit "/account/admin/do?action=user_two_steps&id=$id"
	error_page 409 conflict
	put_record accounts "user:$id" '.totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" | .totp_step = "1"'
	get /login 401 -H "$(basic many:many-password)"
	deed user_two_steps "$id"
	get /login 200 -H "$(basic many:many-password)"
	[[ $(last_event many) == 'two_step_off by the operator admin' ]]
	deed role_add "$id" role=curator
	has '<code>curator</code>'
	is '["curator"]' "$(ost user show many --json | jq -c .roles)" roles
	visit "/account/admin/do?action=role_add&id=$id"
	submit 'role=a b<'
	status_is 400
	has 'id="error_role"'
	has 'value="a b&lt;"'
	submit role=curator
	error_page 409 conflict
	visit "/account/admin/do?action=role_remove&id=$id&role=curator"
	has 'Take the role <bdi>curator</bdi> from <bdi>many</bdi>?'
	submit
	status_is 303
	is '[]' "$(ost user show many --json | jq -c .roles)" roles
	is 'account_changed role removed: curator, by the operator admin' "$(last_event many)" event
}

@test "nobody locks himself out, but another operator can" {
	local me
	me=$(id_of admin)
	operator "/account/admin/user?id=$me"
	hasnt action=user_disable
	visit "/account/admin/do?action=user_disable&id=$me"
	error_page 403 operator_self
	visit "/account/admin/do?action=role_remove&role=admin&id=$me"
	error_page 403 operator_self
	# who knows his password alone must not get rid of the second step
	visit "/account/admin/do?action=user_two_steps&id=$me"
	error_page 403 operator_self
	# by a form that was made for something else
	visit "/account/admin/do?action=user_sessions&id=$me"
	submit action=user_disable
	error_page 403 operator_self
	visit "/account/admin/do?action=user_sessions&id=$me"
	submit action=user_two_steps
	error_page 403 operator_self
	visit "/account/admin/do?action=user_sessions&id=$me"
	submit
	status_is 303
	visit /account/admin
	status_is 200
	user_key chief >/dev/null
	ost user set chief --role admin >/dev/null
	visit "/account/admin/do?action=role_remove&role=admin&id=$(id_of chief)"
	submit
	status_is 303
	is '[]' "$(ost user show chief --json | jq -c .roles)" roles
}

@test "applications: found, disabled, enabled, deleted, and withdrawn from a user" {
	local id
	demo_app
	new_app 'Oaks <i>' --callback-prefix "$(demo .app.callback_prefix)"
	browser theirs
	get_token
	current "$token"
	status_is 200
	browser
	operator '/account/admin/apps?q=oAks'
	is 1 "$(rows)" applications
	has '<bdi>Oaks &lt;i&gt;</bdi>'
	visit '/account/admin/apps?q=ADMIN'
	has "$CLIENT"
	visit "/account/admin/app?id=$CLIENT"
	has "<code><bdi dir=\"ltr\">$(demo .app.callback_prefix)"
	hasnt "$SECRET"
	id=$(id_of reader)
	visit "/account/admin/user?id=$id"
	has '<dd>1</dd>'
	deed user_withdraw "$id"
	current "$token"
	status_is 401
	is 'app_withdrawn all applications, by the operator admin' "$(last_event reader)" event
	browser theirs
	get_token
	current "$token"
	status_is 200
	browser
	deed app_disable "$CLIENT"
	has '<dd id="state">disabled</dd>'
	current "$token"
	status_is 401
	is 'app_changed Oaks <i>, by the operator admin' "$(last_event admin)" event
	deed app_enable "$CLIENT"
	current "$token"
	status_is 401
	visit "/account/admin/do?action=app_delete&id=$CLIENT"
	has '<h1>Delete <bdi>Oaks &lt;i&gt;</bdi>?</h1>'
	deed app_delete "$CLIENT"
	visit "/account/admin/app?id=$CLIENT"
	error_page 404 not_found
	is 'app_deleted Oaks <i>, by the operator admin' "$(last_event admin)" event
	ost check >/dev/null
}

@test "keys: found by name, owner and id, and revoked" {
	local pair
	pair=$(user_key holder)
	get /login 200 -H "$(basic "$pair")"
	operator /account/admin/keys
	for q in "${pair%%:*}" HOLDER; do
		visit "/account/admin/keys?q=$q"
		has 'Found: <bdi>1</bdi>'
		has "<code>${pair%%:*}</code>"
	done
	hasnt "${pair#*:}"
	hasnt "$(printf %s "${pair#*:}" | sha256sum | cut -c1-64)"
	deed key_revoke "${pair%%:*}"
	get /login 401 -H "$(basic "$pair")"
	is 'key_revoked test, by the operator admin' "$(last_event holder)" event
	visit '/account/admin/keys?q=holder'
	has '<span class="badge bad">revoked</span>'
	hasnt action=key_revoke
	visit "/account/admin/do?action=key_revoke&id=${pair%%:*}"
	error_page 409 conflict
}

@test "somebody is invited, by a link that is shown once, or mailed and not shown" {
	local used
	operator /account/admin/invite
	submit email=nowhere 'roles=a b<'
	status_is 400
	has 'id="error_email"'
	has 'id="error_roles"'
	has 'value="nowhere"'
	is 0 "$(ost user invitations --json | jq length)" invitations
	used=("${form_fields[@]}")
	submit email=guest@example.org 'roles=reader editor'
	status_is 200
	has "$BASE/account/signup?ticket="
	page_is_closed
	is '[["guest@example.org",["reader","editor"]]]' "$(ost user invitations --json | jq -c '[.[] | [.email, .roles]]')" invitations
	logged 'operator_invite: admin invited guest@example.org, roles reader editor'
	! grep -qF "$(grep -o 'ticket=[A-Za-z0-9_-]*' <<<"$body" | head -n 1)" "$STATE/decisions.log"
	refill "${used[@]}"
	form_action=/account/admin/invite
	submit email=guest2@example.org
	error_page 403 form_invalid
	is 1 "$(ost user invitations --json | jq length)" invitations
	visit /account/admin/invite
	submit email=guest3@example.org roles= mail=yes
	status_is 200
	has 'guest3@example.org'
	hasnt 'ticket='
	is "[\"$(id_of admin)\"]" "$(ost user invitations --json | jq -c '[.[].invited_by] | unique')" 'by whom'
	visit /account/admin
	has 'Mails that wait'
	configure 'signup = off'
	visit /account/admin/invite
	error_page 404 not_found
	visit /account/admin/users
	hasnt /account/admin/invite
}

@test "a mail to set a new password" {
	printf 'forgetful-password\n' | ost user add forgetful --email f@example.org --password-stdin >/dev/null
	operator "/account/admin/user?id=$(id_of forgetful)"
	has action=user_reset_mail
	deed user_reset_mail "$(id_of forgetful)"
	is "$(id_of forgetful)" "$(newest grants ticket: .user)" ticket
	visit "/account/admin/user?id=$(id_of reader)"
	hasnt action=user_reset_mail
	visit "/account/admin/do?action=user_reset_mail&id=$(id_of reader)"
	error_page 409 conflict
	# the limits are those of whoever asks
	for _ in {1..4}; do deed user_reset_mail "$(id_of forgetful)"; done
}
