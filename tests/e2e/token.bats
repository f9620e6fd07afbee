# The token endpoint: what is exchanged how, and what RFC 6749 asks of it. What
# becomes of codes and tokens afterwards is in codes.bats.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
}
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

# The first code of each test comes through the browser; a request that is
# refused before the code is looked at needs none.
some_code=0123456789012345678901234567890123456789012

# all [NAME=VALUE...]: the parameters of an exchange, encoded, some replaced.
all() {
	trap - DEBUG
	local pair known=(grant_type=authorization_code "client_id=$CLIENT"
		"client_secret=$SECRET" "redirect_uri=$REDIRECT" "code=${code:-$some_code}")
	local -a wanted=("$@")
	for pair in "${known[@]}"; do
		[[ " ${*/=*/} " == *" ${pair%%=*} "* ]] || wanted+=("$pair")
	done
	for pair in "${!wanted[@]}"; do
		[[ ${wanted[pair]} != *= ]] || unset "wanted[pair]"
	done
	query "${wanted[@]}"
}
secret_pair() { printf '%s:%s' "$CLIENT" "$SECRET"; }
token_works() {
	status_is 200
	current "$(json .access_token)"
	status_is 200
	is reader "$(json .userName)" userName
	is "$CLIENT" "$(json .app.client_id)" client_id
}

@test "the source's exchange: everything in the query of a POST" {
	get_code
	req "/oauth/access_token?$(all)" -d ''
	token_works
}

@test "the source's exchange without a body, a length or a type" {
	get_code
	if [[ $TRANSPORT == nginx ]]; then
		req "/oauth/access_token?$(all)" -X POST
	else # lighttpd insists on a length
		req "/oauth/access_token?$(all)" -X POST -H 'Content-Length: 0'
	fi
	token_works
}

@test "6749-19 6750-08 in the body: the answer of section 5.1, not to be stored" {
	get_code scope='b a'
	redeem "$code"
	status_is 200
	is application/json "$(header Content-Type)" Content-Type
	is no-store "$(header Cache-Control)" Cache-Control
	is no-cache "$(header Pragma)" Pragma
	is access_token,expires_in,scope,token_type "$(json 'keys | join(",")')" members
	is bearer "$(json .token_type)" token_type
	is 3600 "$(json '.expires_in | numbers')" expires_in
	is 'b a' "$(json .scope)" scope
	current "$(json .access_token)"
	is 'b a' "$(json .scope)" "scope of the token"
}

@test "/oauth/token is the same endpoint" {
	get_code
	req /oauth/token -d "$(all)"
	token_works
}

@test "6749-14 Basic: id and secret, form-encoded in any way" {
	local encoded
	get_code
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$(secret_pair)")"
	token_works
	encoded=$(perl -e 's/(.)/sprintf "%%%02x", ord $1/ge for @ARGV; print join ":", @ARGV' -- "$CLIENT" "$SECRET")
	get_code
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$encoded")"
	token_works
	get_code
	req /oauth/access_token -d "$(all client_secret=)" -H "$(basic "$encoded")"
	token_works
	get_code
	req "/oauth/access_token?$(all client_id= client_secret=)" -d '' -H "$(basic "$(secret_pair)")"
	token_works
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "${CLIENT}%:$SECRET")"
	oauth_error 401 invalid_client
	req /oauth/access_token -d "$(all client_id= client_secret=)" \
		-H 'Authorization: Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'
	oauth_error 401 invalid_client
}

@test "6749-15 one way to authenticate, not two" {
	req /oauth/access_token -d "$(all)" -H "$(basic "$(secret_pair)")"
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all client_secret= client_id=other)" -H "$(basic "$(secret_pair)")"
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all)" -H "$(bearer abc)"
	oauth_error 400 invalid_request
}

@test "6749-16 6749-20 K16 who is not the client is told so with a challenge" {
	local way
	for way in client_secret=wrong client_secret= client_id=nobody client_id= \
		"client_secret=${SECRET%?}" "client_secret= $SECRET" "client_secret=${SECRET}x"; do
		req /oauth/access_token -d "$(all "$way")"
		oauth_error 401 invalid_client
		is 'Basic realm="Ostiary"' "$(header WWW-Authenticate | sed 's/realm="[^"]*"/realm="Ostiary"/')" challenge
	done
	req /oauth/access_token -d "$(all client_secret=)&client_secret="
	oauth_error 401 invalid_client
	req /oauth/access_token -d "$(all client_secret=)&client_secret=%20"
	oauth_error 401 invalid_client
	for way in "$CLIENT:wrong" "$CLIENT:" "nobody:$SECRET" ":$SECRET" "$CLIENT" ''; do
		req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$way")"
		oauth_error 401 invalid_client
		is 1 "$(header_count WWW-Authenticate)" challenges
	done
	req /oauth/access_token -d "$(all client_secret=)" -H "$(basic "$(user_pair reader)")"
	oauth_error 400 invalid_request
}

@test "6749-18 9700-10 grant_type: none, and others than those of the table" {
	req /oauth/access_token -d "$(all grant_type=)"
	oauth_error 400 invalid_request
	local type
	for type in password implicit Authorization_Code refresh client_credential foo; do
		req /oauth/access_token -d "$(all "grant_type=$type" username=reader "password=$(password_of reader)")"
		oauth_error 400 unsupported_grant_type
	done
	req /oauth/access_token -d "$(all code=)"
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all)&code="
	oauth_error 400 invalid_request
}

