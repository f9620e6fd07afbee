# The command `ostiary`: tokens, grants, signing keys, the policy.
load admin

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

@test "token inspect knows a refresh token: live, used, ended" {
	ost init >/dev/null
	local user app live used
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	live=$(refresh_token 1) used=$(refresh_token 2)
	load_lines "$(grant_line g1 "$user" "$app" $((EPOCHSECONDS + 86400))000)" \
		"$(refresh_line "$live" g1 "$app")" "$(refresh_line "$used" g1 "$app" used=1700000000000 kid=abcdefgh)"
	is '["refresh","user","alice","Trees","read","g1",true,null,null]' "$(ost token inspect --json <<<"$live" |
		jq -c '[.kind, .speaks_for, .userName, .app, .scope, .grant_id, .alive, .reason, .used]')" live
	is '[false,"used",1700000000]' "$(ost token inspect --json <<<"$used" | jq -c '[.alive, .reason, .used]')" used
	ost token inspect <<<"$live" | grep -q 'a refresh token: only its application'
	# the words of `grant list`, and of introspection
	is "$(ost grant list --json | jq -c '.[0] | [.expires, .ends]')" \
		"$(ost token inspect --json <<<"$live" | jq -c '[.expires, .ends]')" 'expires and ends'
	is invalid "$(reason_of "$(refresh_token 3)")" unknown
	is invalid "$(reason_of osr_x)" malformed
	ost user disable alice >/dev/null
	is user_disabled "$(reason_of "$live")" reason
	ost user enable alice >/dev/null
	is user_disabled "$(reason_of "$live")" "reason for good"
	ost app disable "$app" >/dev/null
	is user_disabled "$(reason_of "$live")" "reason: the user's first"
	ost grant revoke g1 >/dev/null
	is grant_ended "$(reason_of "$live")" reason
}

@test "token revoke of a refresh token ends its grant" {
	ost init >/dev/null
	local user app live used access
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	live=$(refresh_token 1) used=$(refresh_token 2)
	load_lines "$(grant_line g1 "$user" "$app" $((EPOCHSECONDS + 86400))000)" "$(refresh_line "$live" g1 "$app")" \
		"$(grant_line g2 "$user" "$app" $((EPOCHSECONDS + 86400))000)" "$(refresh_line "$used" g2 "$app" used=1 kid=abcdefgh)"
	access=$(token at+jwt "$(access_claims "$user" "$app" g1)")
	is alive "$(reason_of "$access")" access
	call 0 token revoke --json <<<"$live"
	is '{"grant_id":"g1","state":"revoked"}' "$(answer 'tojson')" answer
	is grant_ended "$(reason_of "$access")" access
	# One that was used leads to its grant as well: whoever has it may have stolen it.
	ost token revoke <<<"$used" | grep -q "grant g2: ended"
	is "[]" "$(ost grant list --json)" grants
	call 1 token revoke --json < <(refresh_token 3)
	error_is invalid
}

@test "token inspect and revoke know an authorization code" {
	ost init >/dev/null
	local user app code used
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	code=$(printf '%043d' 1) used=$(printf '%043d' 2)
	load_lines "$(grant_line g1 "$user" "$app")" "$(code_line "$code" "$user" "$app")" "$(code_line "$used" "$user" "$app" used_by=g1)"
	is '["code","alice","Trees","read",true,null]' "$(ost token inspect --json <<<"$code" |
		jq -c '[.kind, .userName, .app, .scope, .alive, .reason]')" code
	is '["g1",false,"used"]' "$(ost token inspect --json <<<"$used" | jq -c '[.grant_id, .alive, .reason]')" used
	is revoked "$(ost token revoke --json <<<"$code" | jq -r .state)" state
	is invalid "$(reason_of "$code")" reason
	ost token revoke <<<"$used" >/dev/null
	is "[]" "$(ost grant list --json)" grants
}

