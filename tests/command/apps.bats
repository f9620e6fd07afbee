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
	for url in http://127.0.0.1/cb com.example.app:/cb; do
		call 1 app add x --owner alice --redirect-uri "$url"
		[[ $stderr == *"--redirect-uri $url: "*--public* ]]
	done
	call 1 app add x --owner alice --redirect-uri http://localhost/cb
	[[ $stderr != *--public* ]]
	call 1 app add x --owner alice --redirect-uri 'https://example.org/cb?code=1'
	call 1 app add x --owner nobody --redirect-uri https://example.org/cb --json
	error_is not_found
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

@test "8252-02 a public application has no secret, and none can be made" {
	ost init >/dev/null
	add_user alice
	local id
	call 0 app add Phone --owner alice --public --redirect-uri com.example.app:/cb --callback-prefix https://example.org/cb --json
	is '["callback_prefix","client_id","redirect_uris"]' "$(answer 'keys | tojson')" members
	id=$(answer .client_id)
	is null "$(fields_of "app:$id" | jq -r .secret)" secret
	is true "$(ost app show "$id" --json | jq .public)" public
	call 1 app rotate "$id" --json
	error_is public
	[[ $(jq -r .message <<<"$stderr") == *"no secret"* ]]
	call 0 app add Tool --owner alice --public --redirect-uri http://127.0.0.1/cb
	[[ $output == *"no secret"*PKCE* && $output != *osa_* ]]
	call 0 app add Tool --owner alice --redirect-uri https://example.org/cb --json
	is false "$(ost app show "$(answer .client_id)" --json | jq .public)" public
	ost check --json | jq -e '.problems == []'
}

@test "8252-01 8252-02 R25 R26 which callbacks of its own device a public application may have" {
	ost init >/dev/null
	add_user alice
	local url
	call 0 app add x --owner alice --public --redirect-uri http://127.0.0.1:2/cb --redirect-uri 'http://[::1]/cb?a=b' \
		--redirect-uri com.example.app:/cb --redirect-uri com.example.app://auth/cb --redirect-uri https://example.org/cb --json
	is 5 "$(answer '.redirect_uris | length')" callbacks
	refused() { # WORD URL...
		local word=$1
		shift
		for url; do
			call 1 app add x --owner alice --public --redirect-uri "$url" --json
			error_is "$word"
		done
	}
	refused redirect_uri_localhost http://localhost/cb http://localhost:8080/cb
	[[ $(jq -r .message <<<"$stderr") == *127.0.0.1* ]]
	refused redirect_uri_not_loopback http://example.org/cb http://127.0.0.1.example.org/cb http://127.0.0.2/cb
	refused redirect_uri_userinfo http://127.0.0.1@example.org/cb
	refused redirect_uri_scheme_without_dot app:/cb myapp://cb 'javascript:alert(1)' data:text/html,x file:///etc/passwd
	refused redirect_uri_scheme_not_lower_case Com.example.app:/cb
	refused redirect_uri_not_absolute com.example.app:cb
	# A prefix of these would be too much, and a secret is none on a person's device.
	for url in http://127.0.0.1/cb com.example.app:/cb; do
		call 1 app add x --owner alice --public --callback-prefix "$url" --json
		error_is redirect_uri_not_https
		call 1 app add x --owner alice --redirect-uri "$url" --json
		error_is redirect_uri_not_https
	done
}

@test "app add takes what an application may have besides" {
	ost init >/dev/null
	add_user alice
	local id
	call 0 app add Robot --owner alice --own-scope jobs --own-scope stats --own-scope jobs --introspect yes \
		--refresh-tokens yes --id-token-alg ES256 --json
	is '["callback_prefix","client_id","client_secret","redirect_uris"]' "$(answer 'keys | tojson')" members
	id=$(answer .client_id)
	is '[["jobs","stats"],true,true,"ES256",false]' "$(ost app show "$id" --json |
		jq -c '[.own_scope, .introspect, .refresh_tokens, .id_token_alg, .public]')" options
	is '[["jobs","stats"],true]' "$(ost app list --json | jq -c '.[0] | [.own_scope, .introspect]')" "options in the list"
	run ost app show "$id"
	[[ $output == *"own scope"*"jobs"* && $output == *introspect*yes* && $output == *ES256* ]]
	call 0 app add Plain --owner alice --redirect-uri https://example.org/cb --json
	is '[[],false,false,"RS256",false]' "$(ost app show "$(answer .client_id)" --json |
		jq -c '[.own_scope, .introspect, .refresh_tokens, .id_token_alg, .public]')" defaults
	call 2 app add x --owner alice --own-scope a --introspect maybe
	call 2 app add x --owner alice --own-scope a --refresh-tokens 1
	call 2 app add x --owner alice --own-scope a --id-token-alg none
	call 2 app add x --owner alice --refresh-tokens yes
	call 1 app add x --owner alice --own-scope 'a b' --json
	error_is bad_scope
	call 1 app add x --owner alice --own-scope openid --json
	error_is bad_scope
	call 1 app add x --owner alice --public --redirect-uri https://example.org/cb --own-scope a --json
	error_is public
	call 1 app add x --owner alice --public --redirect-uri https://example.org/cb --introspect yes --json
	error_is public
	printf 'scope.read = See your things\n' >>"$CONF"
	call 1 app add x --owner alice --own-scope write --json
	error_is bad_scope
	call 0 app add x --owner alice --own-scope read
}

