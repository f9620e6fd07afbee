// A single-page application of another origin, public, with oidc-client-ts:
// what it does for the big providers it does here.
import { demo, expect } from "../browser.mjs";
import { signedIn } from "../person.mjs";
import { withSpa } from "../spa.mjs";

// What the library's promise came to: its user, or its error.
function call(page, method, args) {
	return page.evaluate(async ([method, args]) => {
		try {
			const user = await manager[method](args);
			return user ? { ...user, scopes: user.scopes } : {};
		} catch (error) {
			return { failed: error.name, error: error.error, message: error.message };
		}
	}, [method, args]);
}

async function callOk(page, method, args) {
	const is = await call(page, method, args);
	expect(!is.failed, `${method}: ${is.failed} ${is.error} ${is.message}`);
	return is;
}

async function callFails(page, method, error, args) {
	const is = await call(page, method, args);
	expect(is.error === error, `${method}: ${JSON.stringify(is)}, not ${error}`);
	return is;
}

// To the consent page, signed in, and to the application with the decision.
async function ask(page, origin, decision = "Allow", stop = () => {}) {
	await page.goto(`${origin}/`);
	await page.evaluate(() => { manager.signinRedirect(); }); // which leaves the page
	await page.getByRole("button", { name: decision }).waitFor();
	await stop();
	await page.getByRole("button", { name: decision }).click();
	await page.waitForURL(`${origin}/callback?*`);
}

async function enter(page, origin, stop) {
	await signedIn(page, "reader");
	await ask(page, origin, "Allow", stop);
	const user = await callOk(page, "signinCallback");
	expect(user.refresh_token, "no refresh token");
	return user;
}

// The guarded address, as the page can read it.
function fetchGuarded(page, token, more = {}) {
	return page.evaluate(async ([url, headers]) => {
		const answer = await fetch(url, { headers });
		return { status: answer.status, left: answer.headers.get("X-RateLimit-Remaining"),
			tag: answer.headers.get("ETag"), body: await answer.text() };
	}, [`${demo.https}/v1/projects/`, { Authorization: `Bearer ${token}`, ...more }]);
}

async function opens(page, token) {
	const is = await fetchGuarded(page, token);
	expect(is.status === 200 && Number(is.left) > 0 && JSON.parse(is.body), `fetch: ${JSON.stringify(is)}`);
}

// With headers that are the API's own business, there and back.
async function opensOnCondition(page, token) {
	const { tag } = await fetchGuarded(page, token);
	expect(tag, "the page cannot read the ETag");
	const is = await fetchGuarded(page, token, { "If-None-Match": tag });
	expect(is.status === 304, `fetch on condition: ${JSON.stringify(is)}`);
}

async function isDead(page, token) {
	const is = await fetchGuarded(page, token);
	expect(is.status === 401 && JSON.parse(is.body).code === "token_revoked", `fetch: ${JSON.stringify(is)}`);
}

const whole = (site) => async (page, stop) => {
	await withSpa(site, async (origin) => {
		const first = await enter(page, origin, () => stop("1-consent"));
		expect(first.profile.preferred_username === "reader", `profile: ${JSON.stringify(first.profile)}`);
		expect(first.scopes.includes("trees:read"), `scopes: ${first.scopes}`);
		await opens(page, first.access_token);
		await opensOnCondition(page, first.access_token);
		const second = await callOk(page, "signinSilent");
		expect(second.access_token !== first.access_token, "the same access token");
		expect(second.refresh_token !== first.refresh_token, "the same refresh token");
		await opens(page, second.access_token);
		await callOk(page, "revokeTokens");
		await isDead(page, second.access_token);
		await isDead(page, first.access_token);
	});
};

// Holds what the tabs send until that many have sent it; what each sent.
async function together(context, url, n) {
	const sent = [];
	let go;
	const all = new Promise((done) => { go = done; });
	await context.route(url, async (route) => {
		sent.push(new URLSearchParams(route.request().postData()));
		if (sent.length === n) go();
		await all;
		await route.continue();
	});
	return sent;
}