@test "token inspect and revoke know a device code" {
	ost init >/dev/null
	local user app code line inspected
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --public --json | jq -r .client_id)
	code=$(printf '%043d' 1)
	while IFS=: read -r line inspected; do
		# shellcheck disable=SC2086 # several words
		load_lines "$(grant_line g1 "$user" "$app")" "$(device_line "$code" "$app" ${line//USER/user=$user})"
		is "$inspected" "$(ost token inspect --json <<<"$code" |
			jq -c '[.kind, .state, .reason, .userName, .app, .scope, .grant_id]')" "$line"
	done <<-'END'
		:["device","pending",null,null,"Trees","read",null]
		USER:["device","allowed",null,"alice","Trees","read",null]
		USER denied=1:["device","denied","denied","alice","Trees","read",null]
		USER used_by=g1:["device","used","used","alice","Trees","read","g1"]
		expires=1:["device","expired","expired",null,"Trees","read",null]
	END
	load_lines "$(device_line "$code" "$app" "user=$user" user_epoch=0)"
	ost token inspect <<<"$code" | grep -q '^state  *allowed$'
	ost user disable alice >/dev/null
	is user_disabled "$(reason_of "$code")" reason
	ost token revoke <<<"$code" | grep -qx 'device code: destroyed'
	is invalid "$(reason_of "$code")" reason
	load_lines "$(grant_line g2 "$user" "$app")" "$(device_line "$code" "$app" "user=$user" used_by=g2)"
	ost token revoke <<<"$code" | grep -q 'grant g2: ended'
	# what its user types is something else
	ost token inspect <<<WDJB-MJHT | grep -q 'is not looked up'
}

@test "token inspect says whose a dead token was, and what bought it" {
	ost init >/dev/null
	local user app key token
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	load_lines "$(grant_line g1 "$user" "$app")"
	token=$(token at+jwt "$(access_claims "$user" "$app" g1)")
	ost token revoke <<<"$token" >/dev/null
	is '["revoked","alice","Trees"]' "$(ost token inspect --json <<<"$token" | jq -c '[.reason, .userName, .app]')" revoked
	key=$(ost key add alice --name backup --json | jq -r .key_id)
	token=$(token ostiary-login+jwt "$(login_claims "$user" "k:$key:0123456789abcdef")")
	is "k:$key:0123456789abcdef" "$(ost token inspect --json <<<"$token" | jq -r .source)" source
	ost token inspect <<<"$token" | grep -qE "^bought by +key $key \\(backup\\)$"
	token=$(token ostiary-login+jwt "$(login_claims "$user" k:gone:0123456789abcdef)")
	ost token inspect <<<"$token" | grep -qE '^bought by +key gone$'
	token=$(token ostiary-login+jwt "$(login_claims "$user" p:1)")
	ost token inspect <<<"$token" | grep -qE '^bought by +a password$'
}

@test "token inspect knows an ID token, and that it opens nothing" {
	ost init >/dev/null
	local user app id claims
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	claims() { # EXPIRES
		printf '{"iss":"https://localhost:8443","sub":"%s","aud":"%s","exp":%d,"iat":%d,"auth_time":1}' \
			"$user" "$app" "$1" $((EPOCHSECONDS - 10))
	}
	id=$(id_token "$(claims $((EPOCHSECONDS + 600)))")
	is '["id","user","alice","Trees",true,null]' "$(ost token inspect --json <<<"$id" |
		jq -c '[.kind, .speaks_for, .userName, .app, .alive, .reason]')" token
	ost token inspect <<<"$id" | grep -q 'opens no API'
	is expired "$(reason_of "$(id_token "$(claims $((EPOCHSECONDS - 5)))")")" reason
	is invalid "$(reason_of "$(id_token "$(claims $((EPOCHSECONDS + 600)) | sed 's/localhost/example/')")")" "of another issuer"
	is invalid "$(reason_of "${id%.*}.${id##*.}x")" "another signature"
	call 1 token revoke --json <<<"$id"
	error_is id_token
}

