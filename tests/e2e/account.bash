# Shared by the tests of the account pages: after `load lib`, `load oauth`,
# `load records`.

# at PATH [USER]: signed in, on that page
at() {
	visit "$1"
	if is_signin; then
		submit "username=${2:-reader}" "password=$(password_of "${2:-reader}")"
		status_is 303
		is "$1" "$location" Location
		visit "$1"
	fi
	status_is 200
}

# stale: the password was shown too long ago in the newest session.
stale() { put_record grants "$(newest grants session: .key)" '.proved = "1"'; }

# wrong FIELD...: the page again, with these fields marked and no others.
wrong() {
	status_is 400
	is "$(printf 'error_%s\n' "$@" | sort)" \
		"$(grep -o 'id="error_[a-z_]*"' <<<"$body" | cut -d'"' -f2 | sort)" "wrong fields"
	[[ $body == *'<title>Error:'* ]]
	page_is_closed
}

# last_event USER: its kind and what it was about.
last_event() {
	ost dump | jq -r --arg key "events:$(ost user show "$1" --json | jq -r .id)" \
		'select(.store == "activity" and .key == $key) | tostring'
}

# text ID: of the element of that id in the page, as it is read.
text() {
	perl -0777 -e 'my ($id) = shift; $_ = <>; exit 1 unless m{<(\w+)[^>]* id="\Q$id\E"[^>]*>(.*?)</\1>}s;
		$_ = $2; s/<[^>]*>//g; my %r = (lt => "<", gt => ">", quot => "\"", amp => "&", "#39" => "\x27");
		s/&(lt|gt|quot|amp|#39);/$r{$1}/g; print' "$1" "$WORK/body"
}
