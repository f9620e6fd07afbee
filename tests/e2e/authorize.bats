# The authorization endpoint: the whole code flow as a browser sees it, and
# what RFC 6749, RFC 9207 and RFC 9700 ask of it. The numbers are those of the
# statements that the standards make (6749-08: RFC 6749, eighth statement).
load lib
load oauth

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }

# What the application gets back, less the code.
answer_is() { # WANTED-LOCATION, with CODE where the code stands
	is "$1" "$(sed 's/\([?&]code=\)[A-Za-z0-9]\{43\}\(&\|$\)/\1CODE\2/' <<<"$location")" Location
}

# lighttpd gives a 400 of its own to a control character or to bytes that can
# be no UTF-8, however they are escaped; the programs do so behind nginx.
server_refuses() {
	[[ $TRANSPORT != nginx && $status == 400 && $body == *'<h1>400 Bad Request</h1>'* ]]
}

issuer() { uri "$BASE"; }

@test "6749-08 the source's flow: sign in, allow, back with a code" {
	visit "$(authorize)"
	status_is 200
	is_signin
	[[ $body == *"Tree Explorer"* ]]
	page_is_closed
	submit username=reader "password=$(password_of reader)"
	status_is 303
	is "$(authorize)" "$location" "back to the same request"
	visit "$location"
	status_is 200
	is_consent
	page_is_closed
	[[ $body == *"Tree Explorer"* && $body == *reader* ]]
	submit decision=allow
	status_is 303
	answer_is "$REDIRECT?code=CODE&iss=$(issuer)"
	visit "$location"
	status_is 200
}

@test "/oauth/authenticate is the same endpoint and its forms post to itself" {
	local url
	url=$(authorize state=x)
	visit "${url/authorize/authenticate}"
	is /oauth/authenticate "$form_action" action
	submit username=editor "password=$(password_of editor)"
	is "${url/authorize/authenticate}" "$location" Location
	visit "$location"
	is /oauth/authenticate "$form_action" action
	submit decision=allow
	answer_is "$REDIRECT?code=CODE&state=x&iss=$(issuer)"
}

@test "PFX-12 the consent page names application, owner, user and the callback's host" {
	new_app 'Leaf Counter' --callback-prefix https://leaves.example:8444/app \
		--description 'Counts the leaves.' --website https://leaves.example/
	consent_to redirect_uri=https://leaves.example:8444/app/cb scope='trees:read budget'
	local text
	for text in 'Leaf Counter' admin reader leaves.example:8444 'Counts the leaves.' \
		https://leaves.example/ trees:read budget; do
		[[ $body == *"$text"* ]] || is "$text" missing "consent page"
	done
}

@test "a display name is shown beside the user name where it is another one" {
	USER_NAME=admin
	consent_to
	[[ $body == *'<bdi>admin</bdi></strong></span>'* ]]
	ost user set admin --display-name 'Ada <Admin>' >/dev/null
	consent_to
	[[ $body == *'<bdi>admin</bdi></strong> (<bdi>Ada &lt;Admin&gt;</bdi>)</span>'* ]]
}

@test "6749-01 9110-01 GET and HEAD ask, POST brings forms, the rest is 405" {
	local method
	for method in PUT DELETE PATCH OPTIONS; do
		req "$(authorize)" -X "$method"
		status_is 405
		is 'GET, HEAD, POST' "$(header Allow)" Allow
	done
	req "$(authorize)" -I
	status_is 200
	is '' "$(tr -d '\r\n' <"$WORK/body" | sed 's/^HTTP.*//')" body
	req "$(authorize)" -d ''
	status_is 400
	req /oauth/signout
	status_is 405
	is POST "$(header Allow)" Allow
}

