# The pages of one's own applications.
load lib
load oauth
load records
load account

setup_file() { start_server; }
teardown_file() { stop_server; }
setup() { browser; REDIRECT=https://app.example/cb; }
teardown() { unconfigure; }

# registered NAME [FIELD=VALUE...]: $CLIENT, $SECRET.
registered() {
	local default fields=("name=$1" action=register)
	shift
	for default in kind=web prefixes=https://app.example/cb; do
		[[ " ${*/=*/} " == *" ${default%%=*} "* ]] || fields+=("$default")
	done
	at /account/apps/new
	submit "${fields[@]}" "$@"
	status_is 200
	CLIENT=$(text client_id)
	SECRET=$(text client_secret) || SECRET=
}
app_of() { ost app show "${1:-$CLIENT}" --json; }

@test "who registers an application gets a secret that works, and how to go on" {
	registered 'Trees & more' 'description=Counts trees
and leaves' website=https://trees.example/about redirect_uris='https://app.example/exact?x=1'
	page_is_closed
	[[ $SECRET == osa_* && $body == *'is not shown again'* ]]
	is "$BASE/oauth/authorize?response_type=code&client_id=$CLIENT&redirect_uri=https%3A%2F%2Fapp.example%2Fexact%3Fx%3D1&state=STATE" \
		"$(text authorize_url)" "authorize URL"
	curl_line=$(text curl) authorize_url=$(text authorize_url)
	[[ $curl_line == *"-d client_secret=$SECRET"* ]]
	is '["Trees & more","Counts trees and leaves","https://trees.example/about",["https://app.example/cb"],["https://app.example/exact?x=1"]]' \
		"$(app_of | jq -c '[.name, .description, .website, .callback_prefix, .redirect_uris]')" application
	[[ $(last_event reader) == *app_created*'Trees'* ]]
	get_token
	current "$token"
	status_is 200
	is "$CLIENT" "$(json .app.client_id)" client_id
	# the lines of the page themselves
	visit "$authorize_url"
	is_consent
	submit decision=allow
	line=${curl_line/CODE/$(param code)}
	read -ra words <<<"${line#curl }"
	req "${words[0]}" "${words[@]:1}"
	status_is 200
	# the list has it, and never the secret
	visit /account/apps
	[[ $body == *"$CLIENT"* && $body == *'<bdi>Trees &amp; more</bdi>'* && $body != *"$SECRET"* ]]
	[[ $(sed -n '/Last used/{n;p}' <<<"$body") == *'<time>20'* ]]
}

@test "the settings of one's application are what a client library asks for" {
	registered Forum redirect_uris='https://app.example/exact?x=1'
	[[ $body == *"href=\"/account/apps/connect?id=$CLIENT\""* ]]
	visit /account/apps
	[[ $body == *"href=\"/account/apps/connect?id=$CLIENT\""* ]]
	visit "/account/apps/connect?id=$CLIENT"
	status_is 200
	page_is_closed
	[[ $body != *"$SECRET"* && $body == *client_secret_basic* && $body == *client_secret_post* && $body == *Recommended* ]]
	[[ $body == *'https://app.example/cb'* && $body == *'https://app.example/exact?x=1'* ]]
	is "$CLIENT" "$(text client_id)" client_id
	is "$BASE" "$(text issuer)" issuer
	is RS256 "$(text id_token_alg)" id_token_alg
	[[ $(text scopes | tr -s ' \t\n' ' ') == *'openid Know that it is you'*'offline_access Go on'* && $body == *'any other word'* ]]
	curl_line=$(text curl) authorize_url=$(text authorize_url) discovery=$(text discovery)
	local said=() name
	for name in authorization_endpoint token_endpoint revocation_endpoint introspection_endpoint \
		device_authorization_endpoint userinfo_endpoint jwks_uri; do
		said+=("$name=$(text "$name")")
	done
	req "$discovery"
	is "$(json 'to_entries[] | select(.key | test("_endpoint$|_uri$")) | "\(.key)=\(.value)"' | sort)" \
		"$(printf '%s\n' "${said[@]}" | sort)" "addresses"
	# the lines of the page, with the secret that it does not know
	visit "$authorize_url"
	is_consent
	submit decision=allow
	line=${curl_line/CODE/$(param code)}
	read -ra words <<<"${line/SECRET/$SECRET}"
	req "${words[1]}" "${words[@]:2}"
	status_is 200
}

@test "the settings say what is another application's or the operator's choice" {
	registered Phone kind=public prefixes= redirect_uris=com.example.app:/cb
	configure 'scope.trees:read = See <the> trees'
	ost app set "$CLIENT" --device-grant no --refresh-tokens yes --id-token-alg ES256
	visit "/account/apps/connect?id=$CLIENT" -H 'Accept-Language: en'
	status_is 200
	[[ $body == *'<code translate="no">none</code>'* && $body == *Required* && $body == *'It has none.'* && $body == *Always* ]]
	[[ $body != *client_secret* && $body != *introspection* && $body != *device_authorization* && $body != *apps/rotate* ]]
	is ES256 "$(text id_token_alg)" id_token_alg
	[[ $(text authorize_url) == *code_challenge=CHALLENGE* && $(text curl) == *code_verifier=VERIFIER* ]]
	[[ $(text scopes) == *'trees:read'*'See <the> trees'* && $body != *'any other word'* ]]
	registered Job
	ost app set "$CLIENT" --own-scope trees:read --introspect yes --callback-prefix ''
	visit "/account/apps/connect?id=$CLIENT"
	status_is 200
	is trees:read "$(text own_scope)" own_scope
	[[ $body == *'Every token'* && $body != *authorize_url* ]]
	visit "/account/apps/connect?id=$(demo .app.client_id)"
	error_page 404 not_found
	visit "/account/apps/connect?id=$CLIENT" -d x=y
	status_is 405
}

@test "a public application has no secret, and none can be made" {
	registered Phone kind=public prefixes= redirect_uris=$'http://127.0.0.1/cb\r\ncom.example.app:/cb'
	is '' "$SECRET" secret
	[[ $body == *'must use PKCE'* && $(text authorize_url) == *code_challenge=CHALLENGE* && $(text curl) == *code_verifier=VERIFIER* ]]
	is '["http://127.0.0.1/cb","com.example.app:/cb"]' "$(app_of | jq -c .redirect_uris)" URIs
	visit "/account/apps/rotate?id=$CLIENT"
	error_page 404 not_found
	visit /account/apps
	[[ $body != *"/account/apps/rotate?id=$CLIENT"* ]]
	registered Television kind=public prefixes=
	[[ $body == *'must use PKCE'* && $body != *authorize_url* ]]
}

@test "each wrong field is said beside it, and all that was typed stays" {
	local before
	before=$(ost app list --json | jq length)
	at /account/apps/new
	submit name= action=register
	wrong name kind prefixes
	submit "name=$(printf 'x%.0s' {1..81})" "description=$(printf 'y%.0s' {1..1001})" website=ftp://x.example kind=other \
		$'prefixes=https://a.example\nhttps://a.example/ok' redirect_uris=http://a.example/cb sample=https://a.example/ok/1 action=register
	wrong name description website kind prefixes redirect_uris
	[[ $body == *"value=\"$(printf 'x%.0s' {1..81})\""* && $body == *"$(printf 'y%.0s' {1..1001})</textarea>"* &&
		$body == *'value="ftp://x.example"'* && $body == *$'https://a.example\nhttps://a.example/ok</textarea>'* &&
		$body == *'value="https://a.example/ok/1"'* ]]
	[[ $body == *'A callback prefix must have a path'* && $body == *'must begin with https://'* ]]
	for website in https:// http:///x 'https://a b' https://u@h.example/ 'javascript:alert(1)' https://:80/; do
		submit name=W kind=web prefixes=https://a.example/ok "website=$website" action=register
		wrong website
	done
	submit name=W kind=web "prefixes=$(printf 'https://a.example/%s\n' {1..33})" action=register
	wrong prefixes
	[[ $body == *'32 lines at most'* ]]
	is "$before" "$(ost app list --json | jq length)" applications
	# and then the same form does it
	submit name=W kind=web "prefixes=$(printf 'https://a.example/%s\n' {1..32})" action=register
	status_is 200
	ost app delete "$(text client_id)" --yes
}

@test "the check of callbacks says why not, what it covers and as what it is kept, and does nothing" {
	local before
	before=$(ost app list --json | jq length)
	at /account/apps/new
	submit name=Kept kind=web action=check redirect_uris=https://exact.example/a prefixes=$'HTTPS://App.Example/dir\r\nhttps://app.example/folder/\r\nhttp://app.example/x\r\nhttps://app.example/\r\nhttps://app.example/q?a=1\r\n<b>\r\n' \
		sample=https://app.example/dir/back
	status_is 200
	checks=$(text checks | tr -s ' \t\n' ' ')
	[[ $checks == *'HTTPS://App.Example/dir Good. It is kept as https://app.example/dir. It covers https://app.example/dir and everything below https://app.example/dir/, but not https://app.example/dir2.'* ]]
	[[ $checks == *'https://app.example/folder/ Good. It covers everything below https://app.example/folder/, but not https://app.example/folder.'* ]]
	[[ $checks == *'http://app.example/x Not possible. The callback URL must begin with https://.'* ]]
	[[ $checks == *'https://app.example/ Not possible. A callback prefix must have a path'* ]]
	[[ $checks == *'https://app.example/q?a=1 Not possible. A callback prefix must not have a query.'* ]]
	[[ $checks == *'<b> Not possible.'* && $body != *'<b>'* ]]
	[[ $checks == *'https://exact.example/a Good. It covers exactly this URL.'* ]]
	[[ $checks == *'https://app.example/dir/back The application could be called back there.'* ]]
	[[ $body == *'value="Kept"'* ]]
	while read -r sample want; do
		submit kind=web action=check prefixes=https://app.example/dir "sample=$sample"
		status_is 200
		[[ $(text sample_result | tr -s ' \t\n' ' ') == *"$want"* ]] || is "$want" "$(text sample_result)" "$sample"
	done <<-'END'
		https://app.example/dir could be called back
		https://app.example/dirx The callback URL is not registered
		https://app.example/dir/../x segments
		https://evil.example/dir The callback URL is not registered
		http://app.example/dir must begin with https://
	END
	# a person's own device is another question
	submit kind=public action=check redirect_uris=http://127.0.0.1/cb prefixes= sample=http://127.0.0.1:4711/cb
	[[ $(text sample_result) == *'could be called back there.'* && $(text sample_result) != *'not be'* ]]
	submit kind=web action=check prefixes= redirect_uris= sample=
	[[ $body == *'There is no line to check.'* ]]
	is "$before" "$(ost app list --json | jq length)" applications
	# the promise of the check holds
	registered Promise prefixes=HTTPS://App.Example/dir
	is '["https://app.example/dir"]' "$(app_of | jq -c .callback_prefix)" prefix
	visit "$(authorize redirect_uri=https://app.example/dir/back)"
	is_consent
	visit "$(authorize redirect_uri=https://app.example/dir2)"
	error_page 400 redirect_uri_not_registered
}

@test "what an application says of itself is changed without a password, where it is called back with one" {
	registered Before
	stale
	at "/account/apps/edit?id=$CLIENT"
	[[ $body == *'value="Before"'* ]]
	! is_signin
	submit name= action=save
	wrong name
	submit name=After description=New website=http://x.example action=save
	is '/account/apps?done=app_changed' "$location" Location
	visit "$location"
	[[ $body == *'role="status">The application is changed.'* ]]
	is '["After","New","http://x.example",["https://app.example/cb"]]' "$(app_of | jq -c '[.name, .description, .website, .callback_prefix]')" application
	[[ $(last_event reader) == *app_changed* ]]
	visit "/account/apps/callbacks?id=$CLIENT"
	[[ $body == *'https://app.example/cb'* ]]
	is_signin # asks for the password
	submit prefixes=https://app.example/other sample=https://app.example/other action=check
	status_is 200
	submit prefixes=https://app.example/other action=save
	wrong password
	submit prefixes=https://app.example/other action=save password=wrong
	wrong password
	[[ $body == *'https://app.example/other'*'</textarea>'* ]]
	submit prefixes=ftp://x action=save "password=$(password_of reader)"
	wrong prefixes
	submit prefixes= action=save "password=$(password_of reader)"
	wrong prefixes
	is '["https://app.example/cb"]' "$(app_of | jq -c .callback_prefix)" prefixes
	submit prefixes=https://app.example/other action=save "password=$(password_of reader)"
	status_is 303
	is '["https://app.example/other"]' "$(app_of | jq -c .callback_prefix)" prefixes
	visit "$(authorize)"
	error_page 400 redirect_uri_not_registered
}

@test "a new secret with and without an overlap" {
	registered Rotated
	get_code
	old=$SECRET old_code=$code
	at "/account/apps/rotate?id=$CLIENT"
	submit overlap=3 action=rotate
	wrong overlap
	submit overlap=7 action=rotate
	status_is 200
	SECRET=$(text client_secret)
	[[ $SECRET == osa_* && $SECRET != "$old" && $body == *'The old one is good until'* ]]
	visit /account/apps
	[[ $body == *'The secret before is good until'* ]]
	SECRET=$old redeem "$old_code"
	status_is 200
	stale
	visit "/account/apps/rotate?id=$CLIENT"
	submit overlap=0 action=rotate
	wrong password
	older=$SECRET
	submit overlap=0 action=rotate "password=$(password_of reader)"
	status_is 200
	[[ $body == *'The old one has ended.'* ]]
	SECRET=$(text client_secret)
	get_code
	for dead in "$old" "$older"; do
		SECRET=$dead redeem "$code"
		oauth_error 401 invalid_client
	done
	redeem "$code"
	status_is 200
	[[ $(last_event reader) == *app_rotated* ]]
}

@test "a deleted application is gone with every token" {
	registered Doomed
	at "/account/apps/delete?id=$CLIENT"
	[[ $(text people) == *nobody* ]]
	get_token
	stale
	visit "/account/apps/delete?id=$CLIENT"
	[[ $(text people) == *'one person'* ]]
	current "$token"
	status_is 200
	visit "/account/apps/delete?id=$CLIENT"
	submit action=delete
	wrong password
	ost app show "$CLIENT" >/dev/null
	submit action=delete "password=$(password_of reader)"
	is '/account/apps?done=app_deleted' "$location" Location
	current "$token"
	status_is 401
	run -1 ost app show "$CLIENT"
	[[ $(last_event reader) == *app_deleted*Doomed* ]]
	visit "/account/apps/delete?id=$CLIENT"
	error_page 404 not_found
}

@test "somebody else's application is none, nor one that there is not" {
	registered Mine
	mine=$CLIENT
	app_of >"$BATS_TEST_TMPDIR/before"
	theirs=$(demo .app.client_id)
	for page in edit callbacks rotate delete; do
		for id in "$theirs" nosuch '' '../x' "$mine&id=$mine" "$(printf 'a%.0s' {1..300})"; do
			visit "/account/apps/$page?id=$id"
			error_page 404 not_found
		done
		visit "/account/apps/$page?id=$mine"
		submit "id=$theirs" action=save name=Stolen prefixes=https://evil.example/x overlap=0
		error_page 404 not_found
	done
	browser other
	at /account/apps editor
	[[ $body == *'no application yet'* ]]
	visit "/account/apps/edit?id=$mine"
	error_page 404 not_found
	is "$(cat "$BATS_TEST_TMPDIR/before")" "$(app_of "$mine")" "the application"
}

@test "forms are this visitor's, and do what they do once" {
	registered Once
	visit /account/apps/new
	submit name=Twice kind=web prefixes=https://a.example/b action=register
	status_is 200
	is 1 "$(ost app list --json | jq '[.[] | select(.name == "Twice")] | length')" applications
	visit /account/apps/new
	fields=("${form_fields[@]}")
	submit name=Thrice kind=web prefixes=https://a.example/b action=register
	form_action=/account/apps/new form_fields=("${fields[@]}")
	submit name=Thrice kind=web prefixes=https://a.example/b action=register
	error_page 403 form_invalid
	is 1 "$(ost app list --json | jq '[.[] | select(.name == "Thrice")] | length')" applications
	for page in edit callbacks rotate delete; do
		visit "/account/apps/$page" --data-urlencode "id=$CLIENT" -d 'csrf=x&name=X&overlap=0&prefixes=https://a.example/c'
		error_page 403 form_invalid
	done
	# of another page
	visit "/account/apps/edit?id=$CLIENT"
	form_action=/account/apps/delete
	submit action=delete
	error_page 403 form_invalid
	# of another visitor
	browser thief
	at /account/apps editor
	form_action=/account/apps/new form_fields=("${fields[@]}")
	submit name=Stolen kind=web prefixes=https://a.example/b action=register
	error_page 403 form_invalid
	ost app show "$CLIENT" >/dev/null
	browser nobody
	for page in apps apps/new "apps/edit?id=$CLIENT" "apps/callbacks?id=$CLIENT" "apps/rotate?id=$CLIENT" "apps/delete?id=$CLIENT" \
		"apps/connect?id=$CLIENT"; do
		visit "/account/$page"
		is_signin
	done
}

@test "what the operator disabled stays so, whatever its owner does" {
	registered Disabled
	ost app disable "$CLIENT" >/dev/null
	visit /account/apps
	[[ $body == *'The operator has disabled this application.'* ]]
	visit "/account/apps/edit?id=$CLIENT"
	submit name=Enabled is_disabled=0 disabled=0 action=save
	status_is 303
	visit "/account/apps/rotate?id=$CLIENT"
	submit overlap=0 disabled=0 action=rotate
	status_is 200
	is disabled "$(app_of | jq -r .state)" state
}

@test "register_apps = no leaves registering to the operator" {
	registered Early
	visit /account/apps/new
	fields=("${form_fields[@]}")
	configure 'register_apps = no'
	visit /account/apps
	[[ $body != *'href="/account/apps/new"'* && $body == *'only the operator'* && $body == *"$CLIENT"* ]]
	visit /account/apps/new
	error_page 403 forbidden
	form_action=/account/apps/new form_fields=("${fields[@]}")
	submit name=Late kind=web prefixes=https://a.example/b action=register
	error_page 403 forbidden
	visit "/account/apps/edit?id=$CLIENT"
	submit name=Later action=save
	status_is 303
}

@test "fifty applications and no more" {
	echo many-password | ost user add many --password-stdin >/dev/null
	for i in {1..49}; do
		ost app add "App $i" --owner many --callback-prefix https://a.example/b >/dev/null
	done
	visit /account/apps/new
	submit username=many password=many-password
	visit "$location"
	submit name=Fiftieth kind=web prefixes=https://a.example/b action=register
	status_is 200
	visit /account/apps/new
	submit name=Last kind=web prefixes=https://a.example/b action=register
	status_is 400
	[[ $body == *'You have 50 applications'* && $body == *'value="Last"'* ]]
	ost app add Operator --owner many --callback-prefix https://a.example/b >/dev/null
	visit /account/apps
	is 50 "$(grep -c '<section class="item"' <<<"$body")" "first page"
	visit '/account/apps?page=2'
	is 1 "$(grep -c '<section class="item"' <<<"$body")" "second page"
	visit '/account/apps?page=x'
	is 50 "$(grep -c '<section class="item"' <<<"$body")" "no such page"
}
