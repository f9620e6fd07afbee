# How often: who is charged for which request, and what the headers say
# (DESIGN section 4). Each test has an address of its own on the loopback.
load lib

configure() {
	# the trap that DESIGN names: the index directive redirects internally
	mkdir -p "$STATE/etc/nginx/site.d"
	printf 'location /index/ { index index.json; }\n' >"$STATE/etc/nginx/site.d/index.conf"
}

setup_file() {
	W=$(window)
	make_root /open/a.json /app/a.json /user/a.json /own/a.json /own2/a.json \
		/role/a.json /open/index.json /index/index.json
	POLICY='
*   /open/   anyone
*   /index/  anyone
*   /app/    app
*   /user/   user
*   /role/   role:nobody
*   /own/    user  limit=3/'$W'
*   /own2/   anyone  limit=2/'$W'
' start_server "limit_anonymous = 5/$W" "limit_user = 8/$W" "limit_app = 4/$W" "limit_app_total = 6/$W"
	W=${W%s} APP=$(demo .app.client_id)
	export W APP
}
teardown_file() { stop_server; }

# from N PATH WANTED-STATUS [curl option...]: as 127.0.1.N.
from() {
	local address=127.0.1.$1
	shift
	get "$@" --interface "$address"
}

# left LIMIT REMAINING: the headers, each exactly once, in a window that is
# aligned to the clock, and that had begun and not ended when it was answered.
left() {
	local name reset
	for name in Limit Remaining Reset; do
		is 1 "$(header_count "X-RateLimit-$name")" "number of X-RateLimit-$name"
	done
	is "$1 $2" "$(header X-RateLimit-Limit) $(header X-RateLimit-Remaining)" 'limit and remaining'
	reset=$(header X-RateLimit-Reset)
	is 0 "$((reset % W))" 'alignment of Reset'
	((reset * 1000000 > req_began && reset * 1000000 <= req_ended + W * 1000000))
}

# the last answer is a 429 for the limit
limited() { # LIMIT
	local answered
	status_is 429
	code_is rate_limited
	is 'Too many requests' "$(json .message)"
	left "$1" 0
	is 1 "$(header_count Retry-After)" 'number of Retry-After'
	# Retry-After counts from when it was answered
	answered=$(($(header X-RateLimit-Reset) - $(header Retry-After)))
	((answered >= req_began / 1000000 - 2 && answered <= req_ended / 1000000 + 2)) ||
		is 'Reset - now' "$(header Retry-After)" Retry-After
	((${1:-1} >= 1))
	is 0 "$(header_count WWW-Authenticate)" challenges
	is no-store "$(header Cache-Control)"
}

@test "RL-01 the address is charged for what nobody is named for: yes, 401, 403, 404" {
	from 1 /open/a.json 200
	left 5 4
	from 1 /user/a.json 401
	left 5 3
	from 1 /nowhere 403
	left 5 2
	from 1 /open/none.json 404
	left 5 1
	from 1 /users/current.json 401
	left 5 0
	from 1 /open/a.json 429
	limited 5
	from 1 /users/current.json 429
	limited 5
	from 1 /login 429
	limited 5
	from 1 /user/a.json 429 -H "$(bearer wrong)"
	limited 5
}

@test "RL-01 a refused 400 and 405 carry the address's headers too" {
	from 2 '/open/a.json?access_token=x' 400
	left 5 4
	from 2 /users/current.json 405 -X PUT -d ''
	left 5 3
	from 2 /login 401
	left 5 2
	# the OAuth endpoint has no limit of this kind
	from 2 /oauth/token 401 -d grant_type=x
	is 0 "$(header_count X-RateLimit-Limit)" 'X-RateLimit-Limit of /oauth/token'
}

@test "a user has one counter at protect, login and users_current" {
	local pair
	pair=$(user_key shared)
	from 3 /user/a.json 200 -H "$(basic "$pair")"
	left 8 7
	from 4 /login 200 -H "$(basic "$pair")"
	left 8 6
	from 5 /users/current.json 200 -H "$(basic "$pair")"
	left 8 5
	# another credential, the same user
	req /login -H "$(basic shared:shared-password)"
	left 8 4
	from 3 /user/a.json 200 -H "$(bearer "$(json .access_token)")"
	left 8 3
	# right, but not enough: the user's
	from 3 /role/a.json 403 -H "$(basic "$pair")"
	left 8 2
	# wrong: the address's
	from 3 /role/a.json 401 -H "$(basic "${pair%?}")"
	left 5 4
}

@test "RL-01 E14 429 at the user's limit, and what is refused with 429 is not charged" {
	local pair i
	pair=$(user_key busy)
	for i in 7 6 5 4 3 2 1 0; do
		from 6 /user/a.json 200 -H "$(basic "$pair")"
		left 8 "$i"
	done
	for i in 1 2; do
		from 6 /user/a.json 429 -H "$(basic "$pair")"
		limited 8
	done
	from 6 /users/current.json 429 -H "$(basic "$pair")"
	limited 8
	from 6 /login 429 -H "$(basic "$pair")"
	limited 8
	# HEAD is told as well
	from 6 /user/a.json 429 -I -H "$(basic "$pair")"
	# neither was the address
	from 6 /open/a.json 200
	left 5 4
}

# many COUNT PATH ADDRESS-NUMBER [curl option...]: that many requests, 16 at a
# time on connections of their own; the statuses, sorted and counted.
many() {
	local count=$1 path=$2 number=$3
	shift 3
	seq "$count" | xargs -P 16 -I@ curl -s --max-time 60 --cacert "$STATE/tls.crt" \
		--interface "127.0.1.$number" -o /dev/null -w '%{http_code}\n' "$@" "$BASE$path?@" |
		sort | uniq -c | sed 's/^ *//'
}

