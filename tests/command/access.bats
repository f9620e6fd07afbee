# The command `ostiary`: what lets applications in for users. Consents that are
# remembered, refresh tokens and codes, and how a dump and `check` know them.
load admin

setup() {
	STATE=$BATS_TEST_TMPDIR/state CONF=$BATS_TEST_TMPDIR/ostiary.conf
	printf '%s\n' 'issuer = https://localhost:8443' 'state = gdbm:state' 'policy = policy' 'password_cost = ln=10,r=8,p=1' >"$CONF"
	: >"$BATS_TEST_TMPDIR/policy"
	unset OSTIARY_CONF
	ost init >/dev/null
	ALICE=$(add_user alice) BOB=$(add_user bob)
	TREES=$(ost app add Trees --owner bob --redirect-uri https://example.org/cb --json | jq -r .client_id)
	MAPS=$(ost app add Maps --owner bob --redirect-uri https://example.org/cb --json | jq -r .client_id)
	ENDS=$((EPOCHSECONDS + 86400))000
}

# Of each kind one of alice and Trees, and some that are not.
fill() {
	load_lines "$(grant_line g1 "$ALICE" "$TREES" "$ENDS")" "$(grant_line g2 "$ALICE" "$MAPS")" \
		"$(grant_line g3 "$BOB" "$TREES")" \
		"$(refresh_line osr_live g1 "$TREES")" \
		"$(refresh_line osr_used g1 "$TREES" used=1700000000000 kid=abcdefgh)" \
		"$(consent_line "$ALICE" "$TREES")" "$(consent_line "$BOB" "$TREES")" \
		"$(code_line unused "$ALICE" "$TREES")" "$(code_line used "$ALICE" "$TREES" used_by=g1)" \
		"$(code_line other "$BOB" "$TREES")" \
		"$(device_line device "$TREES" "user=$ALICE" user_epoch=0 app_epoch=0)" "$(usercode_line device)"
}

keys_of() { ost dump | jq -r "select(.store == \"grants\" and (.key | startswith(\"$1\"))) | .key" | xargs; }
problems() { jq -r '.problems[] | "\(.key) \(.level) \(.message)"' <<<"$output"; }

@test "consent list says what users need not be asked again" {
	is "[]" "$(ost consent list --json)" list
	fill
	is '["alice","'"$TREES"'","Trees","read write",1700000000]' \
		"$(ost consent list alice --json | jq -c '.[] | [.userName, .client_id, .app, .scope, .created]')" "alice's"
	is 2 "$(ost consent list --json | jq length)" all
	jq -e '.[0].expires > .[0].created' <<<"$(ost consent list --json)"
	ost consent list | grep -q 'alice *'"$TREES"' *Trees *read write'
	call 1 consent list nobody --json
	error_is not_found
}

@test "consent revoke ends the grants, and the codes on the way to one" {
	fill
	call 0 consent revoke alice "$TREES" --json
	is '["alice","'"$TREES"'","revoked",1]' "$(answer '[.userName, .client_id, .state, .grants] | tojson')" answer
	is "consent:$BOB:$TREES" "$(keys_of consent:)" consents
	is "grant:g2 grant:g3" "$(keys_of grant:)" grants
	is "$(printf 'code:%s\n' "$(hash_of other)" "$(hash_of used)" | LC_ALL=C sort | xargs)" "$(keys_of code:)" codes
	is "" "$(keys_of device:)" devices
	call 1 consent revoke alice "$TREES" --json
	error_is not_found
	call 1 consent revoke nobody "$TREES" --json
	error_is not_found
	# Without anything remembered, or for an application that is gone.
	is 1 "$(ost consent revoke alice "$MAPS" --json | jq .grants)" grants
	call 2 consent revoke alice
}

@test "consent revoke says what it did of a device that was allowed and has not asked since" {
	load_lines "$(device_line alone "$MAPS" "user=$BOB" user_epoch=0 app_epoch=0)" "$(usercode_line alone)"
	is '["revoked",0]' "$(ost consent revoke bob "$MAPS" --json | jq -c '[.state, .grants]')" answer
	is "" "$(keys_of device:)" devices
	call 1 consent revoke bob "$MAPS" --json
	error_is not_found
}

@test "user delete and app delete take along what lets in" {
	fill
	ost app delete "$TREES" --yes >/dev/null
	is "grant:g2" "$(keys_of grant:)" grants
	is "" "$(keys_of consent:)" consents
	is "code:$(hash_of used)" "$(keys_of code:)" codes
	load_lines "$(consent_line "$ALICE" "$MAPS")" "$(consent_line "$BOB" "$MAPS")"
	ost user delete alice --yes >/dev/null
	is "" "$(keys_of grant:)" grants
	is "consent:$BOB:$MAPS" "$(keys_of consent:)" consents
	load_lines "$(grant_line g4 "$BOB" "$MAPS")"
	ost user delete bob --yes --with-apps >/dev/null
	is "" "$(keys_of grant:)$(keys_of consent:)" "grants and consents"
}

@test "a disabled application's grants and consents stay dead" {
	fill
	ost app disable "$TREES" >/dev/null
	ost app enable "$TREES" >/dev/null
	is 1 "$(fields_of "app:$TREES" | jq -r .epoch)" "epoch of the application"
	is 0 "$(fields_of "consent:$ALICE:$TREES" | jq -r .app_epoch)" "epoch of the consent"
}

@test "grant list says which grants are refreshed, and until when" {
	fill
	is "[true,${ENDS%000}] [false,true]" "$(ost grant list alice --json |
		jq -c '.[] | if .grant_id == "g1" then [.refreshable, .ends] else [.refreshable, .ends == .expires] end' | xargs)" grants
	ost grant list | grep -qE '^g1 .* yes '
}

@test "what lets in goes through a dump and a load unchanged" {
	fill
	ost dump | grep '"store":"grants"' >"$BATS_TEST_TMPDIR/one"
	is 12 "$(wc -l <"$BATS_TEST_TMPDIR/one")" records
	ost dump >"$BATS_TEST_TMPDIR/dump"
	sed 's/gdbm:state/gdbm:second/' "$CONF" >"$BATS_TEST_TMPDIR/second.conf"
	CONF=$BATS_TEST_TMPDIR/second.conf STATE=$BATS_TEST_TMPDIR/second
	ost init >/dev/null
	ost load <"$BATS_TEST_TMPDIR/dump" >/dev/null
	is "$(cat "$BATS_TEST_TMPDIR/one")" "$(ost dump | grep '"store":"grants"')" records
	call 0 check --json
	is "" "$(problems)" problems
}

@test "load refuses what cannot be, and names the line" {
	local line n=0
	while read -r line; do
		((++n))
		call 1 load --force --json <<<'{"ostiary_dump":1,"signing_keys":"absent"}'$'\n'"$line"$'\n''{"ostiary_dump_end":1}'
		error_is bad_dump
		[[ $(jq -r .message <<<"$stderr") == 'line 2: this '*' cannot be' ]]
	done < <(
		refresh_line x g/1 "$TREES"
		refresh_line x g1 "$TREES" used=1
		refresh_line x g1 "$TREES" kid=abcdefgh
		refresh_line x g1 "$TREES" used=soon kid=abcdefgh
		access_line refresh:short grant=g1 "client_id=$TREES"
		access_line "refresh:$(hash_of x)" grant=g1
		consent_line "$ALICE" 'a b'
		consent_line "$ALICE" "$TREES" scope='a  b'
		consent_line "$ALICE" "$TREES" created=never
		consent_line "$ALICE" "$TREES" user_epoch=x
		consent_line "$ALICE" "$TREES" generation=-1
		consent_line "$ALICE" "$TREES" "scope=$(printf '%01001d' 0)"
		access_line "consent:$ALICE" scope=a app_epoch=0 created=1
		code_line x 'no one' "$TREES"
		device_line x ''
		access_line device:short "client_id=$TREES" expires=1
		access_line usercode:ABCD device=short
		grant_line g1 "$ALICE" "$TREES" never
	)
	is 18 "$n" lines
	is "" "$(keys_of '')" records
}

@test "check: what lets in belongs to what is there" {
	fill
	call 0 check --json
	is "" "$(problems)" problems
	# A grant that has ended leaves refresh tokens behind: that is no fault.
	ost grant revoke g1 >/dev/null
	call 0 check --json
	is "" "$(problems)" problems
	load_lines "$(refresh_line osr_foreign g2 "$TREES")" "$(consent_line unobody "$MAPS")" "$(consent_line "$ALICE" agone)"
	call 1 check --json
	is "$(LC_ALL=C sort <<-EOF
		consent:$ALICE:agone warning its application agone is not there
		consent:unobody:$MAPS warning its user unobody is not there
		refresh:$(hash_of osr_foreign) error its grant g2 has no such refresh token
	EOF
	)" "$(problems | LC_ALL=C sort)" problems
}

@test "8252-02 a record without a secret is that of a public application, or of one whose secret was taken away" {
	app_line() { # NAME=VALUE...
		access_line app:a1 client_id=a1 name=x "owner=$BOB" redirect_uris=https://example.org/cb "$@" |
			jq -c '.store = "accounts" | del(.expires_ms)'
	}
	refused() {
		call 1 load --force --json < <(
			echo '{"ostiary_dump":1,"signing_keys":"absent"}'
			app_line "$@"
			echo '{"ostiary_dump_end":1}'
		)
		is "line 2: $why" "$(jq -r .message <<<"$stderr")" message
	}
	local why='this application cannot be'
	refused public=1 secret=x
	refused public=1 'own_scope=a  b'
	why='a callback of this application is not allowed'
	refused "secret=$(hash_of x)" redirect_uris=com.example.app:/cb
	load_lines "$(app_line public=1 redirect_uris='com.example.app:/cb http://127.0.0.1/cb')"
	is true "$(ost app show a1 --json | jq .public)" public
	call 0 check --json
	is "" "$(problems)" problems
	load_lines "$(app_line)"
	is false "$(ost app show a1 --json | jq .public)" public
	call 0 check --json
	is "" "$(problems)" problems
}
