# ID tokens (OpenID Connect Core section 2) as the token endpoint gives them.
load lib
load oauth
load records

setup_file() {
	start_server
	demo_app
	ost user set editor --email editor@example.org --display-name 'Édith <Editor>' >/dev/null
}
teardown_file() { stop_server; }
setup() { browser; }

# part N TOKEN: that part of a JWT, as JSON.
part() {
	perl -MMIME::Base64=decode_base64url -e 'print decode_base64url((split /\./, $ARGV[1])[$ARGV[0]])' "$@"
}
claim() { part 1 "$id_token" | jq -r "$1"; }

# get_id_token [NAME=VALUE...]: $token, $id_token.
get_id_token() {
	get_token "$@"
	id_token=$(json .id_token)
}

@test "OIDC-01 scope openid gives an ID token, no other scope does" {
	local hash
	USER_NAME=editor
	get_id_token scope='openid roles' nonce='a b+c&d=é"<>'
	is "$BASE" "$(claim .iss)" iss
	is "$CLIENT" "$(claim .aud)" aud
	is "$(ost --json user show editor | jq -r .id)" "$(claim .sub)" sub
	is 'a b+c&d=é"<>' "$(claim .nonce)" nonce
	is 3600 "$(claim '.exp - .iat')" lifetime
	is '["reader","editor"]' "$(claim '.roles | tojson')" roles
	is null "$(claim .email)" email
	(($(claim .iat) <= EPOCHSECONDS && $(claim .auth_time) <= $(claim .iat)))
	hash=$(printf %s "$token" | openssl dgst -sha256 -binary | head -c 16 | base64 | tr '+/' '-_' | tr -d '=')
	is "$hash" "$(claim .at_hash)" at_hash
	is RS256 "$(part 0 "$id_token" | jq -r .alg)" alg
	is JWT "$(part 0 "$id_token" | jq -r .typ)" typ
	get_token scope='profile email'
	is null "$(json .id_token)" id_token
	get_token
	is null "$(json .id_token)" id_token
}

@test "OIDC-01 OIDC-03 no nonce was sent: none is there; sub is that of userinfo" {
	get_id_token scope=openid
	is null "$(claim .nonce)" nonce
	is 'amr at_hash aud auth_time exp iat iss sub' "$(claim 'keys | join(" ")')" claims
	req /oauth/userinfo -H "$(bearer "$token")"
	is "$(json .sub)" "$(claim .sub)" sub
}

@test "OIDC-05 profile and email are there when they were asked for" {
	USER_NAME=editor
	get_id_token scope='openid profile email'
	is 'Édith <Editor>|editor|editor@example.org|false' \
		"$(claim '"\(.name)|\(.preferred_username)|\(.email)|\(.email_verified)"')" claims
}

@test "OIDC-07 auth_time is when the user signed in, not when the token was given" {
	local began
	sign_in reader
	began=$(newest grants session: '.created | tonumber / 1000 - 100 | floor')
	put_record grants "$(newest grants session: .key)" '. + {created: ((.created | tonumber) - 100000 | tostring)}'
	get_id_token scope=openid max_age=1000
	is "$began" "$(claim .auth_time)" auth_time
	visit "$(authorize scope=openid max_age=50)"
	submit username=reader "password=$(password_of reader)"
	get_id_token scope=openid
	(($(claim .auth_time) >= began + 100))
}

SECRET_32=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
# careful NAME: has two steps, the authenticator's and one recovery code.
careful() {
	echo "$1-password" | ost user add "$1" --password-stdin >/dev/null
	unused "$1"
}
# unused NAME: no code was used yet. The dump leaves the secret out.
unused() {
	put_record accounts "user:$(ost user show "$1" --json | jq -r .id)" --arg secret "$SECRET_32" \
		--arg hash "$(printf 0123456789ABCDEF | sha256sum | cut -d' ' -f1)" \
		'. + {totp_secret: $secret, totp_step: "1", recovery: $hash}'
}
code_now() { oathtool --totp -b -N "@$EPOCHSECONDS" "$SECRET_32"; }
# enters NAME FIELD=CODE: signed in by two steps, with an ID token.
enters() {
	browser "$1"
	visit "$(authorize scope='openid offline_access')"
	submit "username=$1" "password=$1-password"
	submit "$2"
	status_is 303
	USER_NAME=$1 get_id_token scope='openid offline_access'
}
amr() { claim '.amr | tojson'; }
refreshed() {
	req /oauth/token -d grant_type=refresh_token -d "client_id=$CLIENT" -d "client_secret=$SECRET" \
		-d "refresh_token=$(json .refresh_token)"
	status_is 200
	id_token=$(json .id_token)
}

