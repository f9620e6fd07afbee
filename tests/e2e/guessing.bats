# Password guessing: three counters, the same answers for everybody, and the
# owner's own way in (DESIGN section 3; E01 to E16). Each test has users and
# addresses of its own.
load lib

setup_file() {
	W=$(window)
	make_root /user/a.json
	POLICY='* /user/ user' start_server "limit_login = 10/$W" "limit_login_address = 16/$W" \
		"limit_login_account = 24/$W"
	W=${W%s}
	export W
}
teardown_file() { stop_server; }

from() { # N PATH WANTED-STATUS [curl option...]
	local address=127.0.2.$1
	shift
	get "$@" --interface "$address"
}
person() { printf '%s-password\n' "$1" | ost user add "$1" --password-stdin >/dev/null; }

# guess N NAME COUNT [PATH]: wrong passwords, from one address in one run of
# curl; the statuses in order.
guess() {
	local i urls=()
	for ((i = 0; i < $3; i++)); do urls+=(-o /dev/null "$BASE${4:-/user/a.json}"); done
	curl -sS --max-time 60 --cacert "$STATE/tls.crt" --interface "127.0.2.$1" \
		-H "$(basic "$2:wrong")" -w '%{http_code} ' "${urls[@]}"
}
statuses() { # COUNT STATUS: that many of them
	local i
	for ((i = 0; i < $1; i++)); do printf '%s ' "$2"; done
}
turned_away() {
	status_is 429
	code_is too_many_failures
	is 1 "$(header_count Retry-After)" 'number of Retry-After'
	(($(header Retry-After) >= 1 && $(header Retry-After) <= W))
	is 1 "$(header_count X-RateLimit-Limit)" 'number of X-RateLimit-Limit'
	is 0 "$(header_count WWW-Authenticate)" challenges
}

@test "ten wrong passwords, then 429, also for the right one" {
	person ten
	is "$(statuses 10 401)$(statuses 2 429)" "$(guess 1 ten 12)"
	from 1 /user/a.json 429 -H "$(basic ten:wrong)"
	turned_away
	from 1 /user/a.json 429 -H "$(basic ten:ten-password)"
	turned_away
	from 1 /login 429 -H "$(basic ten:ten-password)"
	turned_away
}

@test "E01 a name that nobody has is answered the same" {
	is "$(statuses 10 401)$(statuses 2 429)" "$(guess 2 nobody 12)"
	from 2 /user/a.json 429 -H "$(basic nobody:x)"
	turned_away
}

@test "B20 E07 the name in another spelling is the same counter" {
	person spelled
	is "$(statuses 5 401)" "$(guess 3 spelled 5)"
	is "$(statuses 5 401)" "$(guess 3 SPELLED 5)"
	is "$(statuses 1 429)" "$(guess 3 Spelled 1)"
}

@test "protect, /login, users_current and the sign-in form count together" {
	person all
	is "$(statuses 3 401)" "$(guess 4 all 3)"
	is "$(statuses 3 401)" "$(guess 4 all 3 /login)"
	is "$(statuses 3 401)" "$(guess 4 all 3 /users/current.json)"
	local jar=$BATS_TEST_TMPDIR/jar query
	query="response_type=code&client_id=$(demo .app.client_id)&redirect_uri=$(demo '.app.redirect_uri | @uri')"
	req "/oauth/authorize?$query" -c "$jar" -b "$jar" --interface 127.0.2.4
	status_is 200
	req /oauth/authorize -c "$jar" -b "$jar" --interface 127.0.2.4 -d username=all -d password=wrong \
		--data-urlencode "request=$(hidden request)" --data-urlencode "csrf=$(hidden csrf)"
	[[ $status != 429 ]]
	is "$(statuses 1 429)" "$(guess 4 all 1)"
	req "/oauth/authorize?$query" -c "$jar" -b "$jar" --interface 127.0.2.4
	req /oauth/authorize -c "$jar" -b "$jar" --interface 127.0.2.4 -d username=all \
		-d password=all-password --data-urlencode "request=$(hidden request)" \
		--data-urlencode "csrf=$(hidden csrf)"
	status_is 429
}

@test "a correct sign-in gives its reservation back" {
	local i
	person good
	is "$(statuses 9 401)" "$(guess 5 good 9)"
	for i in 1 2 3; do
		from 5 /login 200 -H "$(basic good:good-password)"
	done
	is "$(statuses 1 401)$(statuses 1 429)" "$(guess 5 good 2)"
}

