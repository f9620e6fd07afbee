# One test for each defect that was found by attack, named for what must hold.
load lib

setup_file() {
	FAKE=$BATS_FILE_TMPDIR/libexec
	mkdir "$FAKE"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$FAKE"
	find "$B"/cgi-bin -type f -perm -u+x ! -name protect -exec ln -s -t "$FAKE" {} +
	# The real protect; once the flag is there, one that ends without a word.
	cc -o "$FAKE/protect" -x c - -lfcgi <<-EOF
		#include <fcgiapp.h>
		#include <unistd.h>
		int
		main(int argc, char **argv)
		{
			FCGX_Request request;

			(void)argc;
			if (access("$FAKE/is-mute", F_OK) != 0)
				return execv("$B/cgi-bin/protect", argv);
			if (FCGX_IsCGI())
				return 0;
			FCGX_Init();
			FCGX_InitRequest(&request, 0, 0);
			while (FCGX_Accept_r(&request) == 0)
				continue;
			return 0;
		}
	EOF
	export FAKE OSTIARY_LIBEXEC=$FAKE
	start_server 'limit_login_account = 3/15m'
}
teardown_file() {
	stop_server
}

policy() {
	printf '%s\n' "$@" "$default_policy" >"$STATE/policy.new"
	chmod 644 "$STATE/policy.new"
	mv "$STATE/policy.new" "$STATE/policy"
}

@test "an exact line never opens the folder of that name" {
	policy 'GET,HEAD /v1/projects anyone' '* /v1/projects/ role:admin'
	req /v1/projects/
	status_is 401
	req /v1/projects/index.json
	status_is 401
	req /v1/projects/ -H "$(basic "$(user_pair admin)")"
	status_is 200
}

@test "a line for a file holds for every path that is served as it" {
	policy 'GET,HEAD /resource/trees.json role:admin' 'GET,HEAD /resource/ anyone'
	for path in /resource/trees.json /resource/trees.json/ /resource/trees.json/x; do
		req "$path"
		[[ $status != 200 ]]
	done
}

@test "a policy that could not be read is taken in once it can" {
	policy 'GET,HEAD /resource/ anyone'
	req /resource/trees.json
	status_is 200
	printf '%s\n' 'GET,HEAD /resource/ role:admin' >"$STATE/policy.new"
	chmod 000 "$STATE/policy.new"
	mv "$STATE/policy.new" "$STATE/policy"
	# Each worker goes on with its last good one; plain CGI has none.
	req /resource/trees.json
	chmod 644 "$STATE/policy"
	req /resource/trees.json
	status_is 401
}

@test "others' wrong secrets do not shut an application out" {
	local url="/oauth/token?grant_type=authorization_code&code=x&client_id=$(demo .app.client_id)"
	for i in 2 3 4 5 6 7; do
		req "$url&client_secret=wrong" -d '' --interface "127.0.0.$i" -4
		status_is 401
	done
	req "$url&client_secret=$(demo .app.client_secret)" -d '' -4
	status_is 400
	is invalid_grant "$(json .error)" error
}

@test "a token in a header that the server joined from two is revoked over http" {
	local token
	token=$(login_token editor)
	req "$PLAIN/users/current.json" -H "$(bearer x)" -H "$(bearer "$token")"
	[[ $status = 40[03] ]]
	[[ $status = 400 ]] && return # nginx refuses two headers by itself
	req /users/current.json -H "$(bearer "$token")"
	status_is 401
}

@test "tokens of a disabled user stay dead when he comes back" {
	local token
	req /login -H "$(basic "$(key_pair)")"
	token=$(json .access_token)
	req /users/current.json -H "$(bearer "$token")"
	status_is 200
	ost user disable reader
	ost user enable reader
	req /users/current.json -H "$(bearer "$token")"
	status_is 401
	code_is token_revoked
}

@test "a store whose file is gone is 503, and revives nothing" {
	local token answers
	token=$(login_token admin)
	ost token revoke <<<"$token"
	req /users/current.json -H "$(bearer "$token")"
	status_is 401
	mv "$STATE/state/grants/grants.gdbm" "$STATE/away"
	is_unavailable() {
		req /users/current.json -H "$(bearer "$token")"
		answers+=" $status"
		[[ $status = 503 ]]
	}
	wait_until 10 is_unavailable
	[[ $answers != *200* ]]
	mv "$STATE/away" "$STATE/state/grants/grants.gdbm"
	is_back() {
		req /users/current.json -H "$(bearer "$token")"
		[[ $status = 401 ]]
	}
	wait_until 10 is_back
	code_is token_revoked
}

# Last, for it leaves a guard that does not work.
@test "a guard that ends without an answer lets nobody in" {
	policy
	touch "$FAKE/is-mute"
	pkill -9 -P "$(pgrep -d, -P "$SERVE_PID")" -x protect || true
	req /resource/private/budget.json
	[[ $status = 50[0-4] ]]
	[[ $body != *budget_eur* ]]
	req /resource/private/budget.json -H "$(basic "$(key_pair)")"
	[[ $status = 50[0-4] ]]
}
