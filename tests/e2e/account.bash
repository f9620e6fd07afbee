# Shared by the tests of the account pages: after `load lib`, `load oauth`.

# at PATH [USER [PASSWORD]]: signed in, on that page.
at() {
	visit "$1"
	submit "username=${2:-reader}" "password=${3:-$(password_of "${2:-reader}")}"
	status_is 303
	is "$1" "$location" Location
	visit "$1"
	status_is 200
}

# again PATH: that page anew, whose first form is then the one to submit.
again() {
	visit "$1"
	status_is 200
}

# done_says TEXT: the form led to a page that says so.
done_says() {
	status_is 303
	visit "$location"
	status_is 200
	[[ $body == *'role="status">'*"$1"* ]] || is "a notice: $1" "$body" page
}

# wrong_field NAME TEXT: the page again, with that beside the field.
wrong_field() {
	status_is 400
	[[ $body == *"id=\"error_$1\">"*"$2"* ]] || is "error_$1: $2" "$body" page
	[[ $body == *'<title>Error: '* && $body == *'aria-invalid="true"'* ]]
	page_is_closed
}

# new_user NAME [OPTION...]: with the password `correct horse NAME`.
new_user() {
	echo "correct horse $1" | ost user add "$@" --password-stdin >/dev/null
}

# signed_in PATH: whether this browser still is.
signed_in() {
	visit "$1"
	[[ $body == *'action="/oauth/signout"'* ]]
}
