# Part of scripts/serve: starting, watching and stopping processes.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of serve and its other parts
# Everything that is started is a child of this shell and leads a session of
# its own: ^C on the terminal reaches this shell alone, which then stops them
# in order, and what a child leaves behind is found by its session.

programs=(protect authorize access_token login users_current revoke introspect
	revoke_key
	api_keys
	limits
	metadata jwks userinfo device_authorization device account front)
declare -A name_of=() log_of=()
started=() web=

# start NAME LOG COMMAND...: its process id is the last of $started
start() {
	local name=$1 log=$2 old
	shift 2
	for old in "$log" "${log/-start/-error}"; do
		[[ ! -s $old ]] || mv -f -- "$old" "$old.1"
	done
	(
		exec {lock_fd}>&-
		exec setsid env --default-signal=INT,QUIT "$@" </dev/null >>"$log" 2>&1
	) &
	started+=($!)
	name_of[$!]=$name log_of[$!]=$log
}

# The death signal ends the children even when this shell is killed outright
# (not lighttpd as root, which loses it together with its privileges).
start_all() {
	local program
	rm -f -- "$run"/*.sock
	if [[ $server != cgi ]]; then
		for program in "${programs[@]}"; do
			# multiwatch's limits: it survives a storm of kills, and gives
			# up within a second on a program that cannot start.
			start "$program" "$state/log/$program.log" \
				setpriv "${as_user[@]:1}" --pdeathsig TERM -- \
				spawn-fcgi -n -s "$run/$program.sock" -M 0660 -- \
				"$(command -v multiwatch)" -f "$workers" -r 1000 -t 100 -- \
				"$libexec/$program"
		done
		wait_sockets
	fi
	if [[ $server == nginx ]]; then
		start nginx "$state/log/nginx-start.log" setpriv --pdeathsig QUIT -- \
			nginx -e "$state/log/nginx-start.log" -c "$state/etc/nginx/nginx.conf" -g 'daemon off;'
	else
		start lighttpd "$state/log/lighttpd-start.log" setpriv --pdeathsig INT -- \
			lighttpd -D -f "$lighttpd_conf"
	fi
	web=${started[-1]}
	start_mail
}

# Hands on the mails that the programs leave, as ostiary-mail.path and its timer
# do. It waits on a pipe that nobody writes to: no process comes of that.
start_mail() {
	# shellcheck disable=SC2016 # for the shell that is started
	start mail "$state/log/mail.log" setpriv "${as_user[@]:1}" --pdeathsig TERM -- "$BASH" -c '
		shopt -s nullglob
		exec {never}<> <(:)
		for ((ticks = 1; ; ticks++)); do
			new=("$1"/mail/new/*) wait=()
			((ticks % 300)) || wait=("$1"/mail/wait/*)
			((${#new[@]} + ${#wait[@]} == 0)) || "$0" -c "$OSTIARY_CONF" mail send || sleep 5
			read -rt 0.2 -u "$never" || :
		done' "$ostiary" "$(state_folder)"
}

is_alive() { # PID: there, and not a zombie that nobody reaps
	local stat
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	stat=${stat##*) }
	[[ ${stat:0:1} != [ZX] ]]
}

# All processes of the sessions of the given leaders, one id a line.
members() {
	local file stat fields leader
	for file in /proc/[0-9]*/stat; do
		{ read -r stat <"$file"; } 2>/dev/null || continue
		read -ra fields <<<"${stat##*) }" # state, parent, group, session
		for leader; do
			[[ ${fields[3]} != "$leader" || ${fields[0]} == [ZX] ]] || printf '%s\n' "${file//[!0-9]/}"
		done
	done
}

# await SECONDS PID...: true as soon as none of them is alive. Not by a sleep
# in the background that kills: it would inherit the signals ignored here.
await() {
	local deadline=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) pid
	shift
	for pid; do
		while is_alive "$pid"; do
			((${EPOCHREALTIME/[.,]/} < deadline)) || return 1
			sleep 0.02
		done
	done
} 2>/dev/null # as in stop_all

