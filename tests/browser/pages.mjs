// Every page, once: what `make screenshots` shows and the walk "pages" checks.
//	name	of its pictures, and unique
//	path	below the site, or a function (page) that gives it, after having
//		made what the page shows
//	as	the user of the demo who looks; nobody if absent
//	status	of the answer, if not 200
//	of	the page of which it is another state, and whose title it may have
//	steps	(page) what to do on it before it is what the name says
import { readFileSync } from "node:fs";
import { demo, ostiary } from "./browser.mjs";
import {
	askForDevice, authorizeUrl, backAtApp, keep, mailedLink, manyScopes, newUser, redeemed, setUpTwoSteps, signIn, signedIn, user,
} from "./person.mjs";

const here = new URL("./", import.meta.url);
const authorize = (more) => authorizeUrl(more).slice(demo.https.length);

// Fills fields in, by their labels, and presses that button.
async function press(page, name, fields = {}) {
	for (const [label, value] of Object.entries(fields))
		await page.getByLabel(label, { exact: true }).fill(value);
	await page.getByRole("button", { name, exact: true }).click();
	await page.waitForLoadState();
}

const keyPath = (what) => `/account/keys/${what}?id=${demo.key.key_id}`;
const appPath = (what) => `/account/${what}?id=${demo.app.client_id}`;
const idOf = (name) => ostiary("", "user", "show", name).id;

// What a person types into the form of a new application.
function register(prefixes, button = "Register") {
	return async (page) => {
		await page.getByLabel("On a web server").check();
		await press(page, button, {
			Name: "Trees on a map", Description: "Shows where each tree of the city stands.",
			Website: "https://trees.example/about", "Callback prefixes": prefixes,
		});
	};
}

// The path, after the application has been let in.
function allowed(path) {
	return async (page) => {
		await page.goto(authorizeUrl(manyScopes));
		await press(page, "Allow");
		await redeemed(page, (await backAtApp(page)).get("code"));
		return path;
	};
}

async function enterDevice(page) {
	await page.getByLabel("Code").fill((await askForDevice(page)).user_code);
	await press(page, "Continue");
	await page.getByRole("button", { name: "Allow" }).waitFor();
}

// Every part of the style sheet, under the policy that our pages have.
async function guide(page) {
	const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
	await page.route(`${demo.https}/tests/browser/guide.html`, (route) => route.fulfill({
		contentType: "text/html; charset=utf-8", headers: { "content-security-policy": policy },
		body: readFileSync(new URL("guide.html", here)),
	}));
	await page.route(`${demo.https}/www/ostiary.css`, (route) => route.fulfill({
		contentType: "text/css", body: readFileSync(new URL("../../www/ostiary.css", here)),
	}));
	return "/tests/browser/guide.html";
}