@test "token inspect says that an application speaks for itself" {
	ost init >/dev/null
	add_user alice
	local app mark own
	app=$(ost app add Robot --owner alice --own-scope jobs --json | jq -r .client_id)
	mark=$(fields_of "app:$app" | jq -r '.secret[:16]')
	own=$(token at+jwt "$(access_claims "$app" "$app" '' | sed "s/\"grant\":\"\"/\"src\":\"c:$mark\"/; s/\"read\"/\"jobs\"/")")
	is '["access","application",null,null,"Robot","jobs",true]' "$(ost token inspect --json <<<"$own" |
		jq -c '[.kind, .speaks_for, .user_id, .userName, .app, .scope, .alive]')" token
	run ost token inspect <<<"$own"
	[[ $output == *"speaks for   application"* && $output != *"user"* ]]
	is revoked "$(ost token revoke --json <<<"$own" | jq -r .state)" state
	is revoked "$(reason_of "$own")" reason
	own=$(token at+jwt "$(access_claims "$app" "$app" '' | sed "s/\"grant\":\"\"/\"src\":\"c:$mark\"/")")
	ost app rotate "$app" >/dev/null
	is secret_rotated "$(reason_of "$own")" reason
}

@test "grant list and revoke" {
	ost init >/dev/null
	local user app access end=$((EPOCHSECONDS + 900))
	user=$(add_user alice)
	add_user bob
	app=$(ost app add Trees --owner bob --redirect-uri https://example.org/cb --json | jq -r .client_id)
	load_lines "{\"store\":\"grants\",\"key\":\"grant:g1\",\"expires_ms\":\"${end}000\",\"id\":\"g1\",\"user\":\"$user\",\"client_id\":\"$app\",\"scope\":\"read\",\"created\":\"1700000000000\",\"expires\":\"${end}000\"}"
	is "[{\"grant_id\":\"g1\",\"userName\":\"alice\",\"client_id\":\"$app\",\"app\":\"Trees\",\"scope\":\"read\",\"created\":1700000000,\"expires\":$end,\"refreshable\":false,\"ends\":$end}]" \
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

@test "policy check looks at the files of the pages, too" {
	local site=$BATS_TEST_TMPDIR/site
	mkdir -p "$site/texts"
	cp "$CONF" "$BATS_TEST_TMPDIR/before"
	printf 'GET,HEAD / anyone\n' >"$BATS_TEST_TMPDIR/policy"
	printf 'signin.title = Come in\n' >"$site/texts/en.txt"
	echo 'svg' >"$site/own.svg"
	echo 'css' >"$site/own.css"
	echo '[{"a":1}]' >"$site/data.json"
	printf '%s\n' "messages = $site/texts" "logo = $site/own.svg" \
		"style = $site/own.css" "front_data = $site/data.json" >>"$CONF"
	call 0 policy check
	is "policy ok: 1 rules" "$output" output
	printf 'signin.title = Come in\nsignin.titel = x\n' >"$site/texts/en.txt"
	rm "$site/own.svg" "$site/own.css"
	mkdir "$site/own.css"
	echo '{' >"$site/data.json"
	call 1 policy check
	[[ $output == *"$site/texts/en.txt:2: there is no text \"signin.titel\""* ]]
	[[ $output == *"$site/own.svg: No such file or directory"* ]]
	[[ $output == *"$site/own.css: is not a file"* ]]
	[[ $output == *"$site/data.json"*": is not a JSON array of objects"* ]]
	[[ $output != *"policy ok"* ]]
	call 1 policy check --json
	is "$site/texts/en.txt 2 4" "$(answer '"\(.problems[0].file) \(.problems[0].line) \(.problems | length)"')" problems
	rm -r "$site/texts"
	call 1 policy check
	[[ $output == *"$site/texts: No such file or directory"* ]]
	cp "$BATS_TEST_TMPDIR/before" "$CONF"
}

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