@test "6749-13 9110-01 only POST" {
	local method
	for method in GET PUT DELETE OPTIONS; do
		req "/oauth/access_token?$(all)" -X "$method"
		status_is 405
		is POST "$(header Allow)" Allow
		code_is method_not_allowed
		oauth_error 405 invalid_request
	done
	req "/oauth/access_token?$(all)" -I
	status_is 405
}

@test "6749-13 F13 F14 the type of a body is that of a form, in UTF-8" {
	local type
	for type in multipart/form-data 'multipart/form-data; boundary=x' text/plain application/json \
		application/x-www-form-urlencodedx 'application/x-www-form-urlencoded;charset=utf-16' \
		'application/x-www-form-urlencoded; charset=iso-8859-1' ''; do
		req /oauth/access_token -d "$(all)" -H "Content-Type:${type:+ $type}"
		oauth_error 400 invalid_request
	done
	req /oauth/access_token --json '{"grant_type":"authorization_code"}'
	oauth_error 400 invalid_request
	for type in 'application/x-www-form-urlencoded;charset=utf-8' \
		'APPLICATION/X-WWW-FORM-URLENCODED; Charset="UTF-8"'; do
		req /oauth/access_token -d "$(all)" -H "Content-Type: $type"
		oauth_error 400 invalid_grant
	done
}

@test "6749-02 F05 empty parameters are none, unknown ones are ignored, names have case" {
	get_code
	req /oauth/access_token -d "$(all)&scope=&code_verifier&foo=1&Code=x&Client_Id=x"
	token_works
	get_code
	req /oauth/access_token -d "$(all client_secret=)&client_secret=" -H "$(basic "$(secret_pair)")"
	token_works
}

@test "6749-03 F04 F17 a parameter twice, in body, in query or in both" {
	req /oauth/access_token -d "$(all)&code=x"
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all)&client%5fid=$CLIENT"
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all)&foo=1&foo=1"
	oauth_error 400 invalid_request
	local name
	for name in client_secret="$SECRET" client_id="$CLIENT" code=x grant_type=authorization_code; do
		req "/oauth/access_token?$name" -d "$(all)"
		oauth_error 400 invalid_request
	done
	req "/oauth/access_token?$(all)" -d "$(all)"
	oauth_error 400 invalid_request
}

@test "F01 F02 6749-25 broken escapes, NUL and what is no UTF-8" {
	local bad
	for bad in foo=% foo=%4 foo=%zz foo=%%41 foo=%00 %00=1 foo=%FF foo=%C0%AF %=1; do
		req /oauth/access_token -d "$(all)&$bad"
		oauth_error 400 invalid_request
	done
	printf '%s&foo=\xff\xfe' "$(all)" >"$BATS_TEST_TMPDIR/form"
	req /oauth/access_token --data-binary "@$BATS_TEST_TMPDIR/form"
	oauth_error 400 invalid_request
}

@test "F07 F08 F16 separators, blanks and escapes are read once" {
	get_code
	local bad
	# were it a separator the code would be good, or the secret there twice
	for bad in "$code;" "$code;foo=x" "$code;client_secret=x" "$code+" "+$code" "$code%20"; do
		req /oauth/access_token -d "$(all code=)&code=$bad"
		oauth_error 400 invalid_grant
	done
	req /oauth/access_token -d "$(all "redirect_uri=$(uri "$REDIRECT")")"
	oauth_error 400 invalid_grant
	req /oauth/access_token -d "$(all)"
	token_works
}

@test "F10 too large, too many" {
	head -c 1048576 /dev/zero | tr '\0' a >"$BATS_TEST_TMPDIR/form"
	req /oauth/access_token --data-binary "@$BATS_TEST_TMPDIR/form" -H 'Expect:'
	status_is 413
	head -c 20000 "$BATS_TEST_TMPDIR/form" >"$BATS_TEST_TMPDIR/form.2"
	req /oauth/access_token --data-binary "@$BATS_TEST_TMPDIR/form.2"
	oauth_error 413 invalid_request
	code_is too_large
	is '["code","error","error_description"]' "$(json 'keys | tojson')" members
	req /oauth/access_token -d "$(all)&$(printf 'x%d=1&' {1..100})"
	oauth_error 400 invalid_request
}