# stop_orphans: a web server of this state whose scripts/serve was killed. The
# lock is held, so it is nobody else's.
stop_orphans() {
	local file pid
	for file in "$run"/*.pid; do
		{ read -r pid <"$file"; } 2>/dev/null || continue
		[[ $pid =~ ^[1-9][0-9]*$ ]] || continue
		grep -qzF -- "$state/etc/" "/proc/$pid/cmdline" 2>/dev/null || continue
		note "stopping the web server that an earlier run left, process $pid"
		kill -TERM "$pid" || :
		await 5 "$pid" || kill -KILL "$pid" || :
	done
}

# Losing no request: the web server finishes what it has and takes nothing new,
# then each multiwatch lets its programs finish. Whoever is late is killed.
stop_all() {
	local status=$? pid left graceful=INT others=()
	trap - EXIT
	trap '' TERM INT HUP PIPE
	for pid in "${started[@]}"; do
		[[ $pid == "$web" ]] || others+=("$pid")
	done
	if [[ -n $web ]]; then
		[[ $server != nginx ]] || graceful=QUIT
		left=$(members "$web")
		# nginx's workers outlive a master that was killed
		# shellcheck disable=SC2086 # here and below: one process id a word
		kill -"$graceful" "$web" 2>/dev/null || kill -"$graceful" $left 2>/dev/null || :
		# shellcheck disable=SC2086
		await 5 "$web" $left || note "the web server was late and is killed"
	fi
	((${#others[@]} == 0)) || kill -TERM "${others[@]}" 2>/dev/null || :
	await 5 "${others[@]}" || note "programs were late and are killed"
	if ((${#started[@]})); then
		left=$(members "${started[@]}")
		# shellcheck disable=SC2086
		[[ -z $left ]] || kill -KILL $left 2>/dev/null || :
		# shellcheck disable=SC2086
		if await 5 $left; then
			# here bash would report each of them that was killed
			wait "${started[@]}" 2>/dev/null || :
		else
			note "still there after SIGKILL:" $left
		fi
	fi
	rm -f -- "$run"/*.sock "$run"/*.pid
	[[ -z $run_is_temporary ]] || rmdir -- "$run"
	exit "$status"
}

# fail LOG MESSAGE: the end, with the last words of the one to blame
fail() {
	local log=$1 own_log=
	shift
	note "$* Last lines of $log:"
	[[ ! -e ${log/-start/-error} ]] || own_log=${log/-start/-error}
	# multiwatch's lines about each respawn bury the program's message
	cat -- "$log" ${own_log:+"$own_log"} | grep -vE '^(Spawning child|Child)\[' |
		uniq | tail -n 10 | sed 's/^/    /' >&2 || :
	exit 3
}

check_children() {
	local pid
	for pid in "${started[@]}"; do
		is_alive "$pid" || fail "${log_of[$pid]}" "${name_of[$pid]} ended, which it should not."
	done
}

wait_sockets() {
	local program deadline=$((SECONDS + 30))
	for program in "${programs[@]}"; do
		until [[ -S $run/$program.sock ]]; do
			check_children
			((SECONDS < deadline)) || fail "$state/log/$program.log" "$program did not open its socket."
			sleep 0.02
		done
	done
}

# status [CURL OPTION]... URL: what that is answered, 000 if it is not. Each
# request counts against the limit of its address: on the loopback each program
# is asked from another, none of them that of the user's own first requests.
status() {
	[[ $connect != 127.* ]] || set -- --interface "127.127.127.${#pending[@]}" "$@"
	curl -sk -o /dev/null -w '%{http_code}' --noproxy '*' --max-time 5 \
		--resolve "localhost:$https_port:$connect" "$@" || :
}

# What the probes are answered is no work of the doors: the counts of before are
# kept aside meanwhile, and put back when the last probe is among those of now.
hide_counts() {
	[[ $(conf_value state) == gdbm:* ]] || return 0
	tally=$(state_folder)/rates/tally
	[[ ! -f $tally || -e $state/run/tally ]] || mv -- "$tally" "$state/run/tally"
}

# probes_counted N: whether so many answers have been counted.
probes_counted() {
	(($(ostiary stats 2>/dev/null | awk 'NR > 1 { n += $NF } END { print n + 0 }') >= $1))
}

put_counts_back() { # N: as many programs were asked
	local deadline=$((SECONDS + 5))
	[[ -n ${tally-} ]] || return 0
	until probes_counted "$1" || ((SECONDS >= deadline)); do sleep 0.02; done
	if [[ -e $state/run/tally ]]; then
		mv -f -- "$state/run/tally" "$tally"
	else
		rm -f -- "$tally"
	fi
}

# Each program is asked once, by a method that it does not take. protect takes
# every method; it is asked over http, where it refuses whatever it is about.
wait_ready() {
	local deadline=$((SECONDS + 30)) path program log=$state/log/protect.log code=000
	local pending=(login:/login users_current:/users/current.json
		access_token:/oauth/token authorize:/oauth/authorize
		limits:/api/limits.json
		api_keys:/api/api_keys
		revoke_key:/api/keys/revoke
		revoke:/oauth/revoke introspect:/oauth/introspect
		metadata:/.well-known/openid-configuration jwks:/oauth/jwks
		userinfo:/oauth/userinfo device:/device account:/account
		front:/
		device_authorization:/oauth/device_authorization protect:)
	local asked=${#pending[@]}
	while ((${#pending[@]})); do
		program=${pending[0]%%:*} path=${pending[0]#*:}
		if [[ -n $path ]]; then
			code=$(status -X PUT -d '' "https://localhost:$https_port$path")
		else
			code=$(status -H 'Authorization: none' "http://$url_host:$http_port/")
		fi
		check_children
		if [[ $code =~ ^[234]..$ ]]; then
			pending=("${pending[@]:1}")
			continue
		fi
		log=$state/log/$program.log
		[[ -e $log ]] || log=$state/log/$server-start.log
		[[ -e $log ]] || log=$state/log/lighttpd-start.log
		((SECONDS < deadline)) || fail "$log" "$program gives no answer (status $code)."
		sleep 0.05
	done
	[[ $code == 403 || $code == 400 || $code == 401 ]] ||
		fail "$log" "protect refuses nothing over http: status $code."
	put_counts_back "$asked"
}

watch_all() {
	local ended=
	while :; do
		wait -n -p ended "${started[@]}" 2>/dev/null || :
		[[ -z $ended ]] || fail "${log_of[$ended]}" "${name_of[$ended]} ended, which it should not."
		check_children
	done
}
