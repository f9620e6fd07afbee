# The policy: which line decides, roles, scopes, and changes while it runs.
load lib

first_policy='
GET,HEAD  /first/open.json    anyone
*         /first/             role:admin
GET       /exact/file.json    anyone
*         /exact/             user
*         /roles/editor/      role:editor
*         /roles/admin/       role:admin
*         /scopes/read/       scope:read
*         /scopes/write/      scope:write
GET       /methods/           anyone
POST,PUT  /methods/           user
GET,HEAD  /with%20blank/      anyone
GET,HEAD  /Case/              anyone
'

setup_file() {
	make_root /first/open.json /first/other.json /exact/file.json \
		/exact/file.json.bak /roles/editor/a.json /roles/admin/a.json \
		/scopes/read/a.json /scopes/write/a.json /methods/a.json \
		'/with blank/a.json' /Case/a.json /case/a.json /unlisted/a.json \
		/new/a.json /data/index.json
	POLICY=$first_policy start_server
	ACCESS=$(access_token editor read)
	export ACCESS
}
teardown_file() { stop_server; }

@test "the first line that matches decides" {
	get /first/open.json 200
	get /first/other.json 401
	get /first/other.json 403 -H "$(basic "$(key_pair)")"
	get /first/other.json 200 -H "$(basic "$(user_pair admin)")"
}

@test "no line that matches: 403, for everybody" {
	get /unlisted/a.json 403
	code_is forbidden
	get /unlisted/a.json 403 -H "$(basic "$(user_pair admin)")"
	get /unlisted/a.json 403 -H "$(basic "$(key_pair)")"
	get /unlisted/a.json 403 -H "X-App-Token: $(demo .app.client_id)"
	get /nothing 403
	get /first 403
}

@test "a path without a slash at its end is only itself, one with is all below" {
	get /exact/file.json 200
	get /exact/file.json.bak 401
	get /exact/file.jso 401
	get /exact/ 401
}

@test "7617-06 a role" {
	get /roles/editor/a.json 403 -H "$(basic "$(user_pair reader)")"
	code_is forbidden
	get /roles/editor/a.json 200 -H "$(basic "$(user_pair editor)")"
	get /roles/admin/a.json 403 -H "$(basic "$(user_pair editor)")"
	get /roles/admin/a.json 200 -H "$(basic "$(user_pair admin)")"
	get /roles/admin/a.json 401
}

@test "a new role counts at the next request" {
	printf 'some-password\n' | ost user add rising --password-stdin
	get /roles/editor/a.json 403 -H "$(basic rising:some-password)"
	ost user set rising --role editor
	get /roles/editor/a.json 200 -H "$(basic rising:some-password)"
}

@test "6750-06 6750-07 9700-12 a scope restricts the token of an application" {
	get /scopes/read/a.json 200 -H "$(bearer "$ACCESS")"
	get /scopes/write/a.json 403 -H "$(bearer "$ACCESS")"
	code_is insufficient_scope
	header_all WWW-Authenticate | grep -qF 'error="insufficient_scope", scope="write"'
}

@test "a user's own key, password and login token have all scopes" {
	get /scopes/write/a.json 200 -H "$(basic "$(key_pair)")"
	get /scopes/write/a.json 200 -H "$(basic "$(user_pair reader)")"
	get /scopes/write/a.json 200 -H "$(bearer "$(login_token reader)")"
}

@test "an app token alone has no scope: a user is needed" {
	get /scopes/read/a.json 401 -H "X-App-Token: $(demo .app.client_id)"
	code_is credentials_missing
}

@test "9110-01 the method is part of the line, and HEAD is not GET (T17)" {
	get /methods/a.json 200
	head_of /methods/a.json 403
	get /methods/a.json 401 -X POST -d ''
	get /methods/a.json 401 -X PUT -d ''
	get /methods/a.json 403 -X DELETE
	get /methods/a.json 403 -X OPTIONS
	# nginx refuses TRACE and lower case by itself, lighttpd every method
	# that it never heard of
	if [[ $TRANSPORT == nginx ]]; then
		get /methods/a.json 403 -X FOO
		get /methods/a.json 405 -X TRACE
		get /methods/a.json 400 -X get
	else
		get /methods/a.json 501 -X FOO
		get /methods/a.json 403 -X TRACE
		get /methods/a.json 501 -X get
	fi
}

@test "case matters, and %20 in the policy is a blank" {
	get /Case/a.json 200
	get /case/a.json 403
	get /with%20blank/a.json 200
}

policy_is_in_force() { req "$1"; [[ $status == "$2" ]]; }

@test "a changed policy is in force at the next request" {
	get /new/a.json 403
	set_policy "$first_policy
GET /new/ anyone"
	wait_until 20 policy_is_in_force /new/a.json 200
	# and in every process
	local i
	for i in 1 2 3 4 5 6; do get /new/a.json 200; done
	set_policy "$first_policy"
	wait_until 20 policy_is_in_force /new/a.json 403
	for i in 1 2 3 4 5 6; do get /new/a.json 403; done
}

@test "a broken policy is reported with file and line; the last good one stays" {
	local i
	# every process has the good one
	for i in 1 2 3 4 5 6; do get /first/open.json 200; done
	set_policy "$first_policy
GET /new/ anyone-at-all"
	for i in 1 2 3 4 5 6; do
		if [[ $TRANSPORT == cgi ]]; then
			# plain CGI has no last good copy
			get /first/open.json 503
			code_is unavailable
		else
			get /first/open.json 200
			get /new/a.json 403
		fi
	done
	grep -qE 'policy:15: .*anyone-at-all' "$STATE"/decisions.log "$STATE"/log/*
	run -1 ost policy check
	set_policy "$first_policy"
	wait_until 20 policy_is_in_force /first/open.json 200
	get /first/other.json 401
}

@test "a policy that is away and comes back" {
	mv "$STATE/policy" "$STATE/policy.away"
	req /first/open.json
	if [[ $TRANSPORT == cgi ]]; then status_is 503; else status_is 200; fi
	mv "$STATE/policy.away" "$STATE/policy"
	get /first/open.json 200
	get /first/other.json 401
}

@test "a folder is answered by its index file, after one decision for the folder" {
	set_policy 'GET /data/ anyone'
	wait_until 20 policy_is_in_force /data/ 200
	is '"/data/index.json"' "$body"
	set_policy "$first_policy"
	wait_until 20 policy_is_in_force /data/ 403
}