@test "RL-03 the limit is exact under concurrency" {
	local pair
	pair=$(user_key parallel)
	is '8 200
24 429' "$(many 32 /user/a.json 7 -H "$(basic "$pair")")"
	is '5 200
19 429' "$(many 24 /open/a.json 7)"
}

@test "an app: the pair of app and address, and the app as a whole" {
	local i
	for i in 3 2 1 0; do
		from 8 /app/a.json 200 -H "X-App-Token: $APP"
		left 4 "$i"
	done
	from 8 /app/a.json 429 -H "X-App-Token: $APP"
	limited 4
	# another address has a counter of its own
	from 9 /app/a.json 200 -H "X-App-Token: $APP"
	left 4 3
	from 9 "/app/a.json?app_token=$APP" 200
	left 4 2
	# limit_app_total
	from 9 /app/a.json 429 -H "X-App-Token: $APP"
	limited 6
	from 10 /app/a.json 429 -H "X-App-Token: $APP"
	limited 6
	# which are not the address's, and a user with an app token is a user
	from 8 /open/a.json 200
	left 5 4
	from 8 /app/a.json 200 -H "X-App-Token: $APP" -H "$(basic "$(user_key withapp)")"
	left 8 7
}

@test "limit= of a policy line: a counter of its own for each subject" {
	local pair i
	pair=$(user_key own)
	from 11 /user/a.json 200 -H "$(basic "$pair")"
	left 8 7
	for i in 2 1 0; do
		from 11 /own/a.json 200 -H "$(basic "$pair")"
		left 3 "$i"
	done
	from 11 /own/a.json 429 -H "$(basic "$pair")"
	limited 3
	from 11 /user/a.json 200 -H "$(basic "$pair")"
	left 8 6
	from 11 /own/a.json 200 -H "$(basic "$(user_key other)")"
	left 3 2
	# an address
	from 11 /own2/a.json 200
	left 2 1
	from 11 /open/a.json 200
	left 5 4
	from 11 /own2/a.json 200
	from 11 /own2/a.json 429
	limited 2
}

@test "a folder's index is one request" {
	from 12 /open/ 200
	left 5 4
	from 12 /open/ 200
	left 5 3
	# nginx asks the guard twice here
	from 12 /index/ 200
	left 5 2
	from 12 /index/ 200
	left 5 1
}

@test "two requests on one connection are two" {
	local url=$BASE/index/
	curl -sS --cacert "$STATE/tls.crt" --interface 127.0.1.13 -D "$BATS_TEST_TMPDIR/both" \
		-o /dev/null -o /dev/null -o /dev/null "$url" "$url" "$url"
	is '4 3 2 ' "$(tr -d '\r' <"$BATS_TEST_TMPDIR/both" | sed -n 's/^x-ratelimit-remaining: *//Ip' | tr '\n' ' ')"
}

@test "E14 a preflight that is not one and any other method are charged" {
	local method i=4
	for method in POST PUT DELETE PATCH OPTIONS; do
		req /nowhere --interface 127.0.1.14 -X "$method" -d ''
		status_is 403
		left 5 "$((i--))"
	done
	from 14 /nowhere 429 -X OPTIONS
	limited 5
	req /open/a.json --interface 127.0.1.18 -I
	status_is 200
	left 5 4
	req /users/current.json --interface 127.0.1.18 -X OPTIONS
	status_is 405
	left 5 3
}

has_worker() { [[ $(workers protect | wc -l) == 2 ]]; }

@test "kill -9 of the workers loses no count" {
	local pair i pids
	pair=$(user_key killed)
	for i in 7 6 5; do
		from 15 /user/a.json 200 -H "$(basic "$pair")"
		if [[ $TRANSPORT != cgi ]]; then
			wait_until 20 has_worker
			mapfile -t pids < <(workers protect)
			kill -KILL "${pids[@]}"
			wait_until 20 has_worker
		fi
		left 8 "$i"
	done
	from 15 /user/a.json 200 -H "$(basic "$pair")"
	left 8 4
}

is_short() {
	req /open/a.json --interface 127.0.1.17
	[[ $(header X-RateLimit-Limit) == 2 ]]
}
# Three on one connection, which take a moment: in one window, but for the rare
# case that it ends just then.
is_spent() {
	local url=$BASE/open/a.json
	[[ $(curl -s --cacert "$STATE/tls.crt" --interface 127.0.1.16 -w '%{http_code} ' \
		-o /dev/null -o /dev/null -o /dev/null "$url" "$url" "$url") == *'429 ' ]]
}

# However slow the machine: who asked after it is admitted, who was answered
# before it is not.
@test "RL-03 a window ends, at the second that Reset named" {
	local reset='' W=4
	printf 'limit_anonymous = 2/4s\n' >>"$CONF"
	wait_until 20 is_short
	wait_until 60 is_spent
	while req /open/a.json --interface 127.0.1.16; [[ $status != 200 ]]; do
		limited 2
		is "${reset:=$(header X-RateLimit-Reset)}" "$(header X-RateLimit-Reset)" Reset
	done
	[[ -n $reset ]] || is 'a 429 first' "$status" status
	((req_ended >= reset * 1000000)) || is "admitted after $reset" "$req_ended" time
	left 2 1
	sed -i '$d' "$CONF"
}
