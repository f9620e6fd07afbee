# Part of scripts/serve: the state folder and what is written into it.
# shellcheck shell=bash disable=SC2034,SC2154 # variables of serve and its other parts

find_tools() {
	local tool tools=(curl openssl flock setpriv setsid)
	case $server in
	nginx) tools+=(nginx spawn-fcgi multiwatch) ;;
	lighttpd) tools+=(lighttpd spawn-fcgi multiwatch) ;;
	cgi) tools+=(lighttpd) ;;
	esac
	[[ -z $demo ]] || tools+=(jq)
	for tool in "${tools[@]}"; do
		command -v "$tool" >/dev/null || die 3 "$tool is not installed (scripts/install-deps installs what is needed)"
	done
}

# Beside this checkout, or where `make install` puts them, or where told.
find_programs() {
	local program
	libexec=${OSTIARY_LIBEXEC:-} ostiary=${OSTIARY_BIN:-}
	if [[ -f $top/Makefile || -d $top/build ]]; then
		: "${libexec:=$top/build/cgi-bin}" "${ostiary:=$top/build/ostiary}"
	else
		: "${libexec:=${top%/share/ostiary}/libexec/ostiary}" "${ostiary:=${top%/share/ostiary}/bin/ostiary}"
	fi
	libexec=$(readlink -f -- "$libexec" || printf '%s' "$libexec")
	ostiary=$(readlink -f -- "$ostiary" || printf '%s' "$ostiary")
	for program in "${programs[@]/#/$libexec/}" "$ostiary"; do
		[[ -f $program && -x $program ]] || die 3 "no program $program (make builds it)"
	done
}

# as_user[0] is a command that runs another one as the programs' user; the
# rest are its options.
choose_user() {
	run_user=$(id -un) as_user=(setpriv)
	is_root=
	if ((EUID == 0)); then
		is_root=yes run_user=www-data
		getent passwd "$run_user" >/dev/null || die 3 "there is no user $run_user"
		as_user+=("--reuid=$run_user" "--regid=$(id -gn "$run_user")" --init-groups)
	fi
}

own() { [[ -z $is_root ]] || chown -h "$run_user:" -- "$@"; }

