# The command `ostiary`: applications.
load admin

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
