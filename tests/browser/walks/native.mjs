// Applications on the person's own device (RFC 8252): the browser leaves for
// them, whatever they say.
import { authorized, redeem, refresh, revoke } from "../appauth.mjs";
import { demo, expect, ostiary } from "../browser.mjs";
import { authorizeUrl, signedIn } from "../person.mjs";

function newApp(name, redirectUri) {
	return ostiary("", "app", "add", name, "--owner", "admin", "--public", "--redirect-uri", redirectUri);
}

async function userStatus(page, token) {
	const answer = await page.request.get(`${demo.https}/api/users/current.json`, {
		headers: { Authorization: `Bearer ${token}` },
	});
	return answer.status();
}

// 8252-01: the port is another one than that which is registered.
async function loopback(page, stop) {
	const app = newApp("Desk", "http://127.0.0.1:2/cb");
	const ask = (decision, name) => authorized(app.client_id, "openid offline_access", async (url, callback) => {
		await page.goto(url);
		await stop(name);
		await page.getByRole("button", { name: decision }).click();
		await page.waitForURL(`${callback}?*`);
		await page.getByText("Close your browser").waitFor();
	});
	await signedIn(page, "reader");
	const denied = await ask("Deny", "1-deny");
	expect(denied.error?.error === "access_denied", `denied: ${JSON.stringify(denied)}`);
	const allowed = await ask("Allow", "2-allow");
	expect(allowed.response, `allowed: ${JSON.stringify(allowed.error)}`);
	const first = await redeem(allowed);
	expect(first.idToken && (await userStatus(page, first.accessToken)) === 200, "no good token");
	const second = await refresh(allowed, first);
	expect((await userStatus(page, second.accessToken)) === 200, "no good token after the refresh");
	await revoke(allowed, second);
	expect((await userStatus(page, second.accessToken)) === 401, "the token lives on");
}

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636 appendix B
const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

// What chromium asks the person when it leaves stands before that window and
// keeps it: one for each decision.
async function decided(page, app, decision) {
	const small = await page.context().newPage();
	await small.goto(authorizeUrl({
		client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: "trees:read",
		code_challenge: challenge, code_challenge_method: "S256",
	}));
	await small.getByText("an application on this device").waitFor();
	const [left] = await Promise.all([
		small.waitForEvent("requestfailed", (request) => request.url().startsWith("com.example.app:")),
		small.getByRole("button", { name: decision }).click(),
	]);
	const answer = new URL(left.url());
	expect(answer.href.startsWith(`${app.redirect_uris[0]}?`), `left for ${answer}`);
	expect(answer.searchParams.get("state") === "a&b=c é" && answer.searchParams.get("iss") === demo.https,
		`left with ${answer.search}`);
	return answer.searchParams;
}

// To a scheme of the application's own, which no browser opens by itself.
async function scheme(page) {
	const app = newApp("Phone", "com.example.app:/cb");
	await signedIn(page, "reader");
	expect((await decided(page, app, "Deny")).get("error") === "access_denied", "not denied");
	const given = await page.request.post(`${demo.https}/oauth/token`, {
		form: { grant_type: "authorization_code", client_id: app.client_id, redirect_uri: app.redirect_uris[0],
			code: (await decided(page, app, "Allow")).get("code"), code_verifier: verifier },
	});
	expect(given.ok(), `the code was answered with ${given.status()}`);
}

export const walks = [
	{ name: "loopback", steps: loopback, modes: ["light", "no-script"], expected: /^left for http:\/\/127\.0\.0\.1:/ },
	{ name: "scheme", steps: scheme, modes: ["light"] },
];
