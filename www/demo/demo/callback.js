// Shows what the address of the callback page holds. Everything in it comes
// from outside and is only ever set as text.
"use strict";
{
	const query = new URLSearchParams(location.search);
	const answer = document.getElementById("answer");
	const names = ["code", "error", "error_description", "state", "iss"];

	for (const name of names.filter((name) => query.has(name))) {
		const term = document.createElement("dt");
		const value = document.createElement("dd");
		const text = document.createElement("code");
		term.textContent = name;
		text.id = "value-" + name;
		text.textContent = query.get(name);
		value.append(text);
		answer.append(term, value);
	}
	answer.hidden = !answer.firstChild;

	const result = document.getElementById("result");
	const code = query.get("code");
	if (code !== null) {
		result.textContent = "You allowed the application. It got this answer:";
		// A code is letters and digits. Anything else does not go into a
		// line that a person pastes into a shell.
		const safe = /^[A-Za-z0-9._~-]+$/.test(code) ? code : "CODE";
		document.getElementById("line").textContent =
			"curl --cacert .ostiary/tls.crt -d '' '" + location.origin + "/oauth/access_token" +
			"?client_id=CLIENT_ID&client_secret=CLIENT_SECRET" +
			"&grant_type=authorization_code&redirect_uri=" +
			encodeURIComponent(location.origin + location.pathname) +
			"&code=" + safe + "'";
	} else if (query.has("error")) {
		result.textContent = "The application was not allowed in. It got this answer:";
		document.getElementById("exchange").hidden = true;
	}
}
