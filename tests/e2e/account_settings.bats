# /account/settings: name and language.
load lib
load oauth
load account

setup_file() { start_server; }
teardown_file() { stop_server; }
setup() {
	browser
	USER_NAME=t$BATS_TEST_NUMBER
	new_user "$USER_NAME" --email "$USER_NAME@example.org"
}
teardown() { unconfigure; }

here() { at /account/settings "$USER_NAME" "correct horse $USER_NAME"; }
known() { ost user show "$USER_NAME" --json | jq -r "$1"; }

@test "name and language are saved, and the page speaks the language at once" {
	here
	page_is_closed
	[[ $body == *"<bdi translate=\"no\">$USER_NAME@example.org</bdi>"* && $body == *'Ask those who run this site'* ]]
	[[ $body == *'<option value="es" lang="es">Español</option>'* ]]
	[[ $body == *'<option value="en" lang="en">English</option>'* ]]
	submit 'display_name=  Ana María Ñandú  ' language=es
	status_is 303
	visit "$location"
	[[ $body == *'<html lang="es">'* && $body == *'role="status"'* ]]
	[[ $body == *'<option value="es" lang="es" selected>'* && $body == *'value="Ana María Ñandú"'* ]]
	is es "$(header Content-Language)" Content-Language
	is 'Ana María Ñandú' "$(known .displayName)" "display name"
	again /account
	[[ $body == *'<bdi>Ana María Ñandú</bdi>'* && $body == *'<html lang="es">'* ]]
	again /account/events
	[[ $body == *'Se cambiaron los datos de tu cuenta'* ]]
	again /account/settings
	submit display_name=Ana language=
	status_is 303
	visit /account/settings -H 'Accept-Language: en'
	[[ $body == *'<html lang="en">'* && $body != *' selected>'* ]]
	visit /account/settings -H 'Accept-Language: es'
	[[ $body == *'<html lang="es">'* ]]
}

@test "what is wrong stands beside its field, and nothing is saved" {
	local name language
	here
	submit display_name= language=es
	wrong_field display_name 'Please type a name'
	[[ $body == *'<option value="es" lang="es" selected>'* ]]
	for name in "$(printf 'x%.0s' {1..81})" $'a\x01b' $'a\nb' $'a\xc2\x85b'; do
		submit "display_name=$name" language=
		wrong_field display_name 'at most 80 characters'
	done
	local fields=("${form_fields[@]}")
	submit $'display_name=\xff\xfe' language=
	error_page 400 form_malformed
	form_fields=("${fields[@]}") form_action=/account/settings
	for language in xx EN e ../../etc/passwd '<b>' 'en '$'\x01' "$(printf 'a%.0s' {1..500})"; do
		submit display_name=Ana "language=$language"
		wrong_field language 'no such language'
		[[ $body == *'value="Ana"'* ]]
	done
	is "$USER_NAME" "$(known .displayName)" "display name"
	submit "display_name=$(printf 'ñ%.0s' {1..80})" language=en
	done_says Saved
}

@test "a name is text, whatever stands in it" {
	here
	submit 'display_name=<b class="x">{{csrf}}&amp;' language=
	done_says Saved
	page_is_closed
	[[ $body == *'value="&lt;b class=&quot;x&quot;&gt;{{csrf}}&amp;amp;"'* ]]
	again /account
	[[ $body == *'<bdi>&lt;b class=&quot;x&quot;&gt;{{csrf}}&amp;amp;</bdi>'* ]]
}

@test "a longer name that the operator gave may stay" {
	local long
	long=$(printf 'x%.0s' {1..150})
	ost user set "$USER_NAME" --display-name "$long" >/dev/null
	here
	submit "display_name=$long" language=es
	status_is 303
	is "$long" "$(known .displayName)" "display name"
}

@test "a language of the operator's is offered under its name" {
	mkdir -p "$STATE/texts"
	printf 'language.name = Deutsch\nsettings.title = Einstellungen\n' >"$STATE/texts/de.txt"
	printf 'settings.title = Réglages\n' >"$STATE/texts/fr.txt"
	chmod -R a+rX "$STATE/texts"
	configure "messages = $STATE/texts"
	here
	[[ $body == *'<option value="de" lang="de">Deutsch</option>'*'<option value="fr" lang="fr">fr</option>'* ]]
	submit display_name=Ana language=de
	status_is 303
	visit "$location"
	[[ $body == *'<html lang="de">'* && $body == *'<h1>Einstellungen</h1>'* ]]
	# and when it is no longer there, the browser's is spoken
	unconfigure
	again /account/settings
	[[ $body == *'<html lang="en">'* ]]
}

@test "two tabs: the form of each is used once, the later one counts" {
	here
	local first=("${form_fields[@]}") second
	again /account/settings
	second=("${form_fields[@]}")
	submit display_name=Second language=
	done_says Saved
	form_fields=("${first[@]}") form_action=/account/settings
	submit display_name=First language=
	done_says Saved
	is First "$(known .displayName)" "display name"
	form_fields=("${second[@]}") form_action=/account/settings
	submit display_name=Second language=
	error_page 403 form_invalid
	is First "$(known .displayName)" "display name"
}

@test "nothing else can be set, nor without the form or the session" {
	here
	submit display_name=Ana language= email=evil@example.org roles=admin user_name=admin id=x
	done_says Saved
	is "$USER_NAME@example.org" "$(known .email)" email
	is 0 "$(known '.roles | length')" roles
	visit /account/settings -d display_name=Eve -d language= -d csrf=x
	error_page 403 form_invalid
	browser b
	visit /account/settings
	is_signin
	visit /account/settings -d display_name=Eve -d csrf=x
	error_page 403 form_invalid
	is Ana "$(known .displayName)" "display name"
}
