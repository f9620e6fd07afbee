# The account pages: signing in to them, and what they have in common.
load lib
load oauth
load records
load account
load says

setup_file() { start_server; }
teardown_file() { stop_server; }
setup() { browser; }
teardown() { unconfigure; }

@test "who is not signed in is asked to, and comes back to the same page" {
	visit '/account?done=nothing'
	status_is 200
	is_signin
	submit username=reader password=wrong
	status_is 403
	is_signin
	submit username=reader "password=$(password_of reader)"
	status_is 303
	is '/account?done=nothing' "$location" Location
	visit "$location"
	status_is 200
	[[ $body == *'Your account'* && $body == *'<bdi>reader</bdi>'* ]]
	[[ $body != *'role="status"'* ]]
}

@test "there is nothing behind other paths" {
	at /account
	for path in /account/ /account/nosuch /account/keys/ '/account/%6eosuch' '/account/..%2fx'; do
		visit "$path"
		[[ $status = 404 || $status = 400 || $status = 403 ]] || is 404 "$status" "$path"
	done
	visit /account/nosuch
	error_page 404 not_found
	says '<nav aria-label="Your account">' 'Signed in as <bdi>reader</bdi>' '<h1>There is no such page</h1>'
	get /accounts 403
	code_is forbidden
}

@test "a form that is not this visitor's does nothing" {
	at /account
	visit /account -d x=1
	error_page 405 method_not_allowed
	says '<nav aria-label="Your account">'
	visit /account/keys -d csrf=x
	error_page 403 form_invalid
	says '<nav aria-label="Your account">'
	browser other
	visit /account -d csrf=x
	error_page 403 form_invalid
	lacks '<nav' 'Signed in'
}

@test "the page speaks Spanish to who wants it" {
	visit /account -H 'Accept-Language: es-MX, en;q=0.5'
	[[ $body == *'<html lang="es">'* && $body == *'Iniciar sesión'* ]]
	is es "$(header Content-Language)" Content-Language
	visit /account -H 'Accept-Language: fr'
	is en "$(header Content-Language)" Content-Language
	new_user ana
	at /account/settings ana 'correct horse ana'
	submit display_name=Ana language=es
	status_is 303
	visit /account/keys -H 'Accept-Language: en'
	status_is 200
	is es "$(header Content-Language)" Content-Language
	says '<html lang="es">' '<h1>Claves de API</h1>' 'Todavía no tienes claves.' \
		'>Crear clave</button>' 'Sesión de <bdi>ana</bdi>' '>Cerrar sesión</button>'
	lacks 'Create key' 'You have no keys yet.' 'Sign out'
}

@test "over http there is nothing" {
	get "$PLAIN/account" 403
	code_is https_required
	get "$PLAIN/account/keys" 403
	code_is https_required
}

@test "the operator changes name, logo, colours and texts without C" {
	local page
	mkdir -p "$STATE/site/texts"
	cp "$BATS_TEST_DIRNAME/../../www/ostiary.css" "$STATE/site/own.css"
	printf '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' >"$STATE/site/own.svg"
	printf 'signin.title = Come in\n# a comment\nsignin.button = Go & "go"\n' >"$STATE/site/texts/en.txt"
	printf 'signin.title = Anmelden\n' >"$STATE/site/texts/de.txt"
	chmod -R a+rX "$STATE/site"
	for page in logo style.css; do
		visit /account/$page
		error_page 404 not_found
		is no-store "$(header Cache-Control)" "Cache-Control without $page"
		is 1 "$(header_count Cache-Control)" "Cache-Controls without $page"
	done
	configure 'site_name = Trees & Co' "logo = $STATE/site/own.svg" \
		"style = $STATE/site/own.css" "messages = $STATE/site/texts"
	visit /account
	[[ $body == *'<bdi>Trees &amp; Co</bdi>'* ]]
	[[ $body == *'<img class="logo" src="/account/logo" alt="">'* ]]
	[[ $body == *'<link rel="stylesheet" href="/account/style.css">'* ]]
	[[ $body == *'<h1>Come in'* && $body == *'>Go &amp; &quot;go&quot;</button>'* ]]
	visit /account -H 'Accept-Language: de-AT'
	[[ $body == *'<html lang="de">'* && $body == *'<h1>Anmelden'* && $body == *'User name'* ]]
	get /account/logo 200
	is max-age=300 "$(header Cache-Control)" Cache-Control
	is image/svg+xml "$(header Content-Type)" Content-Type
	[[ $(header Content-Security-Policy) == *sandbox* ]]
	get /account/style.css 200
	[[ $(header Content-Type) == text/css* ]]
	cmp "$WORK/body" "$STATE/site/own.css"
}

@test "a folder of texts that is not there is told, also by a process that starts" {
	local missing=$STATE/nowhere
	configure "messages = $missing"
	visit /account
	status_is 200
	# of the others, one may hold the texts of before
	[[ $TRANSPORT != cgi || $body == *'<h1>Sign in'* ]]
	wait_until 5 grep -qF "$missing: No such file or directory" "$STATE/decisions.log"
}

@test "a fault in the operator's texts is told, and the texts of before stay" {
	mkdir -p "$STATE/texts"
	printf 'signin.title = Come in\n' >"$STATE/texts/en.txt"
	chmod -R a+rX "$STATE/texts"
	configure "messages = $STATE/texts"
	visit /account
	[[ $body == *'<h1>Come in'* ]]
	printf 'signin.title = Come out\nsignin.titel = x\n' >"$STATE/texts/en.txt"
	visit /account
	status_is 200
	if [[ $TRANSPORT != cgi ]]; then
		[[ $body == *'<h1>Come in'* || $body == *'<h1>Sign in'* ]]
	fi
	[[ $body != *'Come out'* ]]
	printf 'signin.title = Come out\n' >"$STATE/texts/en.txt"
	visit /account
	[[ $body == *'<h1>Come out'* ]]
}