@test "a public application needs no callback where it has no browser" {
	ost init >/dev/null
	add_user alice
	call 0 app add Screen --owner alice --public --json
	is '[[],[]]' "$(answer '[.callback_prefix, .redirect_uris] | tojson')" callbacks
}

@test "app set changes what it is told to, and nothing else" {
	ost init >/dev/null
	add_user alice
	local id before
	id=$(ost app add Old --owner alice --redirect-uri https://example.org/a --redirect-uri https://example.org/b \
		--own-scope jobs --website https://example.org/ --json | jq -r .client_id)
	before=$(fields_of "app:$id")
	shown() { ost app show "$id" --json | jq -c "$1"; }
	call 0 app set "$id" --name New --json
	is '"New"' "$(answer '.name | tojson')" name
	is "$(jq -c 'del(.name)' <<<"$before")" "$(fields_of "app:$id" | jq -c 'del(.name)')" "the rest"
	ost app set "$id" --redirect-uri https://example.org/c --callback-prefix HTTPS://Example.org/p/ >/dev/null
	is '[["https://example.org/c"],["https://example.org/p/"]]' "$(shown '[.redirect_uris, .callback_prefix]')" callbacks
	ost app set "$id" --callback-prefix '' --own-scope a --own-scope b --introspect yes --refresh-tokens yes --id-token-alg ES256 \
		--description 'It draws.' --website '' >/dev/null
	is '[[],["a","b"],true,true,"ES256","It draws.",null]' \
		"$(shown '[.callback_prefix, .own_scope, .introspect, .refresh_tokens, .id_token_alg, .description, .website]')" options
	ost app set "$id" --own-scope '' --introspect no --refresh-tokens no --id-token-alg RS256 >/dev/null
	is '[[],false,false,"RS256"]' "$(shown '[.own_scope, .introspect, .refresh_tokens, .id_token_alg]')" options
	is "$(jq -r .secret <<<"$before")" "$(fields_of "app:$id" | jq -r .secret)" secret
	call 2 app set "$id"
	call 2 app set "$id" --redirect-uri '' --json
	error_is usage
	call 1 app set "$id" --name '' --json
	error_is bad_name
	call 1 app set "$id" --name "$(printf "ü%.0s" {1..81})" --json
	error_is bad_name
	call 0 app set "$id" --name "$(printf "ü%.0s" {1..80})"
	call 1 app set "$id" --name "$(printf "a\xef\xbf\xbe")" --json
	error_is bad_name
	call 1 app set "$id" --redirect-uri http://127.0.0.1/cb --json
	error_is redirect_uri_not_https
	call 1 app set axxxxxxxxxxxxxxx --name x --json
	error_is not_found
	id=$(ost app add Phone --owner alice --public --redirect-uri https://example.org/cb --json | jq -r .client_id)
	call 1 app set "$id" --own-scope a --json
	error_is public
	call 1 app set "$id" --introspect yes --json
	error_is public
	call 0 app set "$id" --introspect no --redirect-uri com.example.app:/cb
}

@test "app delete takes the grants of the application along" {
	ost init >/dev/null
	local user id
	user=$(add_user alice)
	id=$(ost app add x --owner alice --redirect-uri https://example.org/cb --json | jq -r .client_id)
	load_lines "$(grant_line g1 "$user" "$id")" "$(grant_line g2 "$user" axxxxxxxxxxxxxxx)"
	ost app delete "$id" --yes >/dev/null
	is '["g2"]' "$(ost grant list --json | jq -c '[.[].grant_id]')" grants
}

@test "an application may be kept off devices" {
	ost init >/dev/null
	add_user alice
	local id
	call 0 app add Screen --owner alice --public --device-grant no --json
	id=$(answer .client_id)
	is false "$(ost app show "$id" --json | jq .device_grant)" "device grant"
	is false "$(ost app list --json | jq '.[0].device_grant')" "in the list"
	ost app set "$id" --device-grant yes >/dev/null
	is true "$(ost app show "$id" --json | jq .device_grant)" "device grant"
	call 0 app add Other --owner alice --public --json
	is true "$(ost app show "$(answer .client_id)" --json | jq .device_grant)" default
	call 2 app set "$id" --device-grant maybe
	run ost app set --help
	[[ $output == *--refresh-tokens*"no stops"* ]]
}
