// What a person does on the pages, for the walks.
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { demo, expect, ostiary } from "./browser.mjs";

export const user = (name) => demo.users.find((one) => one.userName === name);
export const reader = user("reader");
export const manyScopes = { scope: "openid profile email trees:read trees:write offline_access" };

export function authorizeUrl(more = {}) {
	const params = new URLSearchParams({
		client_id: demo.app.client_id,
		response_type: "code",
		redirect_uri: demo.app.redirect_uri,
		state: "a&b=c é",
		...more,
	});
	return `${demo.https}/oauth/authorize?${params}`;
}

// A user of the walk's own, whose password and sessions it may end.
export function newUser(userName, ...more) {
	const made = { userName, password: `words of ${userName}` };
	made.id = ostiary(made.password, "user", "add", userName, "--password-stdin", ...more).id;
	demo.users.push(made);
	return made;
}

export async function signIn(page, { userName, password } = reader) {
	await page.getByLabel("User name").fill(userName);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
}

// Signs the page's context in as that user of the demo. A password is hashed
// once in a run: the cookies are kept for the contexts that follow.
const cookies = new Map();
export async function keep(page, name) {
	cookies.set(name, await page.context().cookies());
}
export async function signedIn(page, name) {
	if (!cookies.has(name)) {
		await page.goto(authorizeUrl());
		await signIn(page, user(name));
		await page.getByRole("button", { name: "Allow" }).waitFor();
		await keep(page, name);
	}
	await page.context().addCookies(cookies.get(name));
}

// Back at the application: the parameters of its callback.
export async function backAtApp(page) {
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	return new URL(page.url()).searchParams;
}

// What the application gets for the code: only then has it been let in.
export async function redeemed(page, code, app = demo.app) {
	const given = await page.request.post(`${demo.https}/oauth/token`, {
		form: { grant_type: "authorization_code", code, redirect_uri: app.redirect_uri,
			client_id: app.client_id, client_secret: app.client_secret },
	});
	expect(given.ok(), `the code was answered with ${given.status()}`);
	return given.json();
}

// As the application on a device asks for its codes.
export async function askForDevice(page) {
	const asked = await page.request.post(`${demo.https}/oauth/device_authorization`, {
		form: { client_id: demo.app.client_id, client_secret: demo.app.client_secret,
			scope: "openid profile trees:read" },
	});
	expect(asked.ok(), `the device got ${asked.status()}`);
	return asked.json();
}

// What one reads or types after a click: the code of an authenticator (RFC 6238)
// with the secret that the page shows, now or so many steps of 30 s later.
export function totp(secret, later = 0) {
	const bits = [...secret.replace(/\s/g, "")].map((letter) =>
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g).map((octet) => parseInt(octet, 2)));
	const time = Buffer.alloc(8);
	time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + later));
	const mac = createHmac("sha1", key).update(time).digest();
	const code = (mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000;
	return String(code).padStart(6, "0");
}

// Turns two-step sign-in on for who is signed in; gives the secret.
export async function setUpTwoSteps(page) {
	await page.goto(`${demo.https}/account/two-step`);
	await page.getByRole("button", { name: "Set up" }).click();
	const secret = await page.locator("code#secret").textContent();
	await page.getByLabel("Six-digit code").fill(totp(secret));
	await page.getByRole("button", { name: "Turn on" }).click();
	await page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
	return secret;
}

// The link in the newest mail to that address, as soon as it has come.
export async function mailedLink(page, address) {
	for (let tries = 0; tries < 100; tries++) {
		const mails = readdirSync(process.env.MAILS).filter((name) => name.startsWith("mail.")).sort();
		for (const name of mails.reverse()) {
			const mail = readFileSync(`${process.env.MAILS}/${name}`, "utf8");
			if (mail.startsWith(`-i -- ${address}\n`)) return mail.match(/^https:\/\/\S+$/m)[0];
		}
		await new Promise((done) => { setTimeout(done, 100); });
	}
	throw new Error(`no mail to ${address}`);
}
