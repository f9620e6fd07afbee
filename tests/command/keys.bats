# The command `ostiary`: API keys.
load admin

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