@test "E11 another address is let in with the right password" {
	person elsewhere
	is "$(statuses 10 401)$(statuses 1 429)" "$(guess 6 elsewhere 11)"
	from 7 /login 200 -H "$(basic elsewhere:elsewhere-password)"
}

@test "a correct API key is not held up, a wrong one counts" {
	local pair i
	pair=$(user_key keyed)
	is "$(statuses 10 401)$(statuses 1 429)" "$(guess 8 keyed 11)"
	from 8 /user/a.json 200 -H "$(basic "$pair")"
	from 8 /user/a.json 200 -H "$(basic "keyed:${pair#*:}")"
	from 8 /login 200 -H "$(basic "$pair")"
	for i in 1 2 3 4 5 6 7 8 9 10; do
		from 9 /user/a.json 401 -H "$(basic "${pair%?}$([[ $pair == *x ]] && echo y || echo x)")"
	done
	from 9 /user/a.json 429 -H "$(basic "${pair%?}$([[ $pair == *x ]] && echo y || echo x)")"
	turned_away
	from 9 /user/a.json 200 -H "$(basic "$pair")"
}

@test "an address that tries many names (limit_login_address)" {
	local i
	person patient
	for i in 1 2 3 4; do is "$(statuses 4 401)" "$(guess 10 "victim$i" 4)"; done
	from 10 /user/a.json 429 -H "$(basic victim5:x)"
	turned_away
	from 10 /user/a.json 429 -H "$(basic patient:patient-password)"
	from 11 /user/a.json 200 -H "$(basic patient:patient-password)"
}

@test "E10 many addresses that try one name: who signed in before is let in" {
	person victim
	# it gives a reservation back, and the address is known from now on
	from 12 /login 200 -H "$(basic victim:victim-password)"
	is "$(statuses 10 401)" "$(guess 13 victim 10)"
	is "$(statuses 10 401)" "$(guess 14 victim 10)"
	is "$(statuses 4 401)$(statuses 2 429)" "$(guess 15 victim 6)"
	# A worker that has just verified the right one lets it in from anywhere:
	# whoever has it need not guess. So a wrong one shows what a stranger gets.
	from 16 /login 429 -H "$(basic victim:other)"
	turned_away
	from 12 /login 200 -H "$(basic victim:victim-password)"
}

@test "E16 guesses at the same time are counted before they are hashed" {
	person crowd
	is '10 401
20 429' "$(seq 30 | xargs -P 16 -I@ curl -s --max-time 60 --cacert "$STATE/tls.crt" \
		--interface 127.0.2.17 -o /dev/null -w '%{http_code}\n' -H "$(basic crowd:wrong)" \
		"$BASE/user/a.json?@" | sort | uniq -c | sed 's/^ *//')"
}

@test "no permit to hash within two seconds: 503, and no attempt is counted" {
	person waiting
	hold_permits
	from 18 /login 503 -H "$(basic waiting:waiting-password)"
	((req_ended - req_began >= 2000000))
	code_is unavailable
	is 1 "$(header_count Retry-After)" 'number of Retry-After'
	# a key needs none
	from 18 /user/a.json 200 -H "$(basic "$(key_pair)")"
	give_permits
	from 18 /login 200 -H "$(basic waiting:waiting-password)"
	is "$(statuses 10 401)$(statuses 1 429)" "$(guess 18 waiting 11)"
}

@test "E05 passwords that are too long look the same, whoever is tried" {
	local name path long first
	long=$(printf 'x%.0s' {1..1025})
	person lengthy
	for path in /user/a.json /login; do
		first=
		for name in lengthy nobody-is-so; do
			from 19 "$path" 401 -H "$(basic "$name:$long")"
			: "${first:=$body}"
			is "$first" "$body" "answer to $name"
		done
	done
	# they are no tries
	from 19 /login 200 -H "$(basic lengthy:lengthy-password)"
}

# The counters' folder is away: no password is looked at, right or wrong, with
# tables that are mapped already or not.
@test "E13 without counters no password is looked at: 503" {
	local name
	person counted
	mv "$STATE/state/rates" "$STATE/away"
	for name in counted nobody; do
		from 20 /login 503 -H "$(basic "$name:counted-password")"
		code_is unavailable
		from 20 /user/a.json 503 -H "$(basic "$name:wrong")"
		is 1 "$(header_count Retry-After)" 'number of Retry-After'
	done
	rm -rf "$STATE/state/rates"
	mv "$STATE/away" "$STATE/state/rates"
	from 20 /login 200 -H "$(basic counted:counted-password)"
}