@test "6749-01 a request may be posted: it goes on as a GET, so that the cookies come along" {
	local query want field
	query=$(authorize state='a b&c' scope=openid)
	want=$query
	visit /oauth/authorize -d "${query#*\?}"
	status_is 303
	is "$want" "$location" Location
	is no-store "$(header Cache-Control)" Cache-Control
	is 0 "$(header_count Set-Cookie)" cookies
	visit "$location"
	is_signin
	visit /oauth/authenticate -d "${query#*\?}"
	is "/oauth/authenticate?${want#*\?}" "$location" Location
	# What has no client, is a form of ours, or belongs into no address.
	visit /oauth/authorize -d response_type=code
	error_page 400 form_incomplete
	for field in csrf=x decision=allow username=x password=x client_secret=x request=; do
		visit /oauth/authorize -d "${query#*\?}" -d "$field"
		error_page 400 form_incomplete
	done
	visit /oauth/authorize -d "${query#*\?}&x=$(printf 'a%.0s' {1..7168})"
	error_page 400 request_too_long
	visit /oauth/authorize -d "${query#*\?}" -H 'Content-Type: text/plain'
	error_page 400 form_malformed
	visit /oauth/authorize -d "${query#*\?}&x=%00"
	error_page 400 form_malformed
	# Repeated parameters are still repeated there.
	visit /oauth/authorize -d "${query#*\?}&client_id=a"
	visit "$location"
	error_page 400 unknown_application
	get "$PLAIN/oauth/authorize" 403 -d "${query#*\?}"
}

@test "6749-02 F05 an empty parameter is none, an unknown one is ignored, names have case" {
	get_code
	consent_to
	visit "$(authorize)&state=&scope="
	submit decision=allow
	answer_is "$REDIRECT?code=CODE&iss=$(issuer)"
	visit "$(authorize)&foo=1&foo_bar=%C3%A9&State=no"
	submit decision=allow
	answer_is "$REDIRECT?code=CODE&iss=$(issuer)"
}

@test "6749-03 6749-05 a repeated parameter: a page for client and callback, else invalid_request" {
	consent_to
	visit "$(authorize)&client_id=$CLIENT"
	error_page 400 unknown_application
	visit "$(authorize)&redirect_uri=$(uri "$REDIRECT")"
	error_page 400 redirect_uri_repeated
	local name
	for name in response_type=code 'scope=a&scope=a' 'foo=1&foo=1'; do
		visit "$(authorize state=s)&$name"
		status_is 303
		is invalid_request "$(param error)" "$name"
		is s "$(param state)" "$name"
	done
	visit "$(authorize)&state=a&state=b"
	is invalid_request "$(param error)" state
	is '' "$(param state)" "state of two"
}

@test "6749-04 response_type: none, token and unknown ones" {
	consent_to
	visit "$(authorize response_type= state=1)"
	is invalid_request "$(param error)" error
	local type
	for type in token CODE 'code token' id_token foo; do
		visit "$(authorize "response_type=$type" state=1)"
		status_is 303
		is unsupported_response_type "$(param error)" "$type"
		is 1 "$(param state)" "$type"
	done
}

@test "6749-06 PFX-10 the callback's own query is kept, ours follows it" {
	consent_to "redirect_uri=$REDIRECT?a=b&c=%20d" state=s
	submit decision=allow
	answer_is "$REDIRECT?a=b&c=%20d&code=CODE&state=s&iss=$(issuer)"
	consent_to "redirect_uri=$REDIRECT?"
	submit decision=allow
	answer_is "$REDIRECT?code=CODE&iss=$(issuer)"
}

@test "6749-07 6749-05 a part of the callback is registered: redirect_uri must be sent" {
	visit "$(authorize redirect_uri=)"
	error_page 400 redirect_uri_missing
	visit "/oauth/authorize?client_id=$CLIENT&response_type=code&redirect_uri="
	error_page 400 redirect_uri_missing
}

@test "6749-08 state comes back byte for byte" {
	consent_to
	local pair
	for pair in '%26%3D%2B%20é %26%3D%2B%20%C3%A9' 'a+b a%20b' '%2525 %2525' \
		'a%3Bb%2Fc%3F%23 a%3Bb%2Fc%3F%23' '-._~ -._~' '%2541 %2541'; do
		visit "$(authorize)&state=$(sed 's/é/%C3%A9/' <<<"${pair% *}")"
		submit decision=allow
		is "${pair#* }" "$(param state)" "state ${pair% *}"
	done
}

