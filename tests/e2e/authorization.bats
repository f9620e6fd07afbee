# What stands in an Authorization header: hostile inputs 3.1 and 3.2, at an
# endpoint and at a guarded path. Where a web server refuses by itself, or
# changes the header on its way, the case says so.
load lib

setup_file() {
	make_root /user/a.json
	POLICY='*  /user/  user' start_server 'limit_login = 100000/15m'
	TOKEN=$(login_token reader) KEY=$(key_pair)
	printf 'a:b:c:d:e\n' | ost user add colon --password-stdin
	printf 'p\xc3\xa4sswort-\xe2\x82\xac\n' | ost user add umlaut --password-stdin
	export TOKEN KEY
}
teardown_file() { stop_server; }

# both STATUS [curl option...]: the same answer at the endpoint and the guard,
# whose headers and body are those of the last answer.
both() {
	local want=$1
	shift
	: "${WORK:=$BATS_TEST_TMPDIR}"
	status=$(curl -sS --max-time 60 --cacert "$STATE/tls.crt" -D "$WORK/headers" \
		-w '%{http_code} ' -o "$WORK/body" "$@" "$BASE/users/current.json" \
		-o "$WORK/body" "$BASE/user/a.json") || true
	body=$(<"$WORK/body")
	is "$want $want " "$status" "status at both with ${*//[$'\n\1\t']/ }"
}
header_is() { both "$1" -H "Authorization: $2"; }
# payload STATUS BYTES: Basic with the base64 of these (with \x escapes).
payload() { header_is "$1" "Basic $(printf '%b' "$2" | base64 -w0)"; }
no_error() {
	if header_all WWW-Authenticate | grep -q error=; then return 1; fi
	is 2 "$(header_count WWW-Authenticate)" challenges
}
# RFC 6750 section 3.1: what is wrong with a request is said in the challenge.
is_invalid_request() {
	is 'Bearer realm="Ostiary", error="invalid_request"' \
		"$(header_all WWW-Authenticate | sed 's/realm="[^"]*"/realm="Ostiary"/')" challenge
}

@test "6750-04 H01 none: 401 without an error attribute" {
	both 401
	code_is credentials_missing
	no_error
}

@test "H02 empty: as none" {
	both 401 -H 'Authorization;'
	code_is credentials_missing
	no_error
}

@test "H04 Basic and blanks" {
	header_is 401 'Basic'
	header_is 401 'Basic    '
}

@test "H05 Bearer alone: 400" {
	header_is 400 'Bearer'
	code_is bad_request
	is_invalid_request
	header_is 400 'OAuth'
}

@test "6750-01 H07 a TAB is no blank" {
	header_is 401 $'Bearer\t'"$TOKEN"
	header_is 401 $'Basic\t'"$(printf %s "$KEY" | base64 -w0)"
}

@test "6750-01 H08 several blanks are one" {
	header_is 200 "Bearer    $TOKEN"
	header_is 200 "Basic   $(printf %s "$KEY" | base64 -w0)"
}

@test "H10 two credentials in one header, as lighttpd joins them: 400" {
	header_is 400 "Basic $(printf %s "$KEY" | base64 -w0), Bearer $TOKEN"
	header_is 400 "Bearer $TOKEN, Bearer $TOKEN"
}

@test "H11 two headers: 400 (nginx refuses by itself)" {
	both 400 -H "$(basic "$KEY")" -H "$(bearer "$TOKEN")"
	both 400 -H "$(bearer "$TOKEN")" -H "$(bearer "$TOKEN")"
}

@test "6750-01 H13 a control byte: refused, and not in the log as it is" {
	req /users/current.json -H $'Authorization: Bearer abc\x01def'
	# lighttpd refuses it by itself
	[[ $status == 400 || $status == 401 ]]
	req /user/a.json -H $'Authorization: Bearer abc\x01def'
	[[ $status == 400 || $status == 401 ]]
	run -1 grep -qP '\x01' "$STATE/decisions.log"
}

@test "6750-01 H14 bytes beyond ASCII" {
	header_is 401 $'Bearer abc\xe4\xff'
	header_is 401 $'Basic \xc3\xa4'
}

@test "H15 other schemes" {
	header_is 401 'Digest username="reader"'
	header_is 401 "Token $TOKEN"
	header_is 401 "$TOKEN"
	header_is 401 'Basicx YTpi'
}

@test "H16 a token of 7000 bytes: 401" {
	header_is 401 "Bearer $(printf 'a%.0s' {1..7000})"
}

@test "H17 H19 9000 bytes: refused by cap or by the server" {
	local long path
	long=$(printf 'YWFh%.0s' {1..2250})
	for path in /users/current.json /user/a.json; do
		req "$path" -H "Authorization: Bearer $long"
		[[ $status == 400 || $status == 401 || $status == 431 ]]
		# more than 4 KiB of Basic is not decoded
		req "$path" -H "Authorization: Basic ${long:0:5000}"
		status_is 401
	done
}

@test "6750-02 H20 a token in the query beside the header: 400" {
	get "/user/a.json?access_token=$TOKEN" 400 -H "$(bearer "$TOKEN")"
	is_invalid_request
	get "/users/current.json?access_token=$TOKEN" 400 -H "$(bearer "$TOKEN")"
	is_invalid_request
	get "/users/current.json?access_token=$TOKEN" 400
	is_invalid_request
}

@test "H22 headers that claim an identity are nothing" {
	local name
	for name in X-Auth-User Remote-User Remote_User X-Remote-User X-Ostiary-User \
		X-Ostiary-User-Id X-Ostiary-Roles X-Forwarded-User X-Ostiary-OK; do
		both 401 -H "$name: admin"
	done
}

@test "7617-05 B01 B02 what is no base64" {
	local text
	for text in '!!!!' QQ QQ= QQ=== '====' 'QQ==QQ==' 'cmVhZGVy' 'dGVzdDoxMjPCox=='; do
		header_is 401 "Basic $text"
	done
}

@test "B04 the alphabet of base64url" {
	header_is 401 'Basic YTo_Pz8-'
	header_is 401 'Basic YTotLV9f-_=='
}

@test "B05 a blank inside" {
	local encoded
	encoded=$(printf %s "$KEY" | base64 -w0)
	header_is 401 "Basic ${encoded:0:8} ${encoded:8}"
}

@test "7617-02 B07 B08 without a name, without anything" {
	payload 401 ':'
	payload 401 ':pw'
	payload 401 ''
	payload 401 'reader:'
	payload 401 'no-colon'
}

@test "7617-03 B10 B11 a NUL in name or password" {
	payload 401 'admin\0000x:pw'
	payload 401 'reader\0000:x'
	payload 401 'reader:pass\0000word'
	payload 401 "${KEY/:/'\0000:'}"
	payload 401 "$KEY"'\0000'
	payload 401 "$KEY"'\0012'
	payload 401 "$KEY"'\0177'
}

@test "7617-04 B13 what is no UTF-8" {
	payload 401 'reader\0300\0257:x'
	payload 401 'reader:\0355\0240\0200'
	payload 401 'reader:\0377'
	payload 401 'umlaut:p\0344ss-\0200'
}

@test "7617-04 a password in UTF-8" {
	payload 200 'umlaut:p\0303\0244sswort-\0342\0202\0254'
}

@test "7617-02 B14 colons in the password" {
	payload 200 'colon:a:b:c:d:e'
	payload 401 'colon:a:b:c:d'
}

@test "B16 a long password is refused without hashing" {
	hold_permits
	payload 503 nobody:x # this one would be hashed
	payload 401 "nobody:$(printf 'x%.0s' {1..2900})"
	give_permits
}

@test "B19 names that look like paths or keys of the store" {
	local name
	for name in ../../etc/passwd %2e%2e 'user\0037' 'k:' 'u:reader' 'name:reader' \
		'reader\0037x' 'reader|127.0.0.1' 'reader=x' '*' 'reader\t'; do
		payload 401 "$name:x"
	done
	header_is 200 "Basic $(printf %s "$KEY" | base64 -w0)"
}

@test "B20 a name in other case is the same user, with blanks or dots it is none" {
	local password
	password=$(user_pair reader)
	password=${password#*:}
	payload 200 "Reader:$password"
	payload 200 "READER:$password"
	get /users/current.json 200 -H "$(basic "READER:$password")"
	is reader "$(json .userName)"
	payload 401 "reader :$password"
	payload 401 "reader.:$password"
	payload 401 " reader:$password"
}

@test "JWT-02 J13 J14 other spellings of a good token are none" {
	header_is 200 "Bearer $TOKEN"
	header_is 401 "Bearer $TOKEN="
	header_is 401 "Bearer $TOKEN."
	header_is 401 "Bearer ${TOKEN%.*}"
	header_is 401 "Bearer ${TOKEN%.*}."
	header_is 401 "Bearer $TOKEN.x"
	header_is 401 "Bearer .${TOKEN#*.}"
	header_is 401 "Bearer ${TOKEN//-/+}x"
	header_is 401 "Bearer ${TOKEN^^}"
}

@test "JWT-01 J01 J07 a header of one's own choice is none" {
	local header payload=${TOKEN#*.}
	payload=${payload%.*}
	for header in '{"alg":"none"}' '{"alg":"none","typ":"ostiary-login+jwt"}' \
		'{"alg":"HS256","typ":"JWT"}' '{}' 'x'; do
		header_is 401 "Bearer $(printf %s "$header" | base64 -w0 | tr -d = | tr +/ -_).$payload."
		header_is 401 "Bearer $(printf %s "$header" | base64 -w0 | tr -d = | tr +/ -_).$payload.${TOKEN##*.}"
	done
}
