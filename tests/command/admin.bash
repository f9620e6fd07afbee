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
	access_line "grant:$1" "id=$1" "user=$2" "client_id=$3" scope=read created=1 "ends=${4-0}" \
		"expires=$((EPOCHSECONDS + 900))000"
}

# A record of the grants store that lives for 15 minutes: KEY NAME=VALUE...
access_line() {
	jq -nc --arg key "$1" --arg until $((EPOCHSECONDS + 900))000 '$ARGS.positional
		| map(index("=") as $at | {(.[:$at]): .[$at + 1:]}) | add
		| {store: "grants", key: $key, expires_ms: $until} + .' --args "${@:2}"
}
hash_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
refresh_line() { # TEXT GRANT_ID CLIENT_ID [used=MS kid=KID]
	access_line "refresh:$(hash_of "$1")" "grant=$2" "client_id=$3" "${@:4}"
}
consent_line() { # USER_ID CLIENT_ID [NAME=VALUE...]
	access_line "consent:$1:$2" "user=$1" "client_id=$2" 'scope=read write' offline=0 user_epoch=0 generation=0 app_epoch=0 \
		created=1700000000000 "${@:3}"
}
code_line() { # TEXT USER_ID CLIENT_ID [NAME=VALUE...]
	access_line "code:$(hash_of "$1")" "client_id=$3" "user=$2" redirect_uri=https://example.org/cb scope=read \
		auth_time=1 user_epoch=0 app_epoch=0 "expires=$((EPOCHSECONDS + 60))000" "${@:4}"
}
device_line() { # TEXT CLIENT_ID [NAME=VALUE...]
	access_line "device:$(hash_of "$1")" "hash=$(hash_of "$1")" user_code=WDJBMJHT "client_id=$2" scope=read "expires=$((EPOCHSECONDS + 600))000" "${@:3}"
}
usercode_line() { access_line usercode:WDJBMJHT "device=$(hash_of "$1")"; } # TEXT of the device code

# A well-formed one that N tells from others.
refresh_token() { # N
	python3 -c 'if True:
		import sys, zlib
		digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		text = "osr_" + sys.argv[1].zfill(43)
		check = zlib.crc32(text.encode())
		print(text + "".join(digits[check // 62 ** i % 62] for i in range(5, -1, -1)))' "$1"
}

# id_token CLAIMS: signed with RS256 as the programs do it, but not by their
# code: the private key stands in the keyring as DER in hex.
id_token() {
	local kid input
	kid=$(ost signing-key list --json | jq -r '.[] | select(.state == "current") | .kid')
	cat "$STATE"/keyring/keyring.log* | python3 -c 'if True:
		import re, sys
		log = sys.stdin.buffer.read()
		found = re.search(rb"rsa=([0-9a-f]+)", log[log.index(b"pair:" + sys.argv[1].encode()):])
		sys.stdout.buffer.write(bytes.fromhex(found.group(1).decode()))' "$kid" >"$BATS_TEST_TMPDIR/rsa.der"
	input=$(printf '{"alg":"RS256","kid":"%sr","typ":"JWT"}' "$kid" | base64url).$(printf %s "$1" | base64url)
	printf '%s.%s' "$input" "$(printf %s "$input" |
		openssl dgst -sha256 -sign "$BATS_TEST_TMPDIR/rsa.der" -keyform DER -binary | base64url)"
}
