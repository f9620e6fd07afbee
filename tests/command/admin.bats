# The command `ostiary` on states of its own; no server runs.
# shellcheck disable=SC2016 # sed addresses
load ../e2e/lib

setup() {
	STATE=$BATS_TEST_TMPDIR/state CONF=$BATS_TEST_TMPDIR/ostiary.conf
	cat >"$CONF" <<-'EOF'
		issuer = https://localhost:8443
		state = gdbm:state
		policy = policy
		password_cost = ln=10,r=8,p=1
	EOF
	printf 'GET,HEAD /resource/ app\n' >"$BATS_TEST_TMPDIR/policy"
	unset OSTIARY_CONF
}

# call STATUS ARGUMENT...: the command must end with that status.
call() {
	local want=$1
	shift
	run --separate-stderr ost "$@"
	is "$want" "$status" "status of ostiary $*: $output $stderr"
}

# Answers and errors of --json: one line of JSON each.
answer() { jq -r "$1" <<<"$output"; }
error_is() { # WORD
	is 1 "$(wc -l <<<"$stderr")" "lines of stderr: $stderr"
	is "$1" "$(jq -r .error <<<"$stderr")" error
	[[ $(jq -r '.message | length' <<<"$stderr") -gt 0 ]]
}

add_user() { # NAME [OPTION...]
	printf 'correct horse\n' | ost user add "$@" --password-stdin --json | jq -r .id
}

fields_of() { ost dump | jq -c "select(.key == \"$1\")"; }

# load_lines LINE...: loads records into the state.
load_lines() {
	printf '%s\n' '{"ostiary_dump":1,"signing_keys":"absent"}' "$@" "{\"ostiary_dump_end\":$#}" |
		ost load --force >/dev/null
}

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# token TYPE CLAIMS: signed as the programs do it, but not by their code.
token() {
	local key kid input
	key=$(LC_ALL=C grep -raohE '[A-Za-z0-9]{8} current [0-9]+ [0-9]+ [0-9a-f]{64}' "$STATE/keyring" | tail -n 1)
	kid=${key%% *}
	input=$(printf '{"alg":"HS256","kid":"%s","typ":"%s"}' "$kid" "$1" | base64url).$(printf %s "$2" | base64url)
	printf '%s.%s' "$input" "$(printf %s "$input" |
		openssl dgst -sha256 -mac HMAC -macopt "hexkey:${key##* }" -binary | base64url)"
}

login_claims() { # USER_ID SOURCE [EXPIRES]
	printf '{"iss":"%s","aud":"%s","sub":"%s","src":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
		https://localhost:8443 https://localhost:8443 "$1" "$2" \
		$((EPOCHSECONDS - 10)) "${3-$((EPOCHSECONDS + 600))}" "jti$RANDOM$RANDOM"
}

access_claims() { # USER_ID CLIENT_ID GRANT_ID
	printf '{"iss":"%s","aud":"%s","sub":"%s","client_id":"%s","scope":"read","grant":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
		https://localhost:8443 https://localhost:8443 "$1" "$2" "$3" \
		$((EPOCHSECONDS - 10)) $((EPOCHSECONDS + 600)) "jti$RANDOM$RANDOM"
}

reason_of() { # TOKEN
	printf '%s\n' "$1" | ost token inspect --json | jq -r 'if .alive then "alive" else .reason end'
}

# usage

@test "what is no command ends with 2 and one line that says where to look" {
	ost init >/dev/null
	local words
	for words in "" "frobnicate" "user" "user frobnicate" "--frobnicate" "user list extra" "user add" \
		"user list --frobnicate" "user add bob --email" "user list --help=x" "key add bob --name=a --name=b" \
		"init -x" "user set bob" "-c"; do
		# shellcheck disable=SC2086
		run --separate-stderr "$OSTIARY_BIN" -c "$CONF" $words
		[[ $words != -c ]] || run --separate-stderr "$OSTIARY_BIN" -c
		is 2 "$status" "ostiary $words"
		is "" "$output" "stdout of ostiary $words"
		is 1 "$(wc -l <<<"$stderr")" "lines of ostiary $words"
		[[ $stderr == *--help* ]]
	done
}

@test "every command explains itself, without any configuration" {
	local commands name
	commands=$("$OSTIARY_BIN" --help | sed -n 's/^  \([a-z]\)/\1/p' | sed 's/  .*//')
	is 31 "$(wc -l <<<"$commands")" "commands: $commands"
	while read -r name; do
		# shellcheck disable=SC2086
		run --separate-stderr "$OSTIARY_BIN" -c /nowhere $name --help
		is 0 "$status" "$name --help"
		[[ $output == "usage: ostiary [-c FILE] [--json] $name"* ]]
	done <<<"$commands"
	"$OSTIARY_BIN" user --help | grep -q '^  user passwd'
	[[ $("$OSTIARY_BIN" --version) =~ ^ostiary\ [0-9.]+$ ]]
}

@test "an option's value follows it or =, and -- ends the options" {
	ost init >/dev/null
	add_user alice --email=a@example.org --display-name "Alice A." --role=reader
	is "a@example.org Alice A. reader" "$(ost user show alice --json | jq -r '"\(.email) \(.displayName) \(.roles[0])"')" fields
	call 1 user show -- --json
	[[ $stderr == *"no user --json"* ]]
}