export const pages = [
	{ name: "front", path: "/" },
	{ name: "front-signed-in", of: "front", path: "/", as: "reader" },
	{ name: "signin", path: authorize() },
	{ name: "signin-wrong", path: authorize(), steps: async (page) => {
		await signIn(page, { userName: "nobody here", password: "not the password" });
		await page.getByRole("alert").waitFor();
	} },
	{ name: "account", path: "/account", as: "reader" },
	{ name: "problem", path: "/account/nothing", as: "reader", status: 404 },
	{ name: "keys", path: "/account/keys", as: "reader" },
	{ name: "keys-wrong", path: "/account/keys", as: "reader", steps: (page) => press(page, "Create key", { Name: "demo" }) },
	{ name: "key-secret", path: "/account/keys", as: "reader", steps: (page) =>
		press(page, "Create key", { Name: "Nightly export" }) },
	{ name: "key-rotate", path: keyPath("rotate"), as: "reader" },
	{ name: "key-rotated", of: "key-secret", path: keyPath("rotate"), as: "reader", steps: (page) =>
		press(page, "Make a new secret") },
	{ name: "key-revoke", path: keyPath("revoke"), as: "reader" },
	{ name: "apps", path: "/account/apps", as: "admin" },
	{ name: "apps-none", of: "apps", path: "/account/apps", as: "reader" },
	{ name: "app-new", path: "/account/apps/new", as: "editor" },
	{ name: "app-new-wrong", path: "/account/apps/new", as: "editor", steps: register("http://trees.example/back\nhttps://trees.example/back/../up") },
	{ name: "app-new-checked", of: "app-new", path: "/account/apps/new", as: "editor",
		steps: register("https://trees.example/back\nhttps://trees.example/deep/", "Check only") },
	{ name: "app-secret", path: "/account/apps/new", as: "editor", steps: register("https://trees.example/back") },
	...["connect", "edit", "callbacks", "rotate", "delete"].map((what) =>
		({ name: `app-${what}`, path: appPath(`apps/${what}`), as: "admin" })),
	{ name: "allowed", path: allowed("/account/allowed"), as: "reader" },
	{ name: "allowed-withdraw", path: allowed(appPath("allowed/withdraw")), as: "reader" },
	{ name: "usage", path: "/account/usage", as: "reader" },
	{ name: "sessions", path: "/account/sessions", as: "reader" },
	{ name: "events", path: "/account/events", as: "reader" },
	{ name: "security", path: "/account/security", as: "reader" },
	{ name: "security-wrong", path: "/account/security", as: "reader", steps: (page) =>
		press(page, "Change password", { "Present password": "no", "New password": "no", "New password, once more": "yes" }) },
	{ name: "settings", path: "/account/settings", as: "reader" },
	{ name: "settings-saved", of: "settings", path: "/account/settings", as: "reader", steps: (page) => press(page, "Save") },
	{ name: "confirm", path: async (page) => {
		newUser("mailed", "--email", "mailed@example.org");
		await signedIn(page, "mailed");
		await page.goto(`${demo.https}/account/settings`);
		await press(page, "Send a link");
		return (await mailedLink(page, "mailed@example.org")).slice(demo.https.length);
	} },
	{ name: "settings-confirm", of: "settings", path: "/account/settings", as: "mailed" },
	{ name: "two-step", path: "/account/two-step", as: "reader" },
	{ name: "two-step-setup", path: "/account/two-step", as: "reader", steps: (page) => press(page, "Set up") },
	{ name: "two-step-codes", path: async (page) => {
		newUser("careful");
		await signedIn(page, "careful");
		return "/account/two-step";
	}, steps: async (page) => {
		await setUpTwoSteps(page); // which ends the session that was kept
		await keep(page, "careful");
	} },
	{ name: "two-step-on", of: "two-step", path: "/account/two-step", as: "careful" },
	{ name: "two-step-new", path: "/account/two-step/codes", as: "careful" },
	{ name: "two-step-off", path: "/account/two-step/off", as: "careful" },
	{ name: "second-step", path: "/account", steps: (page) => signIn(page, user("careful")) },
	{ name: "signup", path: "/account/signup" },
	{ name: "signup-sent", path: "/account/signup", steps: (page) =>
		press(page, "Send the link", { "Email address": "ann@example.org" }) },
	{ name: "signup-finish", of: "signup", path: async () =>
		ostiary("", "user", "invite", "--email", "bob@example.org").link.slice(demo.https.length) },
	{ name: "link-dead", path: "/account/reset?ticket=gone", status: 404 },
	{ name: "reset", path: "/account/reset" },
	{ name: "reset-sent", of: "signup-sent", path: "/account/reset", steps: (page) =>
		press(page, "Send the link", { "User name or email address": "reader" }) },
	{ name: "reset-finish", of: "reset", path: async (page) => {
		newUser("forgetful", "--email", "forgetful@example.org");
		await page.goto(`${demo.https}/account/reset`);
		await press(page, "Send the link", { "User name or email address": "forgetful" });
		return (await mailedLink(page, "forgetful@example.org")).slice(demo.https.length);
	} },
	{ name: "admin", path: "/account/admin", as: "admin" },
	...["users", "apps", "keys", "invite"].map((what) =>
		({ name: `admin-${what}`, path: `/account/admin/${what}`, as: "admin" })),
	{ name: "admin-refused", path: "/account/admin/refused?who=failed", as: "admin" },
	{ name: "admin-found", of: "admin-users", path: "/account/admin/users?q=read", as: "admin" },
	{ name: "admin-user", path: () => `/account/admin/user?id=${idOf("reader")}`, as: "admin" },
	{ name: "admin-app", path: appPath("admin/app"), as: "admin" },
	{ name: "admin-do", path: () => `/account/admin/do?action=user_disable&id=${idOf("reader")}`, as: "admin" },
	{ name: "admin-role", path: () => `/account/admin/do?action=role_add&id=${idOf("reader")}`, as: "admin" },
	{ name: "admin-invited", of: "admin-invite", path: "/account/admin/invite", as: "admin", steps: (page) =>
		press(page, "Make the link", { Email: "eve@example.org" }) },
	{ name: "consent", path: authorize(manyScopes), as: "reader" },
	{ name: "consent-long", of: "consent", path: () => {
		const app = ostiary("", "app", "add", "The neighbourhood's map of trees, benches and fountains, kept by its volunteers",
			"--owner", "admin", "--callback-prefix", demo.app.callback_prefix);
		return authorize({ client_id: app.client_id, scope: "openid trees:read offline_access" });
	}, as: "reader" },
	{ name: "callback", path: authorize({ prompt: "consent" }), as: "editor", steps: async (page) => {
		await press(page, "Deny");
		await backAtApp(page);
	} },
	{ name: "error-callback", path: authorize({ redirect_uri: "https://evil.example/cb?<b>" }), status: 400 },
	{ name: "error-application", path: authorize({ client_id: "nobody" }), status: 400 },
	{ name: "error-long", path: authorize({ redirect_uri: `https://evil.example/${"x".repeat(300)}` }), status: 400 },
	{ name: "device", path: "/device", as: "reader" },
	{ name: "device-confirm", path: "/device", as: "reader", steps: enterDevice },
	{ name: "device-refused", path: "/device", as: "reader", steps: async (page) => {
		await enterDevice(page);
		await press(page, "Deny");
		await page.getByRole("heading", { name: /refused/ }).waitFor();
	} },
	{ name: "device-done", path: "/device", as: "reader", steps: async (page) => {
		await enterDevice(page);
		await press(page, "Allow");
		await page.getByRole("heading", { name: /connected/ }).waitFor();
	} },
	{ name: "guide", path: guide },
];
