// What a person does on the pages, for the walks.
import { demo, expect } from "./browser.mjs";

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

export async function signIn(page, { userName, password } = reader) {
	await page.getByLabel("User name").fill(userName);
	await page.getByLabel("Password").fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
}

// Signs the page's context in as that user of the demo. A password is hashed
// once in a run: the cookies are kept for the contexts that follow.
const cookies = new Map();
export async function signedIn(page, name) {
	if (!cookies.has(name)) {
		await page.goto(authorizeUrl());
		await signIn(page, user(name));
		await page.getByRole("button", { name: "Allow" }).waitFor();
		cookies.set(name, await page.context().cookies());
	}
	await page.context().addCookies(cookies.get(name));
}

// Back at the application: the parameters of its callback.
export async function backAtApp(page) {
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	return new URL(page.url()).searchParams;
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