// Tabs share the user that is stored, and at the same moment find that the
// access token runs out.
async function tabs(page) {
	await withSpa("https://127.0.0.1", async (origin) => {
		const first = await enter(page, origin);
		const other = await page.context().newPage();
		await other.goto(`${origin}/`);
		const sent = await together(page.context(), `${demo.https}/oauth/token`, 2);
		const both = await Promise.all([callOk(page, "signinSilent"), callOk(other, "signinSilent")]);
		expect(sent.every((one) => one.get("refresh_token") === first.refresh_token), "not the same token was sent");
		expect(both[0].refresh_token === both[1].refresh_token, "two tabs got two refresh tokens");
		for (const { access_token: token } of both) await opens(page, token);
		const next = await callOk(page, "signinSilent");
		await opens(other, next.access_token);
		// One that slept through both comes with the very first.
		await other.evaluate((old) => manager.storeUser(new oidc.User(old)), first);
		await callFails(other, "signinSilent", "invalid_grant");
		await isDead(page, next.access_token);
	});
}

async function wrong(page, stop) {
	await withSpa("https://127.0.0.1", async (origin, app) => {
		await signedIn(page, "reader");
		await ask(page, origin, "Deny");
		await callFails(page, "signinCallback", "access_denied");
		// The address again: its state was used up.
		const again = await call(page, "signinCallback");
		expect(/No matching state/.test(again.message), `again: ${JSON.stringify(again)}`);
		await page.goto(`${origin}/callback?code=a&state=b`);
		const foreign = await call(page, "signinCallback");
		expect(/No matching state/.test(foreign.message), `foreign: ${JSON.stringify(foreign)}`);
		await spent(page, origin, app);
		await page.evaluate(() => { manager.signinRedirect({ redirect_uri: `${location.origin}/elsewhere` }); });
		await page.getByText("not registered").waitFor();
		await stop("not-registered");
	});
}

// Somebody was faster with the code: neither of them is left with a token.
async function spent(page, origin, app) {
	await ask(page, origin);
	const answer = new URL(page.url()).searchParams;
	const kept = await page.evaluate((state) => localStorage.getItem(`oidc.${state}`), answer.get("state"));
	const given = await page.request.post(`${demo.https}/oauth/token`, {
		form: { grant_type: "authorization_code", client_id: app.client_id, code: answer.get("code"),
			redirect_uri: `${origin}/callback`, code_verifier: JSON.parse(kept).code_verifier },
	});
	const { access_token: token } = await given.json();
	await opens(page, token);
	await callFails(page, "signinCallback", "invalid_grant");
	await isDead(page, token);
}

async function popup(page) {
	await withSpa("https://127.0.0.1", async (origin) => {
		await signedIn(page, "reader");
		await page.goto(`${origin}/`);
		const allow = async () => {
			const small = await page.waitForEvent("popup");
			const closed = small.waitForEvent("close");
			await Promise.all([closed, small.getByRole("button", { name: "Allow" }).click()]);
		};
		const [user] = await Promise.all([callOk(page, "signinPopup"), allow()]);
		await opens(page, user.access_token);
	});
}

// OIDC-04 8252-03: prompt=none in a hidden frame, where no page of ours may
// stand: the answer comes at once. The cookie of the session goes along only at
// the same site, and a public application's person is asked each time.
async function silent(page) {
	for (const [site, error] of [["https://127.0.0.1", "login_required"], ["https://localhost", "consent_required"]])
		await withSpa(site, async (origin) => {
			await signedIn(page, "reader");
			await page.goto(`${origin}/`);
			await callFails(page, "signinSilent", error);
		});
}

const expected = /^left for https?:\/\/(127\.0\.0\.1|localhost):|status of 40[0-9]/;
export const walks = [
	{ name: "spa", steps: whole("https://127.0.0.1") },
	{ name: "spa-developer", steps: whole("http://127.0.0.1") },
	{ name: "spa-tabs", steps: tabs },
	{ name: "spa-wrong", steps: wrong },
	{ name: "spa-popup", steps: popup },
	{ name: "spa-silent", steps: silent },
].map((walk) => ({ ...walk, modes: ["light"], expected }));
