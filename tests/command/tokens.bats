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

@test "token revoke ends a device code, and what a used one gave" {
	ost init >/dev/null
	local user app code used
	user=$(add_user alice)
	app=$(ost app add Trees --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	code=$(printf '%043d' 1) used=$(printf '%043d' 2)
	device_line() { # CODE USER_CODE [FIELD=VALUE...]
		local hash
		hash=$(printf %s "$1" | sha256sum | cut -d' ' -f1)
		jq -nc --arg hash "$hash" --arg code "$2" --arg app "$app" --arg until "$((EPOCHSECONDS + 600))000" --args \
			'{store: "grants", key: "device:\($hash)", expires_ms: $until, hash: $hash, user_code: $code,
			client_id: $app, scope: "read", expires: $until}
			+ ($ARGS.positional | map(split("=") | {(.[0]): .[1]}) | add // {})' "${@:3}"
	}
	load_lines "$(grant_line g1 "$user" "$app")" "$(device_line "$code" BCDFGHJK)" \
		"$(device_line "$used" BCDFGHJL "user=$user" used_by=g1)"
	call 0 token revoke --json <<<"$code"
	is revoked "$(answer .state)" state
	is '["g1"]' "$(ost grant list --json | jq -c '[.[].grant_id]')" grants
	call 1 token revoke --json <<<"$code"
	error_is invalid
	call 0 token revoke --json <<<"$used"
	is '{"grant_id":"g1","state":"revoked"}' "$(answer tojson)" answer
	is "[]" "$(ost grant list --json)" grants
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
