# A browser's stand-in and an application's, for the end-to-end tests: after
# `load lib`, `load oauth`. A page is fetched, its first form is filled in and
# posted to where it says, with the hidden fields that it came with.

# browser [NAME]: a cookie jar of its own, new for each test.
browser() { JAR=$BATS_TEST_TMPDIR/jar.${1:-a}; }

# Bats traces each command of bash, so that one of perl costs less than a loop.

# uri TEXT: percent-encoded, as a value in a query.
uri() { perl -e '$_ = $ARGV[0]; s/([^\w.~-])/sprintf "%%%02X", ord $1/aeg; print' -- "$1"; }

# query NAME=VALUE...: a query string with the values encoded.
query() {
	perl -e 'print join "&", map { my ($n, $v) = split /=/, $_, 2;
		$v =~ s/([^\w.~-])/sprintf "%%%02X", ord $1/aeg; "$n=$v" } @ARGV' -- "$@"
}

# visit PATH-OR-URL [curl option...]: fetches as the browser; reads the form.
visit() {
	: "${JAR:=$BATS_TEST_TMPDIR/jar.a}"
	req "$@" -b "$JAR" -c "$JAR"
	location=
	[[ $status != 30? ]] || location=$(header Location)
	read_form
}

# The first form of the page: $form_action, $form_fields (name=value).
read_form() {
	form_action='' form_fields=()
	[[ $body == *'<form '* ]] || return 0
	mapfile -d '' -t form_fields < <(perl -0777 -ne '
		sub text { my %r = (lt => "<", gt => ">", quot => "\"", amp => "&", "#39" => "\x27");
			$_[0] =~ s/&(lt|gt|quot|amp|#39);/$r{$1}/gr }
		my ($form) = m{(<form .*?)</form>}s or exit;
		print text($form =~ /^<form [^>]*action="([^"]*)"/), "\0";
		print text($1), "=", text($2), "\0"
			while $form =~ /<input type="hidden" name="([^"]*)" value="([^"]*)">/g' "$WORK/body")
	form_action=${form_fields[0]} form_fields=("${form_fields[@]:1}")
}

# submit NAME=VALUE...: posts the form, with these fields besides the hidden
# ones, or in place of a hidden one of the same name.
submit() {
	local field name given=() all=()
	for field in "${form_fields[@]}"; do
		name=${field%%=*}
		[[ " ${*/=*/} " == *" $name "* ]] || all+=("$field")
	done
	all+=("$@")
	for field in "${all[@]}"; do
		given+=(--data-urlencode "$field")
	done
	visit "${form_action:?the page has no form}" "${given[@]}"
}

# cookies: what the browser would send, as a header's value.
cookies() {
	sed 's/^#HttpOnly_//' "$JAR" | awk -F '\t' '$7 != "" { printf "%s%s=%s", n++ ? "; " : "", $6, $7 }'
}

is_signin() { [[ $body == *'type="password"'* ]]; }
is_consent() { [[ $body == *'name="decision" value="allow"'* ]]; }

password_of() { demo ".users[] | select(.userName == \"$1\") | .password"; }

# authorize [NAME=VALUE...]: the address of a request for a code of $CLIENT,
# with these parameters besides or in place of the usual ones; an empty value
# leaves the usual one out.
authorize() {
	trap - DEBUG # of the command substitution that this runs in
	local default name params=()
	for default in "client_id=$CLIENT" response_type=code "redirect_uri=$REDIRECT"; do
		name=${default%%=*}
		[[ " ${*/=*/} " == *" $name "* ]] || params+=("$default")
	done
	for default in "$@"; do
		[[ -z ${default#*=} ]] || params+=("$default")
	done
	printf '/oauth/authorize?%s' "$(query "${params[@]}")"
}

# demo_app: $CLIENT, $SECRET, $REDIRECT of the demo's application.
demo_app() {
	read -r CLIENT SECRET REDIRECT < <(demo '.app | "\(.client_id) \(.client_secret) \(.redirect_uri)"')
	export CLIENT SECRET REDIRECT
}

# new_app NAME OPTION...: another one, likewise (REDIRECT is left alone).
new_app() {
	local made name=$1
	shift
	made=$(ost --json app add "$name" --owner admin "$@")
	CLIENT=$(jq -r .client_id <<<"$made")
	SECRET=$(jq -r '.client_secret // empty' <<<"$made")
}

# sign_in USER [ADDRESS [PASSWORD]]: ends at the page behind the sign-in form.
sign_in() {
	visit "${2:-$(authorize)}"
	is_signin
	submit "username=$1" "password=${3:-$(password_of "$1")}"
	status_is 303
	visit "$location"
}

# consent_to [NAME=VALUE...]: at the consent page for that request, signed in
# as $USER_NAME (reader) if need be.
consent_to() {
	visit "$(authorize "$@")"
	if is_signin; then
		submit "username=${USER_NAME:-reader}" "password=$(password_of "${USER_NAME:-reader}")"
		status_is 303
		visit "$location"
	fi
	is_consent
}

# get_code [NAME=VALUE...]: asked, signed in, allowed; $code, $location.
get_code() {
	consent_to "$@"
	submit decision=allow
	status_is 303
	code=$(param code)
	[[ -n $code ]]
}

# param NAME: as it stands in the query of $location, still encoded.
param() { [[ ! $location =~ [?\&]$1=([^\&]*) ]] || printf '%s' "${BASH_REMATCH[1]}"; }

# redeem CODE [curl option...]: the application exchanges it, in the body.
redeem() {
	local code=$1
	shift
	req /oauth/access_token --data-urlencode "grant_type=authorization_code" \
		--data-urlencode "client_id=$CLIENT" --data-urlencode "client_secret=$SECRET" \
		--data-urlencode "redirect_uri=$REDIRECT" --data-urlencode "code=$code" "$@"
}

# get_token [NAME=VALUE...]: $code and $token.
get_token() {
	get_code "$@"
	redeem "$code"
	status_is 200
	token=$(json .access_token)
}

# current TOKEN: who it speaks for.
current() { req /api/users/current.json -H "Authorization: OAuth $1"; }

# oauth_error STATUS WORD: the answer is that error of RFC 6749 section 5.2.
oauth_error() {
	status_is "$1"
	is "$2" "$(json .error)" error
	is no-store "$(header Cache-Control)" Cache-Control
	is no-cache "$(header Pragma)" Pragma
	is application/json "$(header Content-Type)" Content-Type
}

# error_page STATUS RULE: an error page, and no redirect at all. It names the
# rule, which is the reason in the log; but not to who is signed in below
# /account, where no developer of an application reads it.
error_page() {
	local line
	status_is "$1"
	line=$(decision "$(header X-Request-Id)")
	is "$2" "$(jq -r .reason <<<"$line")" reason
	if [[ $(jq -r .path <<<"$line") != /account* ]]; then
		[[ $body == *"<code>$2</code>"* ]] || is "a page that names $2" "$body" page
	elif [[ $body == *'<nav aria-label='* && $body == *'<dt>'* ]]; then
		is "a page without the rule" "$body" page
	fi
	if grep -qi '^location:' "$WORK/headers"; then is none "$(header Location)" Location; fi
	page_is_closed
}

# Each page of ours bears these headers once (RFC 9700 sections 4.2.4, 4.16),
# and holds nothing that comes from elsewhere or runs.
page_is_closed() {
	local fault
	fault=$(perl -e '
		my %want = ("content-type" => "text/html; charset=utf-8", "x-frame-options" => "DENY",
			"referrer-policy" => "no-referrer", "x-content-type-options" => "nosniff",
			"cache-control" => "no-store", "content-security-policy" =>
			"default-src \x27none\x27; style-src \x27self\x27; img-src \x27self\x27; base-uri \x27none\x27; frame-ancestors \x27none\x27");
		my ($headers, $page) = map { local (@ARGV, $/) = $_; <> } @ARGV;
		for my $name (keys %want) {
			my @got = $headers =~ /^\Q$name\E: *(.*?)\r?$/gim;
			print "$name: @got\n" unless @got == 1 && $got[0] eq $want{$name};
		}
		print "$&\n" if $page =~ m{(src|href)="([a-z]+:|//)|<script|<iframe|[ "](style|on[a-z]+)=}i' \
		"$WORK/headers" "$WORK/body")
	is '' "$fault" "headers or things of a page"
}

# pause MILLISECONDS: time passes without a request.
pause() {
	local until=$((${EPOCHREALTIME/[.,]/} + $1 * 1000))
	while ((${EPOCHREALTIME/[.,]/} < until)); do sleep 0.05; done
}

# configure LINE...: behind the configuration until unconfigure, by rename as
# set_policy does; the programs see it at their next request.
configure() {
	[[ -e $CONF.before ]] || cp -p "$CONF" "$CONF.before"
	{ cat "$CONF"; printf '%s\n' "$@"; } >"$CONF.new"
	cp --attributes-only --preserve=mode,ownership "$CONF" "$CONF.new"
	mv -f "$CONF.new" "$CONF"
}
unconfigure() { [[ ! -e $CONF.before ]] || mv -f "$CONF.before" "$CONF"; }
