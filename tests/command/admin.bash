# For tests of the command `ostiary` on states of their own; no server runs.
# shellcheck shell=bash disable=SC2034,SC2154 # of lib.bash and bats
load ../e2e/lib

setup() {
	STATE=$BATS_TEST_TMPDIR/state CONF=$BATS_TEST_TMPDIR/ostiary.conf
	cat >"$CONF" <<-'EOF'
		issuer = https://localhost:8443
		state = gdbm:state
		policy = policy
		password_cost = ln=10,r=8,p=1
	EOF
	printf 'GET,HEAD /resource/ app\n' >"$BATS_TEST_TMPDIR/policy"
	unset OSTIARY_CONF
}

# call STATUS ARGUMENT...: the command must end with that status.
call() {
	local want=$1
	shift
	run --separate-stderr ost "$@"
	is "$want" "$status" "status of ostiary $*: $output $stderr"
}

# Answers and errors of --json: one line of JSON each.
answer() { jq -r "$1" <<<"$output"; }
error_is() { # WORD
	is 1 "$(wc -l <<<"$stderr")" "lines of stderr: $stderr"
	is "$1" "$(jq -r .error <<<"$stderr")" error
	[[ $(jq -r '.message | length' <<<"$stderr") -gt 0 ]]
}

add_user() { # NAME [OPTION...]
	printf 'correct horse\n' | ost user add "$@" --password-stdin --json | jq -r .id
}

fields_of() { ost dump | jq -c "select(.key == \"$1\")"; }

# load_lines LINE...: loads records into the state.
load_lines() {
	printf '%s\n' '{"ostiary_dump":1,"signing_keys":"absent"}' "$@" "{\"ostiary_dump_end\":$#}" |
		ost load --force >/dev/null
}

base64url() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# token TYPE CLAIMS: signed as the programs do it, but not by their code.
token() {
	local key kid input
	key=$(LC_ALL=C grep -raohE '[A-Za-z0-9]{8} current [0-9]+ [0-9]+ [0-9a-f]{64}' "$STATE/keyring" | tail -n 1)
	kid=${key%% *}
	input=$(printf '{"alg":"HS256","kid":"%s","typ":"%s"}' "$kid" "$1" | base64url).$(printf %s "$2" | base64url)
	printf '%s.%s' "$input" "$(printf %s "$input" |
		openssl dgst -sha256 -mac HMAC -macopt "hexkey:${key##* }" -binary | base64url)"
}

login_claims() { # USER_ID SOURCE [EXPIRES]
	printf '{"iss":"%s","aud":"%s","sub":"%s","src":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
		https://localhost:8443 https://localhost:8443 "$1" "$2" \
		$((EPOCHSECONDS - 10)) "${3-$((EPOCHSECONDS + 600))}" "jti$RANDOM$RANDOM"
}

access_claims() { # USER_ID CLIENT_ID GRANT_ID
	printf '{"iss":"%s","aud":"%s","sub":"%s","client_id":"%s","scope":"read","grant":"%s","iat":%d,"exp":%d,"jti":"%s"}' \
		https://localhost:8443 https://localhost:8443 "$1" "$2" "$3" \
		$((EPOCHSECONDS - 10)) $((EPOCHSECONDS + 600)) "jti$RANDOM$RANDOM"
}

reason_of() { # TOKEN
	printf '%s\n' "$1" | ost token inspect --json | jq -r 'if .alive then "alive" else .reason end'
}

grant_line() { # GRANT_ID USER_ID CLIENT_ID [ENDS_MS]
	printf '{"store":"grants","key":"grant:%s","expires_ms":"%d000","id":"%s","user":"%s","client_id":"%s","scope":"read","created":"1","ends":"%s","expires":"%d000"}' \
		"$1" $((EPOCHSECONDS + 900)) "$1" "$2" "$3" "${4-0}" $((EPOCHSECONDS + 900))
}