@test "3875-01 F11 exactly CONTENT_LENGTH is read; a short body is 400" {
	local form type=application/x-www-form-urlencoded
	get_code
	form=$(all)
	cgi access_token REQUEST_METHOD=POST SCRIPT_NAME=/oauth/access_token "CONTENT_TYPE=$type" \
		"CONTENT_LENGTH=$((${#form} + 1))" < <(printf %s "$form")
	status_is 400
	local length
	for length in -1 +5 '5 5' 0x5 99999999999999999999 5a; do
		cgi access_token REQUEST_METHOD=POST SCRIPT_NAME=/oauth/access_token "CONTENT_TYPE=$type" \
			"CONTENT_LENGTH=$length" < <(printf %s "$form")
		status_is 400
	done
	cgi access_token REQUEST_METHOD=POST SCRIPT_NAME=/oauth/access_token "CONTENT_TYPE=$type" \
		"CONTENT_LENGTH=${#form}" < <(printf '%s&code=more&%%zz' "$form")
	token_works
}

@test "F19 a chunked body" {
	get_code
	req /oauth/access_token --http1.1 -d "$(all)" -H 'Transfer-Encoding: chunked'
	[[ $status == 411 ]] || token_works
}

@test "6749-12 descriptions are plain, and nothing of the request stands in them" {
	req /oauth/access_token -d "$(all 'grant_type=<script>"\é')"
	oauth_error 400 unsupported_grant_type
	[[ $body != *'<script'* ]]
	json .error_description | LC_ALL=C grep -qE '^[] !#-[^-~]+$'
}

@test "6749-21 codes and tokens are long, of one alphabet, and never the same" {
	local first
	get_token
	[[ $code =~ ^[A-Za-z0-9]{43}$ ]]
	first="$code $token"
	get_token
	[[ "$code $token" != *"${first% *}"* && $token != "${first#* }" ]]
	[[ $token =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$ ]]
}

@test "6749-17 bad secrets are counted: 429 here, and the right one still works elsewhere" {
	new_app Guessed --callback-prefix "$(demo .app.callback_prefix)"
	configure 'limit_login = 3/15m'
	local n
	for n in 1 2 3; do
		redeem "$some_code" -d 'client_secret_hint=' --data-urlencode x="$n" -H "X-Forwarded-For: 10.0.0.$n"
		oauth_error 400 invalid_grant
	done
	for n in 1 2 3; do
		SECRET=wrong redeem "$some_code" -H "X-Forwarded-For: 10.0.0.$n"
		oauth_error 401 invalid_client
	done
	redeem "$some_code"
	status_is 429
	is too_many_failures "$(json .code)" code
	(($(header Retry-After) >= 1 && $(header Retry-After) <= 900))
	is no-store "$(header Cache-Control)" Cache-Control
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$(secret_pair)")"
	status_is 429
	redeem "$some_code" --interface 127.0.0.2
	oauth_error 400 invalid_grant
}

@test "secret_in_query = no: a query is refused, a body is not" {
	configure 'secret_in_query = no'
	get_code
	req "/oauth/access_token?$(all)" -d ''
	oauth_error 400 invalid_request
	req /oauth/access_token -d "$(all)"
	token_works
}

@test "6750-08 9700-11 pages of any origin may ask, and there are no cookies" {
	req /oauth/access_token -d "$(all)" -H 'Origin: https://evil.example'
	oauth_error 400 invalid_grant
	is '*' "$(header_all Access-Control-Allow-Origin)" 'allowed origin'
	is 0 "$(header_count Access-Control-Allow-Credentials)" 'credentials'
	is 0 "$(header_count Set-Cookie)" cookies
	req /oauth/access_token -X OPTIONS -H 'Origin: https://evil.example' \
		-H 'Access-Control-Request-Method: POST'
	status_is 204
}

@test "6749-20 a public application says who it is, and nothing else" {
	public_app Phone
	redeem "$some_code"
	oauth_error 400 invalid_grant
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$CLIENT:")"
	oauth_error 400 invalid_grant
	req /oauth/access_token -d "$(all client_secret=wrong)"
	oauth_error 401 invalid_client
	req /oauth/access_token -d "$(all client_id= client_secret=)" -H "$(basic "$CLIENT:wrong")"
	oauth_error 401 invalid_client
	req /oauth/access_token -d "$(all client_id= client_secret=)"
	oauth_error 401 invalid_client
	# what others do under its name at the same address is nothing to it
	configure 'limit_login = 2/15m'
	req /oauth/access_token -d "$(all client_secret=wrong)"
	status_is 429
	redeem "$some_code"
	oauth_error 400 invalid_grant
	ost app disable "$CLIENT" >/dev/null
	redeem "$some_code" --interface 127.0.0.2
	oauth_error 401 invalid_client
}