@test "OIDC-09 amr says how the user signed in, also after a refresh" {
	local began
	get_id_token scope='openid offline_access'
	is '["pwd"]' "$(amr)" 'by the password'
	careful olga
	enters olga "code=$(code_now)"
	is '["pwd","otp","mfa"]' "$(amr)" 'by a code of the authenticator'
	began=$(claim .auth_time)
	# What is so now is not what was: the second step is taken away.
	ost user set olga --no-two-step >/dev/null
	refreshed
	is "[\"pwd\",\"otp\",\"mfa\"] $began" "$(amr) $(claim .auth_time)" refreshed
	careful rita
	enters rita recovery=0123-4567-89ab-cdef
	is '["pwd","mfa"]' "$(amr)" 'by a recovery code'
	refreshed
	is '["pwd","mfa"]' "$(amr)" refreshed
}

@test "OIDC-09 amr of a device is that of who allowed it" {
	local device user_code
	careful dora
	browser dora
	visit /device
	submit username=dora password=dora-password
	submit "code=$(code_now)"
	req /oauth/device_authorization -d "client_id=$CLIENT" -d "client_secret=$SECRET" -d 'scope=openid offline_access'
	device=$(json .device_code) user_code=$(json .user_code)
	visit /device
	submit "user_code=$user_code"
	submit decision=allow
	req /oauth/token -d grant_type=urn:ietf:params:oauth:grant-type:device_code -d "device_code=$device" \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET"
	status_is 200
	id_token=$(json .id_token)
	is '["pwd","otp","mfa"]' "$(amr)" amr
	refreshed
	is '["pwd","otp","mfa"]' "$(amr)" refreshed
}

@test "OIDC-09 of a grant of before nobody knows how, and a session keeps it" {
	get_id_token scope='openid offline_access'
	put_record grants "$(newest grants grant: .key)" 'del(.amr)'
	refreshed
	is false "$(claim 'has("amr")')" 'amr of an old grant'
	# A session that began with two steps before it was noted which.
	careful paul
	browser paul
	visit "$(authorize)"
	submit username=paul password=paul-password
	submit "code=$(code_now)"
	put_record grants "$(newest grants session: .key)" 'del(.otp)'
	USER_NAME=paul get_id_token scope=openid
	is '["pwd","mfa"]' "$(amr)" 'amr of an old session'
	# A new password keeps what this browser had shown.
	careful quin
	enters quin "code=$(code_now)"
	visit /account/security
	submit current_password=quin-password 'new_password=words of quin' 'again=words of quin'
	status_is 303
	get_id_token scope=openid
	is '["pwd","otp","mfa"]' "$(amr)" 'after a new password'
}

@test "an application that has ES256 gets ES256" {
	new_app Curves --callback-prefix "$(demo .app.callback_prefix)"
	app_is es256_id=1
	get_id_token scope=openid
	is ES256 "$(part 0 "$id_token" | jq -r .alg)" alg
}

@test "OIDC-01 sub is short, ASCII, and never another's" {
	local first second
	new_ghost() { echo 'correct horse ghost' | ost user add ghost --password-stdin --json | jq -r .id; }
	first=$(new_ghost)
	sign_in ghost "$(authorize scope=openid)" 'correct horse ghost'
	get_id_token scope=openid
	is "$first" "$(claim .sub)" sub
	[[ $first =~ ^[A-Za-z0-9]{1,255}$ ]]
	ost user delete ghost --yes >/dev/null
	second=$(new_ghost)
	[[ $second != "$first" ]]
	sign_in ghost "$(authorize scope=openid)" 'correct horse ghost'
	get_id_token scope=openid
	is "$second" "$(claim .sub)" "sub of a new user of the name"
}

@test "JWT-05 an ID token opens nothing here" {
	get_id_token scope='openid profile'
	local path
	for path in /oauth/userinfo /api/users/current.json /resource/private/budget.json; do
		req $path -H "$(bearer "$id_token")"
		status_is 401
		code_is token_invalid
	done
}
