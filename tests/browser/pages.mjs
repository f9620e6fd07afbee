// Every page, once: what `make screenshots` shows and the walk "pages" checks.
//	name	of its pictures, and unique
//	path	below the site, or a function (page) that gives it, after having
//		made what the page shows
//	as	the user of the demo who looks; nobody if absent
//	status	of the answer, if not 200
//	steps	(page) what to do on it before it is what the name says
import { readFileSync } from "node:fs";
import { demo } from "./browser.mjs";
import { askForDevice, authorizeUrl, backAtApp, manyScopes, signIn } from "./person.mjs";

const here = new URL("./", import.meta.url);
const authorize = (more) => authorizeUrl(more).slice(demo.https.length);

async function press(page, name) {
	await page.getByRole("button", { name }).click();
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
	{ name: "signin", path: authorize() },
	{ name: "signin-wrong", path: authorize(), steps: async (page) => {
		await signIn(page, { userName: "nobody here", password: "not the password" });
		await page.getByRole("alert").waitFor();
	} },
	{ name: "account", path: "/account", as: "reader" },
	{ name: "keys", path: "/account/keys", as: "reader" },
	{ name: "apps", path: "/account/apps", as: "admin" },
	{ name: "allowed", path: "/account/allowed", as: "reader" },
	{ name: "usage", path: "/account/usage", as: "reader" },
	{ name: "sessions", path: "/account/sessions", as: "reader" },
	{ name: "events", path: "/account/events", as: "reader" },
	{ name: "settings", path: "/account/settings", as: "reader" },
	{ name: "consent", path: authorize(manyScopes), as: "reader" },
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
