// A single-page application at an origin of its own: a static server for its
// page and for oidc-client-ts as its package has it, and the application as
// Ostiary knows it, public. The walks use `manager` of the page.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer as createPlain } from "node:http";
import { createServer as createSecure } from "node:https";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { demo, ostiary } from "./browser.mjs";

const modules = createRequire(`${process.env.MODULES}/`);
const library = `${dirname(modules.resolve("oidc-client-ts/package.json"))}/dist/browser/oidc-client-ts.min.js`;
const state = dirname(process.env.OSTIARY_CONF);
const policy = `${state}/policy`;

const page = `<!DOCTYPE html>
<html lang="en">
<title>Leaves</title>
<script src="/oidc-client-ts.min.js"></script>
<script src="/settings.js"></script>
<main><h1>Leaves</h1></main>
</html>`;

// What oidc-client-ts is told, and nothing else. Frames and windows that it
// opened end at /relay; at /callback the walk itself calls signinCallback().
const settings = (origin, clientId) => `
const manager = new oidc.UserManager({
	authority: ${JSON.stringify(demo.https)},
	client_id: ${JSON.stringify(clientId)},
	redirect_uri: ${JSON.stringify(`${origin}/callback`)},
	silent_redirect_uri: ${JSON.stringify(`${origin}/relay`)},
	popup_redirect_uri: ${JSON.stringify(`${origin}/relay`)},
	scope: "openid profile email trees:read offline_access",
	loadUserInfo: true,
	userStore: new oidc.WebStorageStateStore({ store: localStorage }),
});
if (location.pathname === "/relay") manager.signinCallback();
`;

function serve(isSecure) {
	const files = {
		"/oidc-client-ts.min.js": ["text/javascript", readFileSync(library)],
		"/settings.js": ["text/javascript", ""],
	};
	for (const path of ["/", "/callback", "/relay"]) files[path] = ["text/html; charset=utf-8", page];
	const answer = (request, response) => {
		const [type, body] = files[request.url.replace(/\?.*/, "")] ?? ["text/plain", ""];
		response.writeHead(body === "" ? 404 : 200, { "Content-Type": type, "Cache-Control": "no-store" });
		response.end(body);
	};
	const server = isSecure
		? createSecure({ cert: readFileSync(`${state}/tls.crt`), key: readFileSync(`${state}/tls.key`) }, answer)
		: createPlain(answer);
	return new Promise((done) => {
		server.listen(0, "127.0.0.1", () => done({ server, files }));
	});
}

// A rule above those that are there, until undo() is called.
function addRule(line) {
	const before = readFileSync(policy, "utf8");
	const put = (text) => {
		writeFileSync(`${policy}.new`, text, { mode: 0o644 });
		renameSync(`${policy}.new`, policy);
	};
	put(`${line}\n${before}`);
	return () => put(before);
}

// Does what with the origin of a new application, at a free port of site:
// https://127.0.0.1 is another site than ours, https://localhost the same one,
// and at http://127.0.0.1 a developer has it. Its pages may fetch /v1/projects/
// with a token.
export async function withSpa(site, what) {
	const { server, files } = await serve(site.startsWith("https:"));
	const origin = `${site}:${server.address().port}`;
	// Of a loopback address the port is not registered (RFC 8252 section 7.3).
	const registered = site.startsWith("https:") ? origin : site;
	const app = ostiary("", "app", "add", "Leaves", "--owner", "admin", "--public",
		"--redirect-uri", `${registered}/callback`, "--redirect-uri", `${registered}/relay`);
	files["/settings.js"][1] = settings(origin, app.client_id);
	const undo = addRule(`GET,HEAD  /v1/projects/  scope:trees:read  auth=token cors=${origin}`);
	try {
		return await what(origin, app);
	} finally {
		undo();
		server.closeAllConnections();
		await new Promise((done) => { server.close(done); });
	}
}