@test "6749-25 the form vector of appendix B, and UTF-8 that is none" {
	consent_to
	visit "$(authorize)&state=+%25%26%2B%C2%A3%E2%82%AC"
	submit decision=allow
	is '%20%25%26%2B%C2%A3%E2%82%AC' "$(param state)" state
	local bad
	for bad in %FF %C0%AF %ED%A0%80 %C3; do
		visit "$(authorize)&state=$bad"
		server_refuses || error_page 400 request_malformed
	done
}

@test "6749-24 state: up to 2 KiB without control characters, else no state comes back" {
	consent_to
	visit "$(authorize "state=$(printf 'x%.0s' {1..2048})")"
	submit decision=allow
	is 2048 "$(param state | tr -d '\n' | wc -c)" length
	visit "$(authorize "state=$(printf 'x%.0s' {1..2049})")"
	is invalid_request "$(param error)" "2049 bytes"
	is '' "$(param state)" "state of 2049 bytes"
	local bad
	for bad in %01 a%0D%0ASet-Cookie:x=1 %7F %09; do
		visit "$(authorize)&state=$bad"
		! server_refuses || continue
		is invalid_request "$(param error)" "$bad"
		is '' "$(param state)" "$bad"
		is 0 "$(header_count Set-Cookie)" cookies
	done
}

@test "6749-08 the longest state comes through the sign-in and all the way back" {
	local state
	state=$(printf '€%.0s' {1..682}) # 6138 bytes, as it is encoded
	get_code "state=$state" # signs in, and comes back to the same request
	is "$(uri "$state")" "$(param state)" state
	local query
	query=$(authorize "state=$state")
	visit /oauth/authorize -d "${query#*\?}"
	status_is 303
	is "$query" "$location" Location
}

@test "6749-24 scope: tokens parted by single blanks, else invalid_scope" {
	consent_to
	local bad
	for bad in 'a  b' ' a' 'a ' 'a"b' 'a\b' 'é' 'a a' "$(printf 'x%.0s' {1..1001})"; do
		visit "$(authorize "scope=$bad" state=s)"
		status_is 303
		is invalid_scope "$(param error)" "scope $bad"
	done
	get_code scope='trees:read budget!'
}

@test "6749-11 9207-01 deny leads back with access_denied, state and iss" {
	consent_to state=s
	submit decision=deny
	status_is 303
	answer_is "$REDIRECT?error=access_denied&error_description=The%20user%20did%20not%20allow%20it&state=s&iss=$(issuer)"
}

@test "6749-12 descriptions hold only the characters that they may" {
	consent_to
	visit "$(authorize response_type='a"b\é<script>')"
	[[ $(param error_description) =~ ^[A-Za-z0-9%._~-]+$ ]]
	[[ $(param error_description) != *script* ]]
}

@test "9207-01 iss stands in each answer, errors too" {
	consent_to
	local params
	for params in response_type=token 'scope=a  b' response_mode=fragment; do
		visit "$(authorize "$params")"
		status_is 303
		is "$(issuer)" "$(param iss)" "iss for $params"
		is 1 "$(grep -o '[?&]iss=' <<<"$location" | wc -l)" "iss for $params"
	done
	is "$(uri "$BASE")" "$(param iss)" "the issuer as configured"
}

@test "what is not built is refused rather than ignored: request objects, registration" {
	consent_to
	local name
	for name in request request_uri registration; do
		visit "$(authorize "$name=https://x.example/" state=s)"
		status_is 303
		is "${name}_not_supported" "$(param error)" "$name"
		is s "$(param state)" "$name"
	done
	visit "$(authorize response_mode=form_post)"
	is invalid_request "$(param error)" response_mode
	[[ $(param error_description) == *response_mode* ]]
}

@test "9700-05 errors go to the application only after sign-in" {
	local params
	for params in response_type= response_type=token 'scope=a  b' 'state=%01'; do
		browser "${params//[^a-z]/}"
		visit "$(authorize "$params")"
		status_is 200
		is 0 "$(header_count Location)" "$params"
		is_signin
		submit username=reader "password=$(password_of reader)"
		status_is 303
		[[ $location == /oauth/authorize\?* ]]
	done
}

@test "9700-06 the answers to forms are 303" {
	visit "$(authorize)"
	submit username=reader "password=$(password_of reader)"
	status_is 303
	visit "$location"
	submit decision=deny
	status_is 303
}

