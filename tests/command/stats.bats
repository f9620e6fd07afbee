# `ostiary stats`: what the programs counted.
# shellcheck disable=SC2154 # of bats
load ../e2e/lib
load state

setup() { setup_state; }
# The state is the test's own here.
as_user() { "$@"; }

# ask N PATH [NAME=VALUE...]: so many requests to protect.
ask() {
	local i n=$1 path=$2
	shift 2
	for ((i = 0; i < n; i++)); do
		cgi protect SCRIPT_NAME=/protect REQUEST_URI="$path" PROTECT_MODE=forward "$@"
	done
}
stats() { # STATUS [OPTION...]
	local want=$1
	shift
	run --separate-stderr ost stats "$@"
	is "$want" "$status" "status of stats $*: $output $stderr"
}
rows() { jq -r '.[] | "\(.reason) \(.answer) \(.last_hour) \(.last_day)"' <<<"$output"; }

@test "before anything was counted there is nothing, and nothing is made" {
	stats 0
	is "no answers" "$output"
	stats 0 --json
	is "[]" "$output"
	stats 0 --refused
	is "no refusals" "$output"
	stats 0 --day --json
	is "24 0" "$(jq -r '"\(length) \([.[] | .yes + .no] | add)"' <<<"$output")" day
	[[ ! -e $STATE/rates/tally ]]
	ost user list >/dev/null
	[[ ! -e $STATE/rates/tally ]]
}

@test "answers by reason, over the hour and the day" {
	ask 3 /resource/x.json
	ask 2 /nowhere/x.json?access_token=s3cret
	stats 0 --json
	is "credentials_missing no 3 3
bad_request no 2 2" "$(rows)" rows
	stats 0
	[[ ${lines[0]} == "REASON "*" ANSWER  LAST HOUR  LAST DAY" ]]
	[[ ${lines[1]} =~ ^credentials_missing\ +no\ +3\ +3$ ]]
	stats 0 --day --json
	is "0 5" "$(jq -r '"\([.[].yes] | add) \([.[].no] | add)"' <<<"$output")" day
	is "0 5" "$(jq -r '.[23] | "\(.yes) \(.no)"' <<<"$output")" "last hour"
	is 3600 "$(jq '.[1].from - .[0].from' <<<"$output")" step
	# The command counts nothing.
	stats 0 --json
	is 2 "$(rows | wc -l)" rows
}

@test "the last refusals, the newest first, without a query" {
	ask 3 /resource/x.json REMOTE_ADDR=192.0.2.7
	ask 1 '/resource/y.json?access_token=s3cret' REMOTE_ADDR=192.0.2.8
	stats 0 --refused --json
	is 4 "$(jq length <<<"$output")" refusals
	is "400 bad_request protect 192.0.2.8 /resource/y.json" "$(jq -r '.[0] | "\(.status) \(.reason) \(.program) \(.address) \(.path)"' <<<"$output")" newest
	((EPOCHSECONDS - $(jq '.[0].time' <<<"$output") < 60))
	[[ $output != *s3cret* ]]
	! grep -q s3cret "$STATE/rates/tally"
	stats 0 --refused --limit 2 --json
	is "y x" "$(jq -r '.[].path[10:11]' <<<"$output" | xargs)" paths
	stats 0 --refused --limit=1
	is 2 "${#lines[@]}" lines
}

@test "options that mean nothing together" {
	for options in "--limit 5" "--refused --limit 0" "--refused --limit 1025" "--refused --limit x" "--refused --day" x; do
		# shellcheck disable=SC2086
		stats 2 $options
	done
}

@test "a damaged file is said by stats and check, and begins anew" {
	ask 1 /resource/x.json
	truncate -s 100 "$STATE/rates/tally"
	stats 3
	[[ $stderr == *damaged* ]]
	check 1 --json
	is "rates tally error false" "$(problems)" problem
	grep -q 'has 100 bytes' <<<"$(messages)"
	check 0 --repair --json
	is "rates tally error true" "$(problems)" problem
	is 600 "$(stat -c %a "$STATE/rates/tally")" mode
	check 0 --json
	is "" "$(problems)" problems
	stats 0 --json
	is "[]" "$output"
	ask 1 /resource/x.json
	printf x | dd of="$STATE/rates/tally" bs=1 seek=3 conv=notrunc status=none
	check 1
	ask 1 /resource/x.json
	is 401 "${status}" status
	grep -q '"warning".*damaged; it begins anew' "$WORK/stderr"
	check 0
	stats 0 --json
	is "credentials_missing no 1 1" "$(rows)" rows
}

@test "it is no part of a dump" {
	ask 1 /resource/x.json
	! ost dump 2>/dev/null | grep -q credentials_missing
}
