# The front page: what it shows to whom, and that hostile data stays text.
load lib
load oauth

setup_file() {
	DATA=$(mktemp -d "${TMPDIR:-/tmp}/ostiary-front.XXXXXX")
	chmod 755 "$DATA"
	export DATA
	trees
	start_server "front_data = $DATA/data.json" 'front_path = /resource/trees.json'
}
teardown_file() {
	stop_server
	rm -rf "$DATA"
}
setup() { browser; }

# Each case brings its data by standard input.
data() {
	cat >"$DATA/data.json"
	chmod 644 "$DATA/data.json"
}
trees() { data <"$top/www/demo/resource/trees.json"; }

has() { [[ $body == *"$1"* ]] || { printf 'not there: %s\n%s\n' "$1" "$body" >&2; return 1; }; }
has_no() { [[ $body != *"$1"* ]] || { printf 'there: %s\n' "$1" >&2; return 1; }; }

# without_data WHY: the page is there all the same, and the log says why
without_data() {
	: >"$STATE/decisions.log"
	get / 200
	has 'curl -u KEY_ID:KEY_SECRET'
	has_no '<table'
	wait_until 20 grep -qF "$1" "$STATE/decisions.log"
}

@test "who is not signed in sees the data and lines to fill in" {
	trees
	get / 200
	is text/html "$(header Content-Type | cut -d';' -f1)"
	has '<body class="portal front">'
	has '<a href="/account">Sign in</a>'
	has '<bdi>English oak</bdi>'
	has '<td class="number"><bdi>21.0</bdi></td>'
	has 'The first <bdi>12</bdi> of <bdi>21</bdi> entries'
	has '<rect width="1000" height="10"/>'
	has "curl -u KEY_ID:KEY_SECRET $BASE/resource/trees.json"
	has "curl -H 'X-App-Token: CLIENT_ID' $BASE/resource/trees.json"
	has "$BASE/oauth/authorize?response_type=code&amp;client_id=CLIENT_ID"
	has "curl -u USER_NAME $BASE/login"
	has "$BASE/api/limits.json"
	has '<a href="/account/keys">Make a key</a>'
	has '<code translate="no">export CURL_CA_BUNDLE</code>'
	has_no '.ostiary'
	is '' "$(header Set-Cookie)" 'no cookie for who only looks'
}