@test "6749-22 9700-07 9700-08 S07 each page, errors too, is closed and holds nothing from elsewhere" {
	visit "$(authorize)"
	page_is_closed
	submit username=reader password=wrong
	page_is_closed
	consent_to
	page_is_closed
	visit /oauth/signout
	page_is_closed
	visit /oauth/authorize
	page_is_closed
	visit /oauth/signout -d ''
	page_is_closed
}

@test "9700-09 what a client says about itself in headers changes nothing" {
	visit "$(authorize)" -H 'X-Forwarded-Host: evil.example' -H 'X-Forwarded-Proto: http' \
		-H 'Forwarded: host=evil.example;proto=http' -H 'X-Remote-User: admin' \
		-H 'X-Original-URI: /evil' -H 'X-HTTP-Method-Override: POST'
	status_is 200
	is_signin
	[[ $body != *evil* ]]
	is /oauth/authorize "$form_action" action
}

@test "9700-11 no CORS at the authorization endpoint" {
	req "$(authorize)" -H 'Origin: https://evil.example'
	[[ $(<"$WORK/headers") != *[Aa]ccess-[Cc]ontrol* ]]
	req "$(authorize)" -X OPTIONS -H 'Origin: https://evil.example' \
		-H 'Access-Control-Request-Method: POST'
	status_is 405
	[[ $(<"$WORK/headers") != *[Aa]ccess-[Cc]ontrol* ]]
}

@test "6749-05 F01 F02 F04 F05 F16 broken and repeated spellings" {
	local bad
	for bad in 'state=%' 'state=%4' 'state=%zz' 'state=%%41' 'state=%00' '%00=1'; do
		visit "$(authorize)&$bad"
		! server_refuses || continue
		# lighttpd mends what is no escape: "%" becomes "%25"
		if [[ $TRANSPORT != nginx && $bad != *00* ]]; then
			[[ ${form_fields[0]} == *'&state=%25'* ]]
		else
			error_page 400 request_malformed
		fi
	done
	req "$(authorize)&client%5fid=x"
	error_page 400 unknown_application
	req "$(authorize client_id= Client_Id="$CLIENT")"
	error_page 400 unknown_application
	req "$(authorize client_id="$CLIENT;scope=a")"
	error_page 400 unknown_application
	req "$(authorize client_id="%$CLIENT")"
	error_page 400 unknown_application
}

@test "6749-05 no, unknown or disabled application: a page" {
	local id
	for id in '' nobody "${CLIENT}x" "${CLIENT%?}" "$CLIENT " ../../etc/passwd "app:$CLIENT"; do
		visit "$(authorize "client_id=$id")"
		error_page 400 unknown_application
	done
	new_app Sleeper --callback-prefix "$(demo .app.callback_prefix)"
	visit "$(authorize)"
	is_signin
	ost app disable "$CLIENT" >/dev/null
	visit "$(authorize)"
	error_page 400 unknown_application
}

@test "6749-23 over http: 403, no form, no redirect to the application" {
	req "$PLAIN$(authorize)"
	status_is 403
	is 0 "$(header_count Location)" "Location headers"
	is 0 "$(header_count Set-Cookie)" cookies
	[[ $body != *'<form'* ]]
	code_is https_required
	req "$PLAIN/oauth/authorize" -d "username=reader" -d "password=$(password_of reader)"
	status_is 403
	code_is https_required
}

@test "6749-11 a store that cannot be written: temporarily_unavailable goes back, no code" {
	consent_to state=s
	local decision form cookie
	cookie=$(cookies)
	trap '' XFSZ
	# Who says no is not told to have been heard.
	for decision in allow deny; do
		form=$(query "${form_fields[@]}" "decision=$decision")
		CGI_PREFIX='prlimit --fsize=0' cgi authorize REQUEST_METHOD=POST SCRIPT_NAME=/oauth/authorize \
			CONTENT_TYPE=application/x-www-form-urlencoded "CONTENT_LENGTH=${#form}" \
			"HTTP_COOKIE=$cookie" <<<"$form"
		location=$(header Location)
		status_is 303
		is temporarily_unavailable "$(param error)" "error for $decision"
		is s "$(param state)" state
		is "$(issuer)" "$(param iss)" iss
	done
}
