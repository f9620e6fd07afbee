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
