# /account/keys: a user's own API keys, made, rotated and revoked alone.
load lib
load oauth
load account
load records
load says

setup_file() { start_server; }
teardown_file() { stop_server; }
setup() { browser; }

# make NAME [FIELD=VALUE...]: on the page; $secret, $id.
make() {
	local name=$1
	shift
	[[ " $* " == *" expiry="* ]] || set -- "$@" expiry=30
	submit "new_name=$name" "$@"
	status_is 200
	secret=$(text secret) id=$(text try)
	id=${id#curl -u } id=${id%%:*}
	[[ $secret == osk_* && -n $id ]]
}
# key_of NAME [USER]: the id of that user's key of that name, or null.
key_of() { ost key list "${2:-reader}" --json | jq -r --arg name "$1" '[.[] | select(.name == $name)] | last | .key_id'; }
opens() { get /api/users/current.json "${2:-200}" -H "$(basic "$id:$1")"; }

@test "a key is made; its secret is shown once, with a line that works" {
	at /account/keys admin
	says 'You have no keys yet.'
	lacks '<table'
	make 'Nightly <export>' expiry=90
	says 'Nightly &lt;export&gt;' 'only this once'
	page_is_closed
	is "curl -u $id:$secret $BASE/api/users/current.json" "$(text try)" line
	CURL_CA_BUNDLE=$STATE/tls.crt run -0 --separate-stderr bash -c "$(text try)"
	is admin "$(jq -r .userName <<<"$output")" userName
	visit /account/keys
	says 'Nightly &lt;export&gt;' "$id" '<span class="badge ok">Works</span>' 'data-label="Last used"'
	lacks "$secret" 'You have no keys yet.'
	says "$(date -u -d '90 days' +%F)"
	is "key_created:Nightly <export>" "$(ost user events admin --json | jq -r '.[0] | "\(.event):\(.detail)"')" event
}

@test "it says how long a key works" {
	local today tomorrow
	today=$(date -u +%F) tomorrow=$(date -u -d '1 day' +%F)
	at /account/keys admin
	make today expiry=date "expires_on=$today"
	says "$today 23:59 UTC"
	opens "$secret"
	visit /account/keys
	make tomorrow expiry=date "expires_on=$tomorrow"
	says "$tomorrow 23:59 UTC"
	visit /account/keys
	make always expiry=never
	says 'Never'
	is null "$(ost key list admin --json | jq -c '.[] | select(.name == "always") | .expires')" expires
}

@test "what is wrong stands beside its field, and what was typed stays" {
	local before long
	before=$(ost key list editor --json | jq length)
	at /account/keys editor
	submit new_name= expiry=365
	wrong new_name
	says '<option value="365" selected>' 'Please give the key a name.' 'Error: API keys'
	submit new_name=$'a\x01b' expiry=30
	[[ $status = 400 ]]
	visit /account/keys
	printf -v long '%081d' 0
	submit "new_name=$long" expiry=30
	wrong new_name
	says 'at most 80 characters' "value=\"$long\""
	submit 'new_name=x <b>"y"' expiry=ever
	wrong expiry
	says 'value="x &lt;b&gt;&quot;y&quot;"'
	submit new_name=x
	wrong expiry
	local date
	for date in '' 2027-02-30 31.1.2027 2020-01-01 2027-01-31T00:00:00Z 20270131; do
		submit new_name=x expiry=date "expires_on=$date"
		wrong expires_on
		says "value=\"$date\"" '<option value="date" selected>'
	done
	submit new_name=x expiry=30 expires_on=2027-01-31
	wrong expires_on
	says 'Please choose “until a date” above'
	submit new_name= expiry=date expires_on=never
	wrong new_name expires_on
	is "$before" "$(ost key list editor --json | jq length)" keys
	make '  x  '
	visit /account/keys
	submit new_name=x expiry=30
	wrong new_name
	says 'Another key of yours'
}

@test "a form is good once, and only for whom it was made" {
	at /account/keys
	local fields=("${form_fields[@]}")
	make once
	form_action=/account/keys form_fields=("${fields[@]}")
	submit new_name=twice expiry=30
	error_page 403 form_invalid
	is null "$(key_of twice)" key
	visit /account/keys -d new_name=none -d expiry=30
	error_page 403 form_invalid
	browser other
	at /account/keys editor
	form_fields=("${fields[@]}")
	submit new_name=foreign expiry=30
	error_page 403 form_invalid
	is null "$(key_of foreign editor)" key
	browser nobody
	visit '/account/keys?page=2'
	is_signin
	visit "/account/keys/revoke?id=$(key_of once)"
	is_signin
}

@test "after ten minutes making, rotating and revoking take the password" {
	local path
	at /account/keys
	lacks 'type="password"'
	make mine
	stale
	visit /account/keys
	says 'type="password"'
	submit new_name=other expiry=30
	wrong password
	says 'Please type your password.' 'value="other"'
	submit new_name=other expiry=30 password=wrong
	wrong password
	says 'The password is not right.'
	lacks 'value="wrong"'
	is null "$(key_of other)" key
	for path in rotate revoke; do
		visit "/account/keys/$path?id=$id"
		says 'type="password"'
		submit overlap=0 password=wrong
		wrong password
		opens "$secret"
	done
	submit "password=$(password_of reader)"
	status_is 303
	opens "$secret" 401
	visit /account/keys
	lacks 'type="password"'
}

@test "a rotated key has a new secret; the old one works for the days chosen" {
	local old newest
	at /account/keys
	make turning
	old=$secret
	visit "/account/keys/rotate?id=$id"
	says turning '<option value="7" selected>'
	submit overlap=8
	wrong overlap
	submit overlap=1
	status_is 200
	secret=$(text secret)
	says "The old secret works until <bdi>$(date -u -d '1 day' +%F)"
	is "curl -u $id:$secret $BASE/api/users/current.json" "$(text try)" line
	opens "$old"
	opens "$secret"
	visit /account/keys
	says '<span class="badge warn">Old secret works too</span>'
	visit "/account/keys/rotate?id=$id"
	says 'It ends as soon as you make a new one.'
	submit overlap=0
	says 'The old secret does not work any more.'
	newest=$(text secret)
	opens "$old" 401
	opens "$secret" 401
	opens "$newest"
	is 'key_rotated:turning' "$(ost user events reader --json | jq -r '.[0] | "\(.event):\(.detail)"')" event
}

@test "an old secret does not outlive its key" {
	local tomorrow
	tomorrow=$(date -u -d '1 day' +%F)
	at /account/keys
	make short expiry=date "expires_on=$tomorrow"
	visit "/account/keys/rotate?id=$id"
	submit overlap=30
	says "The old secret works until <bdi>$tomorrow 23:59 UTC"
}

@test "a revoked key is refused at once, and so is the old secret of its overlap" {
	local old token
	at /account/keys
	make doomed
	old=$secret
	req /login -H "$(basic "$id:$old")"
	token=$(json .access_token)
	visit "/account/keys/rotate?id=$id"
	submit overlap=30
	secret=$(text secret)
	visit "/account/keys/revoke?id=$id"
	says doomed 'This cannot be undone'
	opens "$secret"
	local fields=("${form_fields[@]}")
	submit
	status_is 303
	is '/account/keys?done=key_revoked' "$location" Location
	opens "$secret" 401
	opens "$old" 401
	get /api/users/current.json 401 -H "$(bearer "$token")"
	visit "$location"
	says 'role="status"' 'The key is revoked' '<span class="badge bad">Revoked</span>'
	is 'key_revoked:doomed' "$(ost user events reader --json | jq -r '.[0] | "\(.event):\(.detail)"')" event
	form_action=/account/keys/revoke form_fields=("${fields[@]}")
	submit
	is '/account/keys?done=key_dead' "$location" Location
	visit "/account/keys/rotate?id=$id"
	is '/account/keys?done=key_dead' "$location" Location
	visit "$location"
	says 'does not work any more'
}

@test "another user's key, one that is not there and none at all are the same" {
	local pair foreign path of
	pair=$(ost key add editor --name foreign --json | jq -r '"\(.key_id):\(.key_secret)"')
	foreign=${pair%%:*}
	at /account/keys
	make own
	for path in rotate revoke; do
		for of in "$foreign" k0000000000000000 '..' '' '%00' 'a%20b' "${id}x"; do
			visit "/account/keys/$path?id=$of"
			[[ $status = 400 && $of = %00 ]] || error_page 404 not_found
		done
		visit "/account/keys/$path"
		error_page 404 not_found
		visit "/account/keys/$path?id=$id&id=$id"
		error_page 404 not_found
		visit "/account/keys/$path?id=$id"
		submit "id=$foreign" overlap=0
		error_page 404 not_found
	done
	get /api/users/current.json 200 -H "$(basic "$pair")"
	opens "$secret"
}

@test "the list: newest first, fifty to a page, dead keys too" {
	local i
	printf 'many-password\n' | ost user add many --password-stdin >/dev/null
	for ((i = 1; i <= 52; i++)); do ost key add many --name "key-$i-" >/dev/null; done
	password_of() { echo many-password; }
	at /account/keys many
	says 'key-52-' 'key-3-' 'Page <bdi>1</bdi> of <bdi>2</bdi>' 'href="?page=2"'
	lacks 'key-2-' 'rel="prev"'
	visit '/account/keys?page=2'
	says '>key-2-<' '>key-1-<' 'href="?page=1"'
	lacks 'key-3-' 'rel="next"'
	for i in 0 -1 x 1.5 99999999999999999999; do
		visit "/account/keys?page=$i"
		says 'Page <bdi>1</bdi>'
	done
	visit '/account/keys?page=777'
	says 'Page <bdi>2</bdi>'
	put_record accounts "key:$(key_of key-52- many)" '.expires = "1000"'
	visit /account/keys
	says '<span class="badge off">Expired</span>' '1970-01-01 00:00 UTC'
}

@test "the hundred-and-first key is refused in words" {
	local i
	printf 'full-password\n' | ost user add full --password-stdin >/dev/null
	for ((i = 0; i < 100; i++)); do ost key add full --name "k$i" >/dev/null; done
	password_of() { echo full-password; }
	at /account/keys full
	submit new_name=last expiry=30
	wrong new_name
	says 'You have 100 keys'
}