@test "who is signed in sees his own key, and the line works" {
	local line pair export
	trees
	visit /account
	submit username=reader "password=$(password_of reader)"
	visit /
	status_is 200
	has '<bdi>reader</bdi>'
	has '<a href="/account">Your account</a>'
	has 'the id of your key “<bdi>demo</bdi>”'
	pair=$(key_pair)
	has_no "${pair#*:}"
	line=$(grep -o 'curl -u [^<]*/resource/trees.json' <<<"$body" | head -n 1)
	is "curl -u ${pair%%:*}:KEY_SECRET $BASE/resource/trees.json" "$line" line
	line=${line/KEY_SECRET/${pair#*:}}
	# as a person would: in a shell, after what the demo printed
	export=$(sed -n 's/^ *\(export CURL_CA_BUNDLE=.*\)/\1/p' "$STATE.out")
	is T-0001 "$(bash -c "$export"$'\n'"${line/curl/curl -s}" | jq -r '.[0].id')"
	line=$(grep -o 'curl -u [^<]*/api/limits.json' <<<"$body")
	line=${line/KEY_SECRET/${pair#*:}}
	is user "$(bash -c "$export"$'\n'"${line/curl/curl -s}" | jq -r .subject)"
	has 'X-App-Token: CLIENT_ID'
}

@test "an application is named to its owner alone; a dead key is not" {
	local key
	trees
	key=$(ost key add admin --name mine --json | jq -r .key_id)
	visit /account
	submit username=admin "password=$(password_of admin)"
	visit /
	has "X-App-Token: $(demo .app.client_id)"
	has 'client id of <bdi>Tree Explorer</bdi>'
	has "curl -u $key:KEY_SECRET"
	ost key revoke "$key" >/dev/null
	visit /
	has 'curl -u KEY_ID:KEY_SECRET'
	has_no "$key"
	ost app disable "$(demo .app.client_id)" >/dev/null
	visit /
	has 'X-App-Token: CLIENT_ID'
	ost app enable "$(demo .app.client_id)" >/dev/null
}

@test "markup in the data is text" {
	data <<-'JSON'
		[{"<script>alert(1)</script>": "<img src=x onerror=alert(1)>", "k": "a\"><b>", "{{csrf}}": "{{@signin.title}}"},
		 {"<script>alert(1)</script>": "x", "k": "a\"><b>", "{{csrf}}": "y"},
		 {"<script>alert(1)</script>": "x", "k": "</table>&lt;", "{{csrf}}": "\u202e"}]
	JSON
	get / 200
	has '&lt;script&gt;alert(1)&lt;/script&gt;'
	has '&lt;img src=x onerror=alert(1)&gt;'
	has '{{@signin.title}}'
	has '&lt;/table&gt;&amp;lt;'
	has_no '<script'
	has_no '<img'
	has_no '<b>'
}

@test "missing, nested and huge values leave the page whole" {
	data <<-'JSON'
		[{"a": 1e999999, "b": -0, "c": 12345678901234567890123, "d": 1.50, "e": {"x": [1]}, "f": null, "g": true, "h": "x", "i": "ninth"},
		 {}, {"a": "text", "z": 1}, {"b": 0.1e-99999}]
	JSON
	get / 200
	has '<bdi>1e999999</bdi>'
	has '<td class="number"><bdi>-0</bdi></td>'
	has '<bdi>12345678901234567890123</bdi>'
	has '<bdi>1.50</bdi>'
	has 'All <bdi>4</bdi> entries'
	has_no ninth
	has_no '<rect'
	data <<<'[]'
	get / 200
	has_no '<table'
	jq -cn '[{a: ("x" * 100000), b: "é" * 500}]' | data
	get / 200
	((${#body} < 30000))
}

@test "of ten thousand objects a thousand are counted and twelve shown" {
	jq -cn '[range(10000) | {n: ., k: (if . < 1000 then "k\(. % 4)" else "tardy\(.)" end)}]' | data
	get / 200
	has 'The first <bdi>12</bdi> of <bdi>10000</bdi> entries'
	has '(of the first <bdi>1000</bdi>)'
	is 4 "$(grep -c '<rect' <<<"$body")" bars
	has_no tardy
	is 12 "$(grep -c '<th scope="row"><bdi>[0-9]' <<<"$body")" rows
}

@test "damaged data is left out, and the log says so" {
	local i
	data <<<'{"a": 1}'
	without_data "$DATA/data.json: is not a JSON array of objects"
	data <<<'[1, 2]'
	without_data "$DATA/data.json: is not a JSON array of objects"
	data <<<'[{"a": 1, "a": 2}]'
	without_data "$DATA/data.json: is not"
	data <<<'[{"a": 1}'
	without_data "$DATA/data.json: is not"
	data <<<$'[{"a": "\xff"}]'
	without_data "$DATA/data.json: is not"
	printf '%*s' 100000 '' | tr ' ' '[' | data
	without_data "$DATA/data.json: is not"
	printf '[{"a": "%*s"}]' 1100000 '' | data
	without_data "$DATA/data.json: "
	rm "$DATA/data.json"
	without_data "$DATA/data.json: cannot be opened"
	mkdir "$DATA/data.json"
	without_data "$DATA/data.json: is not a regular file"
	rmdir "$DATA/data.json"
	trees
	get / 200
	has '<table'
}

@test "GET and HEAD of / alone; over http as everything else" {
	trees
	head_of / 200
	get / 405 -d x=1
	get / 405 -X PUT -d x=1
	get '/?a=b&a=b' 200
	get /index.html 200
	has_no 'class="portal front"'
	get /front 403
	get "$PLAIN/" 301
	is "$BASE/" "$(header Location)" Location
	get "$PLAIN/" 403 -H "$(basic "$(key_pair)")"
	code_is https_required
	cgi front SCRIPT_NAME=/
	status_is 200
	cgi front SCRIPT_NAME=/ REQUEST_SCHEME=http HTTPS=
	status_is 403
	cgi front SCRIPT_NAME=/other
	status_is 404
}