@test "-c comes before OSTIARY_CONF" {
	ost init >/dev/null
	add_user alice
	export OSTIARY_CONF=$CONF
	is alice "$("$OSTIARY_BIN" --json user list | jq -r '.[].userName')" "by OSTIARY_CONF"
	OSTIARY_CONF=/nowhere call 0 user list
	call 0 user list --json
	OSTIARY_CONF=/nowhere run -3 "$OSTIARY_BIN" user list
}

@test "a broken configuration is 3, with its line" {
	echo 'password_cst = ln=10,r=8,p=1' >>"$CONF"
	call 3 user list
	[[ $stderr == "ostiary: $CONF:5: "* ]]
	call 3 user list --json
	error_is bad_input
	jq -r .message <<<"$stderr" | grep -qF "$CONF:5: "
}

@test "with --json every failure is one line of JSON on stderr" {
	call 3 user list --json
	is 1 "$(wc -l <<<"$stderr")" lines
	jq -e '.message | test("ostiary init")' <<<"$stderr"
	ost init >/dev/null
	call 1 user show nobody --json
	error_is not_found
	call 2 --json user show
	error_is usage
	is "" "$output" stdout
	mv "$STATE/keyring" "$STATE/keyring.away"
	call 3 --json signing-key list
	is 1 "$(wc -l <<<"$stderr")" lines
	jq -e .error <<<"$stderr"
}

@test "arguments with control characters or broken UTF-8 are refused" {
	ost init >/dev/null
	call 2 user show $'a\nb'
	call 2 user show $'a\xff'
	call 2 user show $'a\u009b'
	is 1 "$(wc -l <<<"$stderr")" lines
}

# init

@test "init makes a private state, and a second one changes nothing" {
	local before
	call 0 init --json
	is "$STATE" "$(answer .state)" state
	is '["state","accounts","grants","activity","keyring","rates","signing-keys"]' "$(answer '.made | tojson')" made
	is 700 "$(stat -c %a "$STATE")" "mode of the state"
	is "" "$(find "$STATE" -mindepth 1 -type d ! -perm 700)" "open folders"
	is "" "$(find "$STATE" -type f ! -perm 600)" "open files"
	before=$(ost signing-key list --json)
	call 0 init
	[[ $output == "already initialised: $STATE" ]]
	is "[]" "$(ost init --json | jq -c .made)" made
	is "$before" "$(ost signing-key list --json)" "signing keys"
}

@test "a state folder that its group may write is shared" {
	mkdir "$STATE"
	chmod 2770 "$STATE"
	ost init >/dev/null
	add_user alice
	is "" "$(find "$STATE" -mindepth 1 -type d ! -perm 2770)" "folders"
	is "" "$(find "$STATE" -type f ! -perm 660)" "files"
}