open_state() {
	local holder entry known=
	[[ -d $root ]] || die 3 "--root: no folder $root"
	[[ -x $root ]] || die 3 "--root: cannot enter $root"
	root=$(cd -- "$root" && pwd -P)
	if [[ ! -d $state ]]; then
		(umask 022 && mkdir -p -- "$(dirname -- "$state")" && mkdir -m 700 -- "$state") ||
			die 3 "--state: cannot make $state"
	fi
	[[ -x $state && -w $state ]] || die 3 "--state: cannot write in $state"
	state=$(cd -- "$state" && pwd -P)
	[[ $state/$root/$top/$libexec =~ ^[-A-Za-z0-9_./+@,:=~]+$ ]] ||
		die 3 "the web servers' files cannot name a path with blanks or such signs: $state, $root, $top"
	# Below the document root the keys would be served.
	[[ $state/ != "$root"/* ]] || die 3 "--state $state must not lie below --root $root"
	# As root the folder changes its owner: not one that belongs to others.
	for entry in serve.lock ostiary.conf policy tls.crt state; do
		[[ ! -e $state/$entry ]] || known=yes
	done
	[[ -n $known || -z $(ls -A -- "$state") ]] ||
		die 3 "--state: $state holds other things; name an empty or a new folder"

	[[ ! -L $state/serve.lock ]] || die 3 "$state/serve.lock is a symbolic link"
	exec {lock_fd}>>"$state/serve.lock" || die 3 "cannot write in $state"
	if ! flock -n "$lock_fd"; then
		holder=$(<"$state/serve.lock")
		die 3 "$state is in use by another scripts/serve${holder:+, process $holder}"
	fi
	printf '%s\n' $$ >"$state/serve.lock"

	mkdir -p -- "$state"/{run,log,tmp/nginx,tmp/lighttpd} "$state"/etc/{nginx,lighttpd,cgi}/site.d
	# the web server's workers read some of it, and it holds no secret
	chmod 755 "$state"/etc "$state"/etc/{nginx,lighttpd,cgi}{,/site.d}
	# nginx opens the access log as root, lighttpd as its user
	touch "$state/log/access.log"
	own "$state" "$state"/{run,log,tmp} "$state"/tmp/{nginx,lighttpd} "$state"/log/*
	# A socket's path has at most 107 bytes.
	run=$state/run run_is_temporary=
	if ((${#run} > 80)); then
		run=$(mktemp -d /tmp/ostiary.XXXXXXXX) run_is_temporary=yes
		own "$run"
	fi
}

is_port_busy() { (exec {probe}<>"/dev/tcp/$connect/$1") 2>/dev/null; }

choose_ports() {
	local port tries
	case $bind in # where to reach what listens there
	0.0.0.0) connect=127.0.0.1 ;;
	::) connect=::1 ;;
	*) connect=$bind ;;
	esac
	url_host=$connect listen_host=$bind
	[[ $connect != *:* ]] || url_host="[$connect]"
	[[ $bind != *:* ]] || listen_host="[$bind]"
	if ((https_port == 0)) && [[ -e $state/ostiary.conf ]]; then
		# the port that an earlier run took, if it is free
		issuer=$(conf_value issuer)
		if [[ $issuer =~ ^https://localhost:([1-9][0-9]{0,4})$ ]] && ! is_port_busy "${BASH_REMATCH[1]}"; then
			https_port=${BASH_REMATCH[1]}
		fi
	fi
	for port in https_port http_port; do
		for ((tries = 0; ${!port} == 0 && tries < 200; tries++)); do
			local try=$((20000 + RANDOM % 12000))
			((try == https_port || try == http_port)) || is_port_busy "$try" || printf -v "$port" '%s' "$try"
		done
		! is_port_busy "${!port}" || die 3 "port ${!port} of $bind is in use (--${port/_/-} names another)"
	done
	# An issuer has no port where it is that of https anyway.
	port_suffix=:$https_port
	[[ $https_port != 443 ]] || port_suffix=
	base_url=https://localhost$port_suffix
}

make_certificate() {
	local names='DNS:localhost,IP:127.0.0.1,IP:::1'
	if [[ -e $state/tls.crt || -e $state/tls.key ]]; then
		[[ -e $state/tls.crt && -e $state/tls.key ]] ||
			die 3 "$state has only one of tls.crt and tls.key: put the other beside it, or remove it"
		openssl x509 -in "$state/tls.crt" -noout -checkend 0 >/dev/null ||
			note "warning: $state/tls.crt has expired; remove tls.crt and tls.key to get new ones"
		return
	fi
	[[ $bind =~ ^(127\.0\.0\.1|::1|0\.0\.0\.0|::)$ ]] || names+=",IP:$bind"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -sha256 -days 820 \
		-keyout "$state/tls.key" -out "$state/tls.crt" -config /dev/stdin 2>"$state/log/openssl.log" <<-EOF ||
			[req]
			prompt = no
			distinguished_name = name
			x509_extensions = extensions
			[name]
			O = Ostiary on this machine
			CN = localhost
			[extensions]
			subjectAltName = $names
			basicConstraints = critical, CA:FALSE
			keyUsage = critical, digitalSignature
			extendedKeyUsage = serverAuth
			subjectKeyIdentifier = hash
		EOF
		die 3 "openssl made no certificate; see $state/log/openssl.log"
	chmod 644 "$state/tls.crt"
}

make_configuration() {
	if [[ ! -e $state/ostiary.conf ]]; then
		cat >"$state/ostiary.conf" <<-EOF
			# Written by scripts/serve because there was none; it is yours now.
			issuer = $base_url
			site_name = Example Open Data
			realm = Example API
			state = gdbm:state
			policy = policy
			protect_root = $root
		EOF
		# Not below --root of others, who may not want it shown.
		[[ -z $demo || $root != "$top/www/demo" ]] || cat >>"$state/ostiary.conf" <<-EOF
			front_data = $root/resource/trees.json
			front_path = /resource/trees.json
		EOF
	fi
	if [[ ! -e $state/policy ]]; then
		cat >"$state/policy" <<-'EOF'
			# Written by scripts/serve because there was none; it is yours now.
			# The first line that matches decides. No match: no.
			# methods   path                  who          options
			GET,HEAD    /resource/private/    user
			GET,HEAD    /resource/            app
			*           /resource/            user
			*           /v1/                  user         limit=300/15m
			GET,HEAD    /index.html           anyone
			GET,HEAD    /demo/                anyone
		EOF
	fi
	own "$state/ostiary.conf" "$state/policy"
	issuer=$(conf_value issuer)
	issuer_host=${issuer#*://} issuer_host=${issuer_host%%/*} issuer_host=${issuer_host%:*}
	[[ $issuer_host =~ ^[-A-Za-z0-9.:]+$|^\[[0-9a-fA-F:.]+\]$ ]] ||
		die 3 "$state/ostiary.conf: no usable issuer: $issuer"
	[[ $issuer == "$base_url" ]] ||
		note "the issuer in $state/ostiary.conf is $issuer, this instance listens on port $https_port"
	if [[ $server == cgi && $(conf_value protect_root) != "$root" ]]; then
		note "plain CGI serves protect_root of $state/ostiary.conf, not --root $root"
	fi
}

# The last value of a key, as the programs take it.
conf_value() {
	sed -n "s/^[[:blank:]]*$1[[:blank:]]*=[[:blank:]]*//p" "$state/ostiary.conf" | sed 's/[[:blank:]]*$//' | tail -n 1
}

# may TEST PATH: can the programs' user do this? If not, say what is in the way.
may() {
	local part=/ rest=${2#/}
	! "${as_user[@]}" -- test "$1" "$2" || return 0
	while [[ $rest == */* ]] && "${as_user[@]}" -- test -x "$part"; do
		part=${part%/}/${rest%%/*} rest=${rest#*/}
	done
	if "${as_user[@]}" -- test -x "$part"; then
		die 3 "user $run_user has no access to $2 (test $1)"
	fi
	die 3 "user $run_user cannot reach $2: $part is closed to it (put it elsewhere, or chmod a+x $part)"
}

check_reach() {
	local program
	may -x "$state"
	may -w "$state"
	may -r "$state/ostiary.conf"
	may -r "$state/policy"
	may -x "$root"
	may -r "$root"
	for program in "${programs[@]/#/$libexec/}" "$ostiary"; do
		may -x "$program"
	done
	may -x "$top/www"
}

ostiary() { "${as_user[@]}" -- "$ostiary" -c "$state/ostiary.conf" "$@"; }

state_folder() {
	local folder
	folder=$(conf_value state)
	folder=${folder#gdbm:}
	[[ $folder == /* ]] || folder=$state/$folder
	printf '%s\n' "$folder"
}

make_state() {
	local folder
	[[ $(conf_value state) == gdbm:* ]] || return 0
	folder=$(state_folder)
	if [[ ! -d $folder ]]; then
		mkdir -m 700 -- "$folder" || die 3 "cannot make $folder"
		own "$folder"
	fi
	[[ $folder -ef $state ]] || [[ -z $(ls -A -- "$folder") ]] || return 0
	[[ ! -e $folder/accounts ]] || return 0
	ostiary init >"$state/log/init.log" 2>&1 || {
		sed 's/^/    /' "$state/log/init.log" >&2
		die 3 "ostiary init failed for $folder"
	}
}

# A program with a broken configuration would only be restarted over and over.
check_policy() {
	local out=$state/log/policy.log code=0
	ostiary policy check >"$out" 2>&1 || code=$?
	# 2 is a command that is older than this sub-command
	((code == 0 || code == 2)) || {
		sed 's/^/    /' "$out" >&2
		die 3 "$state/ostiary.conf or the policy has errors"
	}
}

# Two steps, because what replaces one path may contain another.
substitute() { # FILE
	local -a values=(
		"$state/etc/nginx" "$state/etc/lighttpd" "$state/etc/cgi" "$state" "$run" "$root"
		"$state/tmp" "$state/log" "$top" "$libexec" "$issuer_host" "$listen_host"
	)
	local -a edit=(
		-e '/\[::\]/d'
		-e 's|/etc/ostiary/nginx|@0@|g' -e 's|/etc/ostiary/lighttpd|@1@|g' -e 's|/etc/ostiary/cgi|@2@|g'
		-e 's|/etc/ostiary|@3@|g' -e 's|/run/ostiary|@4@|g' -e 's|/srv/www|@5@|g'
		-e 's|/var/lib/ostiary|@6@|g' -e 's|/var/log/ostiary|@7@|g' -e 's|/usr/share/ostiary|@8@|g'
		-e 's|/usr/libexec/ostiary|@9@|g' -e 's|data\.example\.org|@10@|g'
		-e "s|0\.0\.0\.0:443|@11@:$https_port|g" -e "s|0\.0\.0\.0:80|@11@:$http_port|g"
		-e "s|^\(server\.bind *= \)\"0\.0\.0\.0\"|\1\"@11@\"|" -e "s|^\(server\.port *= \)80$|\1$http_port|"
		-e "s|https://\\\$host\\\$request_uri|https://\$host$port_suffix\$request_uri|"
		-e "s|\(\"OSTIARY_HTTPS_PORT\" => \)\"\"|\1\"$port_suffix\"|"
		-e "s|^\(var\.ostiary_https_port = \)\"\"|\1\"$port_suffix\"|"
	)
	local i
	[[ -n $is_root ]] || edit+=(-e '/^user www-data;/d' -e '/^server\.\(user\|group\)name/d')
	# nginx decides by its server_name; lighttpd has no such name
	[[ ! $issuer_host =~ ^(localhost|[0-9.]+|.*:.*)$ ]] || edit+=(-e '/set-response-header.*Strict-Transport-Security/d')
	for i in "${!values[@]}"; do
		edit+=(-e "s|@$i@|${values[i]}|g")
	done
	sed "${edit[@]}" -- "$1"
}

render() {
	local kind file
	for kind in nginx lighttpd cgi; do
		for file in "$top/scripts/deploy/$kind"/*; do
			[[ $file != */demo.conf ]] || continue
			substitute "$file" >"$state/etc/$kind/${file##*/}"
		done
		rm -f -- "$state/etc/$kind/site.d/demo.conf"
		[[ -z $demo ]] || substitute "$top/scripts/deploy/$kind/demo.conf" >"$state/etc/$kind/site.d/demo.conf"
		find "$state/etc/$kind" -type f -exec chmod 644 -- {} +
	done
	lighttpd_conf=$state/etc/$server/lighttpd.conf
}

test_configuration() {
	local out=$state/log/configtest.log
	if [[ $server == nginx ]]; then
		nginx -e "$state/log/nginx-start.log" -t -q -c "$state/etc/nginx/nginx.conf" >"$out" 2>&1 && return
	else
		lighttpd -tt -f "$lighttpd_conf" >"$out" 2>&1 && return
	fi
	sed 's/^/    /' "$out" >&2
	die 3 "the configuration of $server is not accepted"
}