@test "run by root the command writes as the owner of the state" {
	((EUID == 0)) || skip "needs root"
	local shared
	shared=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-admin.XXXXXX")
	cp "$CONF" "$BATS_TEST_TMPDIR/policy" "$shared"
	chmod -R a+rX "$shared"
	mkdir "$shared/state"
	chown www-data:www-data "$shared/state"
	CONF=$shared/ostiary.conf
	ost init >/dev/null
	add_user alice
	is "www-data:www-data" "$(find "$shared/state" -printf '%u:%g\n' | sort -u)" owners
	is "" "$(find "$shared/state" -type f ! -perm 600)" "open files"
	# A folder to be made inside of somebody's folder is his, too.
	chown www-data:www-data "$shared"
	sed -i 's/gdbm:state/gdbm:other/' "$CONF"
	ost init >/dev/null
	is "www-data:www-data" "$(find "$shared/other" -printf '%u:%g\n' | sort -u)" owners
	# What he cannot read the programs could not either.
	chmod 600 "$CONF"
	call 3 user list
	[[ $stderr == *"$CONF must be readable for the owner of"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
	rm -r "$shared"
}

@test "before init every command says what is missing" {
	call 3 user list
	[[ $stderr == *"ostiary init"* ]]
	ost init >/dev/null
	rm "$STATE"/keyring/*
	call 3 signing-key list
	[[ $stderr == *"ostiary init"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
}

# users

@test "user add, list and show" {
	ost init >/dev/null
	run --separate-stderr ost user add Alice --role reader --role editor --role reader --password-stdin --json <<<'correct horse'
	is 0 "$status" status
	is '["id","userName"]' "$(answer 'keys | tojson')" members
	is Alice "$(answer .userName)" name
	id=$(answer .id)
	is '{"id":"'"$id"'","userName":"Alice","displayName":"Alice","email":null,"roles":["reader","editor"],"state":"active"}' \
		"$(ost user list --json | jq -c '.[0] | del(.created)')" list
	is '[[],[],0]' "$(ost user show alice --json | jq -c '[.keys, .apps, .grants]')" show
	is "$id" "$(ost user show "$id" --json | jq -r .id)" "by id"
	call 0 user list
	is 'id                name   display name  roles          state   created' "${lines[0]}" headings
	[[ ${lines[1]} =~ ^$id\ \ Alice\ \ Alice\ +reader\ editor\ \ active\ \ 20[0-9-]+T[0-9:]+[+-][0-9:]+$ ]]
	is "no keys" "$(ost key list)" "empty table"
	is "[]" "$(ost key list --json)" "empty list"
}

@test "a name is there once, in whatever case" {
	ost init >/dev/null
	add_user alice
	call 1 user add ALICE --password-stdin --json <<<'correct horse'
	error_is exists
	local i
	for i in 1 2 3 4; do
		add_user bob >>"$BATS_TEST_TMPDIR/out" 2>&1 &
	done
	wait
	is 1 "$(ost user list --json | jq '[.[] | select(.userName == "bob")] | length')" bobs
}

@test "bad names, roles and addresses are refused" {
	ost init >/dev/null
	local name
	for name in -- .bob bob. 'b b' 'b/b' "$(printf 'b%.0s' {1..65})" 'bób'; do
		[[ $name != -- ]] || continue
		call 1 user add --password-stdin --json -- "$name" <<<'correct horse'
		error_is bad_name
	done
	call 1 user add bob --role 'a b' --password-stdin --json <<<'correct horse'
	error_is bad_role
	for name in bob @b b@ 'b b@c' a@b@c; do
		call 1 user add bob --email "$name" --password-stdin --json <<<'correct horse'
		error_is bad_email
	done
	is "[]" "$(ost user list --json)" users
}

@test "a password that is short, long, not text or like a key is refused" {
	ost init >/dev/null
	local password
	for password in '' short77 $'tab\ttab\ttab' $'crlf ends\r' $'not utf8 \xff' osk_abcdefgh "$(printf 'x%.0s' {1..1025})"; do
		run --separate-stderr ost user add bob --password-stdin --json <<<"$password"
		is 1 "$status" "${password:0:20}"
		is 1 "$(wc -l <<<"$stderr")" lines
		[[ $stderr != *"${password:-nothing}"* ]]
	done
	for password in 'eight ch' 'acht Ä ü' "$(printf 'x%.0s' {1..1024})"; do
		run --separate-stderr ost user add "bob${#password}" --password-stdin <<<"$password"
	done
	is 2 "$(ost user list --json | jq length)" "users with good passwords"
	run -0 --separate-stderr ost user passwd bob8 --password-stdin < <(printf 'no line feed')
	run ! grep -ra 'no line feed' "$STATE"
}

@test "user set changes what it is told to" {
	ost init >/dev/null
	add_user alice --role a --role b --email a@example.org
	call 0 user set alice --role c --role a --remove-role b --display-name 'A. Lice' --json
	is '["A. Lice","a@example.org",["a","c"]]' "$(answer '[.displayName, .email, .roles] | tojson')" changed
	ost user set alice --email '' --display-name '' --remove-role a --remove-role c
	is '["alice",null,[]]' "$(ost user show alice --json | jq -c '[.displayName, .email, .roles]')" emptied
	call 1 user set nobody --role a
}

@test "a new password ends what the old one bought" {
	ost init >/dev/null
	local id before after old
	id=$(add_user alice)
	before=$(fields_of "user:$id")
	old=$(token ostiary-login+jwt "$(login_claims "$id" "p:$(jq -r .generation <<<"$before")")")
	is alive "$(reason_of "$old")" before
	call 0 user passwd alice --password-stdin --json <<<'battery staple'
	is '["id","state","userName"]' "$(answer 'keys | tojson')" members
	after=$(fields_of "user:$id")
	is $(($(jq -r .generation <<<"$before") + 1)) "$(jq -r .generation <<<"$after")" generation
	[[ $(jq -r .password <<<"$before") != $(jq -r .password <<<"$after") ]]
	[[ $(reason_of "$old") != alive ]]
}

@test "a disabled user's tokens are dead, and stay so when he is enabled" {
	ost init >/dev/null
	local id login
	id=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$id" p:1)")
	call 0 user disable alice --json
	is disabled "$(answer .state)" state
	ost user disable alice
	is user_disabled "$(reason_of "$login")" reason
	is disabled "$(ost user show alice --json | jq -r .state)" state
	is active "$(ost user enable alice --json | jq -r .state)" state
	is user_disabled "$(reason_of "$login")" reason
}

@test "user delete takes the keys along, applications only with --with-apps" {
	ost init >/dev/null
	local id app login
	id=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$id" p:1)")
	add_user bob
	ost key add alice --name one
	ost key add bob --name two
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	call 1 user delete alice --json </dev/null
	error_is owns_apps
	jq -e --arg app "$app" '.message | contains($app)' <<<"$stderr"
	is 2 "$(ost user list --json | jq length)" users
	call 0 user delete alice --with-apps --json </dev/null
	is deleted "$(answer .state)" state
	is '["two"]' "$(ost key list --json | jq -c '[.[].name]')" keys
	is '[]' "$(ost app list --json)" apps
	is user_deleted "$(reason_of "$login")" reason
	is "" "$(ost dump | grep -F "$id")" "what is left"
	call 1 user delete alice --yes
	# The name is free, the id is not the same.
	[[ $(add_user alice) != "$id" ]]
}

@test "at a terminal the password is asked for twice and never shown" {
	ost init >/dev/null
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" 'correct horse' 'correct horse' -- "$OSTIARY_BIN" -c "$CONF" user add alice
	is 0 "$status" "$output"
	[[ $output == *"New password of alice: "*"The same again: "*"user alice added"* ]]
	[[ $output != *horse* ]]
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" 'correct horse' 'battery staple' -- "$OSTIARY_BIN" -c "$CONF" user add bob
	is 1 "$status" "$output"
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" n -- "$OSTIARY_BIN" -c "$CONF" user delete alice
	is 1 "$status" "$output"
	run python3 "${BATS_TEST_FILENAME%/*}/terminal.py" y -- "$OSTIARY_BIN" -c "$CONF" user delete alice
	is 0 "$status" "$output"
	is "[]" "$(ost user list --json)" users
}

@test "without a terminal the prompt gives way to --password-stdin" {
	ost init >/dev/null
	run --separate-stderr setsid -w "$OSTIARY_BIN" -c "$CONF" --json user add alice </dev/null
	is 2 "$status" "$stderr"
	[[ $stderr == *--password-stdin* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
}

# applications

@test "app add gives id and secret once; only the hash is kept" {
	ost init >/dev/null
	add_user alice
	call 0 app add 'Tree Explorer' --owner alice --callback-prefix HTTPS://Example.org/cb/ \
		--callback-prefix https://localhost:8443 --redirect-uri 'https://example.org/x?a=b' --website https://example.org/ --json
	is '["callback_prefix","client_id","client_secret","redirect_uris"]' "$(answer 'keys | tojson')" members
	is '[["https://example.org/cb/","https://localhost:8443/"],["https://example.org/x?a=b"]]' \
		"$(answer '[.callback_prefix, .redirect_uris] | tojson')" callbacks
	[[ $(answer .client_secret) =~ ^osa_[A-Za-z0-9]{49}$ ]]
	run ! grep -raF "$(answer .client_secret)" "$STATE"
	is alice "$(ost app list --json | jq -r '.[0].owner')" owner
	ost app list | grep -q 'Tree Explorer  alice  active'
	run ost app add Other --owner alice --redirect-uri https://example.org/cb
	[[ $output == *"client secret"*"never again"* ]]
}

@test "app add says which rule a callback breaks" {
	ost init >/dev/null
	add_user alice
	local url
	for url in http://example.org/cb/ https://example.org/ example.org/cb 'https://a@example.org/cb/' \
		'https://example.org/cb/#x' https://example.org/a/../b/ 'https://example.org/a/?x=y'; do
		call 1 app add x --owner alice --callback-prefix "$url" --json
		[[ $(jq -r .message <<<"$stderr") == "--callback-prefix $url: "* ]]
		[[ $(jq -r .error <<<"$stderr") != usage ]]
	done
	call 1 app add x --owner alice --redirect-uri 'https://example.org/cb?code=1'
	call 1 app add x --owner nobody --redirect-uri https://example.org/cb --json
	error_is not_found
	call 1 app add x --owner alice --redirect-uri https://example.org/cb --public --json
	is "public clients need PKCE, which this version does not have yet" "$(jq -r .message <<<"$stderr")" message
	call 1 app add x --owner alice --redirect-uri https://example.org/cb --website 'javascript:alert(1)'
	call 2 app add x --owner alice
	call 2 app add x --redirect-uri https://example.org/cb
	is "[]" "$(ost app list --json)" apps
}

@test "app rotate ends the old secret, at once or after --overlap" {
	ost init >/dev/null
	add_user alice
	local id hash
	id=$(ost app add x --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	hash=$(fields_of "app:$id" | jq -r .secret)
	call 0 app rotate "$id" --json
	is null "$(answer .old_until)" old_until
	is null "$(fields_of "app:$id" | jq -r .old_secret)" "old secret"
	[[ $(fields_of "app:$id" | jq -r .secret) != "$hash" ]]
	is "$(printf %s "$(answer .client_secret)" | sha256sum | cut -d' ' -f1)" "$(fields_of "app:$id" | jq -r .secret)" hash
	hash=$(fields_of "app:$id" | jq -r .secret)
	call 0 app rotate "$id" --overlap 7d --json
	is "$hash" "$(fields_of "app:$id" | jq -r .old_secret)" "old secret"
	(($(answer .old_until) - EPOCHSECONDS > 7 * 86400 - 60))
	call 2 app rotate "$id" --overlap soon
	call 1 app rotate axxxxxxxxxxxxxxx
}

@test "an application can be disabled, enabled and deleted" {
	ost init >/dev/null
	local user id access
	user=$(add_user alice)
	id=$(ost app add x --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	load_lines "{\"store\":\"grants\",\"key\":\"grant:g1\",\"expires_ms\":\"$((EPOCHSECONDS + 900))000\",\"id\":\"g1\",\"user\":\"$user\",\"client_id\":\"$id\",\"scope\":\"read\",\"created\":\"1\",\"expires\":\"$((EPOCHSECONDS + 900))000\"}"
	access=$(token at+jwt "$(access_claims "$user" "$id" g1)")
	is alive "$(reason_of "$access")" reason
	is disabled "$(ost app disable "$id" --json | jq -r .state)" state
	is app_disabled "$(reason_of "$access")" reason
	is active "$(ost app enable "$id" --json | jq -r .state)" state
	is app_disabled "$(reason_of "$access")" reason
	is deleted "$(ost app delete "$id" --json </dev/null | jq -r .state)" state
	is app_deleted "$(reason_of "$access")" reason
	call 1 app show "$id" --json
	error_is not_found
}

# keys

@test "key add gives id and secret once, with an expiry" {
	ost init >/dev/null
	add_user alice
	call 0 key add alice --name backup --expires 90d --json
	is '["expires","key_id","key_secret","name"]' "$(answer 'keys | tojson')" members
	[[ $(answer .key_secret) =~ ^osk_[A-Za-z0-9]{49}$ ]]
	(($(answer .expires) - EPOCHSECONDS - 90 * 86400 < 60))
	run ! grep -raF "$(answer .key_secret)" "$STATE"
	is null "$(ost key add alice --name other --json | jq .expires)" expires
	call 2 key add alice
	call 2 key add alice --name x --expires 90
	call 1 key add nobody --name x
	call 1 key add alice --name '' --json
	error_is bad_name
}

@test "key list, show, rotate and revoke" {
	ost init >/dev/null
	local id user login hash
	user=$(add_user alice)
	add_user bob
	id=$(ost key add alice --name one --json | jq -r .key_id)
	ost key add bob --name two
	is '["one"]' "$(ost key list alice --json | jq -c '[.[].name]')" "alice's"
	is '["one","two"]' "$(ost key list --json | jq -c '[.[].name]')" all
	is '["alice","active",null]' "$(ost key show "$id" --json | jq -c '[.userName, .state, .last_used]')" show
	hash=$(fields_of "key:$id" | jq -r .secret)
	login=$(token ostiary-login+jwt "$(login_claims "$user" "k:$id:${hash:0:16}")")
	is alive "$(reason_of "$login")" reason
	call 0 key rotate "$id" --overlap 1h --json
	is '["expires","key_id","key_secret","name","old_until"]' "$(answer 'keys | tojson')" members
	is "$hash" "$(fields_of "key:$id" | jq -r .old_secret)" "old secret"
	is alive "$(reason_of "$login")" "in the overlap"
	ost key rotate "$id" >/dev/null
	is key_revoked "$(reason_of "$login")" "bought with a secret that ended"
	is revoked "$(ost key revoke "$id" --json | jq -r .state)" state
	is revoked "$(ost key revoke "$id" --json | jq -r .state)" "state again"
	[[ $(reason_of "$login") != alive ]]
	is revoked "$(ost key show "$id" --json | jq -r .state)" state
	call 1 key rotate "$id" --json
	error_is dead_key
	call 1 key revoke nokey
}

@test "last uses are shown" {
	ost init >/dev/null
	local id
	add_user alice
	id=$(ost key add alice --name one --json | jq -r .key_id)
	load_lines "{\"store\":\"activity\",\"key\":\"used:$id\",\"at\":\"1700000000000\"}"
	is 1700000000 "$(ost key show "$id" --json | jq .last_used)" last_used
	TZ=UTC ost key list | grep -qF 2023-11-14T22:13:20+00:00
	TZ=Asia/Kolkata ost key list | grep -qF 2023-11-15T03:43:20+05:30
}

# tokens, grants, signing keys

@test "token inspect says what a token is and why it is dead" {
	ost init >/dev/null
	local user login expired wrong
	user=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	is '["login","alice","p:1",true,null]' \
		"$(printf '%s\r\n' "$login" | ost token inspect --json | jq -c '[.kind, .userName, .source, .alive, .reason]')" login
	printf %s "$login" | ost token inspect | grep -q '^alive  *yes$'
	expired=$(token ostiary-login+jwt "$(login_claims "$user" p:1 $((EPOCHSECONDS - 5)))")
	is expired "$(reason_of "$expired")" reason
	is '["alice",false]' "$(ost token inspect --json <<<"$expired" | jq -c '[.userName, .alive]')" expired
	# Every sixteenth signature ends in A.
	wrong=${login%?}A
	[[ $wrong != "$login" ]] || wrong=${login%?}E
	is invalid "$(reason_of "$wrong")" reason
	is invalid "$(reason_of nonsense)" reason
	is invalid "$(reason_of "$(token ostiary-login+jwt "$(login_claims "$user" p:1 | sed 's/localhost/example/g')")")" reason
	ost token inspect <<<nonsense | grep -q 'no token of this instance'
	call 2 token inspect </dev/null
	call 1 token inspect --json < <(head -c 9000 /dev/zero | tr '\0' x)
	error_is too_big
}

@test "token revoke kills one token" {
	ost init >/dev/null
	local user one two
	user=$(add_user alice)
	one=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	two=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	is revoked "$(ost token revoke --json <<<"$one" | jq -r .state)" state
	is "revoked alive" "$(reason_of "$one") $(reason_of "$two")" reasons
	one=$(token ostiary-login+jwt "$(login_claims "$user" p:1 $((EPOCHSECONDS - 5)))")
	is expired "$(ost token revoke --json <<<"$one" | jq -r .state)" state
	call 1 token revoke --json <<<nonsense
	error_is invalid
}

@test "grant list and revoke" {
	ost init >/dev/null
	local user app access end=$((EPOCHSECONDS + 900))
	user=$(add_user alice)
	add_user bob
	app=$(ost app add Trees --owner bob --redirect-uri https://example.org/cb --json | jq -r .client_id)
	load_lines "{\"store\":\"grants\",\"key\":\"grant:g1\",\"expires_ms\":\"${end}000\",\"id\":\"g1\",\"user\":\"$user\",\"client_id\":\"$app\",\"scope\":\"read\",\"created\":\"1700000000000\",\"expires\":\"${end}000\"}"
	is "[{\"grant_id\":\"g1\",\"userName\":\"alice\",\"client_id\":\"$app\",\"app\":\"Trees\",\"scope\":\"read\",\"created\":1700000000,\"expires\":$end}]" \
		"$(ost grant list alice --json)" list
	is "[]" "$(ost grant list bob --json)" "bob's"
	is 1 "$(ost user show alice --json | jq .grants)" "alice's grants"
	access=$(token at+jwt "$(access_claims "$user" "$app" g1)")
	is '["access","Trees","read",true]' "$(ost token inspect --json <<<"$access" | jq -c '[.kind, .app, .scope, .alive]')" token
	is revoked "$(ost grant revoke g1 --json | jq -r .state)" state
	is grant_ended "$(reason_of "$access")" reason
	call 1 grant revoke g1 --json
	error_is not_found
	call 1 grant revoke 'g/1 x'
}

@test "signing-key rotate keeps old keys, and refuses to drop one too early" {
	ost init >/dev/null
	local user login next i
	user=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	is '["current","next"]' "$(ost signing-key list --json | jq -c '[.[].state]')" states
	next=$(ost signing-key list --json | jq -r '.[] | select(.state == "next").kid')
	call 0 signing-key rotate --json
	is "$next" "$(answer .current)" current
	is '["current","next","old"]' "$(ost signing-key list --json | jq -c '[.[].state] | sort')" states
	is alive "$(reason_of "$login")" reason
	for i in 1 2 3 4 5 6 7; do
		run --separate-stderr ost signing-key rotate --json
		((status == 0)) || break
	done
	is 1 "$status" "status of the ${i}th"
	error_is too_often
	is alive "$(reason_of "$login")" reason
}

# policy

@test "policy check needs no state, and gives file and line" {
	call 0 policy check
	is "policy ok: 1 rules" "$output" output
	is '{"rules":1,"problems":[]}' "$(ost policy check --json)" json
	printf 'GET /a/ anyone\nGET,HEAD /a/ user\nGET /b/ nobody\n* c user\n' >"$BATS_TEST_TMPDIR/policy"
	call 1 policy check
	[[ $output == *"policy:3: "* && $output == *"policy:4: "* ]]
	[[ $output != *"policy ok"* ]]
	call 1 policy check --json
	is "$BATS_TEST_TMPDIR/policy [3,4]" "$(answer '"\(.problems[0].file) \([.problems[] | select(.level == "error").line])"')" problems
	is 0 "$(answer .rules)" rules
	printf 'GET,HEAD /a/ anyone\nGET /a/ user\n' >"$BATS_TEST_TMPDIR/policy"
	call 0 policy check --json
	is '[2,["warning"]]' "$(answer '[.rules, ([.problems[].level] | unique)] | tojson')" warnings
	[[ ! -e $STATE ]]
	rm "$BATS_TEST_TMPDIR/policy"
	run --separate-stderr ost policy check
	is 3 "$status" "no policy"
}

# dump and load

fill() {
	local user app
	user=$(add_user alice --role reader --email a@example.org)
	add_user Bob --display-name 'Bób % "quoted" \ =x'
	app=$(ost app add Trees --owner alice --callback-prefix https://example.org/cb/ --json | jq -r .client_id)
	ost key add alice --name one --json >"$BATS_TEST_TMPDIR/key"
	ost key rotate "$(jq -r .key_id "$BATS_TEST_TMPDIR/key")" --overlap 1h
	load_lines "{\"store\":\"activity\",\"key\":\"used:$app\",\"at\":\"1700000000000\"}" \
		"{\"store\":\"grants\",\"key\":\"grant:g1\",\"expires_ms\":\"$((EPOCHSECONDS + 900))000\",\"id\":\"g1\",\"user\":\"$user\",\"client_id\":\"$app\",\"scope\":\"read\",\"created\":\"1\",\"expires\":\"$((EPOCHSECONDS + 900))000\"}"
}

# Another state beside the first, initialised.
second_state() {
	sed 's/gdbm:state/gdbm:second/' "$CONF" >"$BATS_TEST_TMPDIR/second.conf"
	CONF=$BATS_TEST_TMPDIR/second.conf STATE=$BATS_TEST_TMPDIR/second
	ost init >/dev/null
}

records() { grep -v '"store":"keyring"\|ostiary_dump'; }

@test "a dump loaded into a new state gives the same dump, and every way in works" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/one"
	is "$(cat "$BATS_TEST_TMPDIR/one")" "$(ost dump)" "second dump"
	second_state
	call 0 load --json <"$BATS_TEST_TMPDIR/one"
	is new "$(answer .signing_keys)" "signing keys"
	is "$(records <"$BATS_TEST_TMPDIR/one")" "$(ost dump | records)" records
	# The records that are not in the dump, because they lead to others:
	call 1 user add BOB --password-stdin --json <<<'correct horse'
	error_is exists
	ost user show bob
	ost user delete bob </dev/null
	add_user bob
	ost key rotate "$(jq -r .key_id "$BATS_TEST_TMPDIR/key")"
}

@test "every line of a dump is JSON of strings, without a secret in clear" {
	ost init >/dev/null
	fill >/dev/null
	ost dump | jq -se 'all(.[1:-1][]; all(.[]; type == "string")) and .[0].ostiary_dump == 1'
	is "$(ost dump | sed 1d | jq -r 'select(.store != "keyring" and .key) | "\(.store) \(.key)"')" \
		"$(ost dump | sed 1d | jq -r 'select(.store != "keyring" and .key) | "\(.store) \(.key)"' | LC_ALL=C sort)" order
	run ! grep -F -e "$(jq -r .key_secret "$BATS_TEST_TMPDIR/key")" -e 'correct horse' <(ost dump)
	local hex
	hex=$(LC_ALL=C grep -raohE 'current [0-9]+ [0-9]+ [0-9a-f]{64}' "$STATE/keyring" | tail -c 65 | head -c 64)
	is 64 "${#hex}" "the signing key in the state"
	run ! grep -F "$hex" <(ost dump)
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	run ! grep -F "$hex" <(ost dump --passphrase-file "$BATS_TEST_TMPDIR/pass")
}

@test "signing keys go along under a passphrase" {
	ost init >/dev/null
	local user login first=$CONF
	user=$(add_user alice)
	login=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	ost signing-key rotate
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	ost dump --passphrase-stdin <"$BATS_TEST_TMPDIR/pass" >"$BATS_TEST_TMPDIR/dump"
	second_state
	is invalid "$(reason_of "$login")" before
	call 2 load --json <"$BATS_TEST_TMPDIR/dump"
	error_is usage
	echo 'another passphrase' >"$BATS_TEST_TMPDIR/wrong"
	call 1 load --passphrase-file "$BATS_TEST_TMPDIR/wrong" <"$BATS_TEST_TMPDIR/dump"
	[[ $stderr == *"line "*"passphrase"* ]]
	call 1 load --passphrase-file "$BATS_TEST_TMPDIR/pass" < <(sed 's/\("sealed_secret":"........\)./\1x/' "$BATS_TEST_TMPDIR/dump")
	is '[]' "$(ost user list --json)" users
	call 0 load --passphrase-file "$BATS_TEST_TMPDIR/pass" --json <"$BATS_TEST_TMPDIR/dump"
	is loaded "$(answer .signing_keys)" "signing keys"
	is alive "$(reason_of "$login")" after
	is "$("$OSTIARY_BIN" -c "$first" signing-key list)" "$(ost signing-key list)" "signing keys"
	echo short >"$BATS_TEST_TMPDIR/short"
	call 1 dump --passphrase-file "$BATS_TEST_TMPDIR/short"
	is "" "$output" "dump without a good passphrase"
	call 3 dump --passphrase-file /nowhere
}

@test "without its signing keys a dump says that tokens are dead" {
	ost init >/dev/null
	fill >/dev/null
	echo 'a long passphrase' >"$BATS_TEST_TMPDIR/pass"
	ost dump --passphrase-file "$BATS_TEST_TMPDIR/pass" >"$BATS_TEST_TMPDIR/dump"
	second_state
	call 0 load --new-signing-keys <"$BATS_TEST_TMPDIR/dump"
	[[ $output == *"dead here"* ]]
	# Back where it came from nothing is dead.
	CONF=$BATS_TEST_TMPDIR/ostiary.conf
	is kept "$(ost dump | ost load --force --json | jq -r .signing_keys)" "signing keys"
}

@test "load takes an empty state only, unless it is forced" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/dump"
	call 1 load --json <"$BATS_TEST_TMPDIR/dump"
	error_is not_empty
	second_state
	add_user carol
	call 1 load --json <"$BATS_TEST_TMPDIR/dump"
	call 0 load --force <"$BATS_TEST_TMPDIR/dump"
	is '["Bob","alice","carol"]' "$(ost user list --json | jq -c '[.[].userName]')" users
	ost user set alice --role new
	ost load --force <"$BATS_TEST_TMPDIR/dump"
	is '["reader"]' "$(ost user show alice --json | jq -c .roles)" "alice's roles"
	# A name stays with its user.
	ost user delete bob </dev/null
	add_user bob
	call 1 load --force --json <"$BATS_TEST_TMPDIR/dump"
	jq -e '.message | test("^line [0-9]+: .*bob")' <<<"$stderr"
}

# refused LINE WHAT PROGRAM: the dump, changed by a sed program, is refused at
# that line, and nothing is written.
refused() {
	sed "$3" "$BATS_TEST_TMPDIR/dump" >"$BATS_TEST_TMPDIR/bad"
	run ! cmp -s "$BATS_TEST_TMPDIR/dump" "$BATS_TEST_TMPDIR/bad"
	call 1 load --json <"$BATS_TEST_TMPDIR/bad"
	[[ $(jq -r .message <<<"$stderr") == "line $1: "* ]] || {
		echo "$2: $stderr"
		return 1
	}
}

@test "a dump with an error in any line changes nothing" {
	ost init >/dev/null
	fill >/dev/null
	ost dump >"$BATS_TEST_TMPDIR/dump"
	local app key user end
	app=$(grep -n '"key":"app:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	key=$(grep -n '"key":"key:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	user=$(grep -n '"key":"user:' "$BATS_TEST_TMPDIR/dump" | head -n 1 | cut -d: -f1)
	end=$(wc -l <"$BATS_TEST_TMPDIR/dump")
	second_state
	local before
	before=$(ost dump)
	refused 1 "version" '1s/:1,/:2,/'
	refused 1 "no header" 1d
	refused "$end" "cut short" '$d'
	refused $((end - 1)) "a record less" "${user}d"
	refused "$user" "no JSON" "${user}s/}\$//"
	refused "$user" "an empty line" "${user}s/.*//"
	refused "$user" "an array" "${user}s/.*/[]/"
	refused "$user" "unknown store" "${user}s/\"accounts\"/\"account\"/"
	refused "$user" "a number" "${user}s/\"disabled\":\"0\"/\"disabled\":0/"
	refused "$user" "a name twice" "${user}s/\"disabled\":\"0\"/\"disabled\":\"0\",\"disabled\":\"1\"/"
	refused "$user" "a field name" "${user}s/\"disabled\"/\"dis=abled\"/"
	refused "$user" "id unlike the key" "${user}s/\"id\":\"u/\"id\":\"v/"
	refused "$user" "user name" "${user}s/\"name\":\"/\"name\":\" /"
	refused "$user" "password" "${user}s/\"password\":\"/\"password\":\"x/"
	refused "$app" "callback" "${app}s/https:/http:/"
	refused "$app" "secret" "${app}s/\"secret\":\"./\"secret\":\"X/"
	refused "$key" "an index" "${key}s/key:/keyhash:/"
	refused $((user + 1)) "a record twice" "${user}{p;s/x/x/;};\$s/:[0-9]*}/:$((end - 1))}/"
	refused $((end + 1)) "behind the end" '$p'
	is "$before" "$(ost dump)" "state"
	is "[]" "$(ost user list --json)" users
	ost load <"$BATS_TEST_TMPDIR/dump"
}

@test "records that have expired are not loaded" {
	ost init >/dev/null
	load_lines '{"store":"grants","key":"jti:a","expires_ms":"1000"}' '{"store":"grants","key":"jti:b","expires_ms":"99999999999999"}'
	is '["jti:b"]' "$(ost dump | jq -sc '[.[] | select(.store == "grants").key]')" grants
	printf '%s\n' '{"ostiary_dump":1,"signing_keys":"absent"}' '{"store":"grants","key":"jti:a","expires_ms":"1000"}' \
		'{"ostiary_dump_end":1}' >"$BATS_TEST_TMPDIR/dump"
	ost load --force <"$BATS_TEST_TMPDIR/dump" | grep -q '^1 had expired and were left out$'
}

# output

@test "what cannot be printed is noticed, and a lost secret is to be rotated" {
	[[ -e /dev/full ]] || skip "no /dev/full"
	ost init >/dev/null
	add_user alice
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' user list >/dev/full"
	is 3 "$status" status
	[[ $stderr == "ostiary: standard output: No space left on device" ]]
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' --json key add alice --name x >/dev/full"
	is 3 "$status" status
	[[ $stderr == *"ostiary key rotate"* ]]
	is 1 "$(wc -l <<<"$stderr")" lines
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' user list >&-"
	is 3 "$status" "closed output"
	run --separate-stderr bash -c "'$OSTIARY_BIN' -c '$CONF' dump >/dev/full"
	is 3 "$status" dump
	# The reader is gone before there is anything to read.
	run --separate-stderr bash -c "{ sleep 0.1; '$OSTIARY_BIN' -c '$CONF' user list; echo \$? >'$BATS_TEST_TMPDIR/rc'; } | true"
	is 3 "$(cat "$BATS_TEST_TMPDIR/rc")" "closed pipe"
	# Nothing was written into a store in place of the closed streams.
	run -0 ost user show alice
}

@test "control characters in values do not reach the terminal" {
	ost init >/dev/null
	load_lines '{"store":"accounts","key":"user:u1","id":"u1","name":"eve","display_name":"\u001b[31mred\u202e\nline","roles":"","generation":"1","disabled":"0","created":"1"}'
	call 0 user list
	is 2 "${#lines[@]}" lines
	[[ $output != *$'\e'* && $output == *'\u001b[31mred\u202e\u000aline'* ]]
	ost user list --json | jq -e '.[0].displayName == "\u001b[31mred\u202e\nline"'
}
