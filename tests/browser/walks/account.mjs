// A holder of keys does everything alone, with a script in the browser or not.
import { demo, expect, ostiary } from "../browser.mjs";
import { authorizeUrl, newUser, redeemed, signIn } from "../person.mjs";

const both = ["light", "no-script"];

async function press(page, name) {
	await page.getByRole("button", { name, exact: true }).click();
	await page.waitForLoadState();
}

// What the API answers to it.
async function api(page, authorization) {
	const answer = await page.request.get(`${demo.https}/api/users/current.json`,
		{ headers: { authorization } });
	return answer.status();
}
const basic = (id, secret) => `Basic ${btoa(`${id}:${secret}`)}`;

async function enter(page, name, mode) {
	const person = newUser(`${name}-${mode}`);
	await page.goto(`${demo.https}/account`);
	await signIn(page, person);
	await page.getByRole("heading", { name: "Your account", exact: true }).waitFor();
	return person;
}

async function keys(page, stop, mode) {
	await enter(page, "keys", mode);
	await page.getByRole("link", { name: "API keys", exact: true }).click();
	await stop("1-none");
	await page.getByLabel("Name", { exact: true }).fill("Nightly export");
	await page.getByLabel("Works for").selectOption("date");
	await press(page, "Create key");
	await page.getByText("Please give the date").waitFor();
	expect((await page.getByLabel("Name", { exact: true }).inputValue()) === "Nightly export", "the name is lost");
	await stop("2-no-date");
	await page.getByLabel("Works for").selectOption("90");
	await press(page, "Create key");
	const line = await page.locator("#try").textContent();
	const [, id, first] = line.match(/-u (\w+):(\w+) /);
	expect((await page.locator("#secret").textContent()) === first, "the line has another secret");
	expect((await api(page, basic(id, first))) === 200, "the new key does not work");
	await stop("3-secret");
	await page.getByRole("link", { name: "I have copied it" }).click();
	expect(!(await page.content()).includes(first), "the secret is shown again");
	await page.getByRole("link", { name: "New secret for Nightly export" }).click();
	await stop("4-rotate");
	await page.getByLabel("The old secret works for").selectOption("7");
	await press(page, "Make a new secret");
	const second = await page.locator("#secret").textContent();
	expect(second !== first, "the same secret");
	for (const secret of [first, second])
		expect((await api(page, basic(id, secret))) === 200, "a secret does not work in the overlap");
	await stop("5-rotated");
	await page.getByRole("link", { name: "I have copied it" }).click();
	await page.getByRole("link", { name: "Revoke Nightly export" }).click();
	await stop("6-revoke");
	await press(page, "Revoke this key");
	await page.getByText("Revoked", { exact: true }).waitFor();
	for (const secret of [first, second])
		expect((await api(page, basic(id, secret))) === 401, "a revoked key works");
	await stop("7-revoked");
}

async function apps(page, stop, mode) {
	const callback = `${demo.https}/demo/${mode}`;
	await enter(page, "apps", mode);
	await page.getByRole("link", { name: "Applications", exact: true }).click();
	await page.getByRole("link", { name: "Register an application" }).click();
	await page.getByLabel("Name", { exact: true }).fill("Trees & <b>more</b>");
	await page.getByLabel("On a web server").check();
	await page.getByLabel("Callback prefixes").fill("http://trees.example/back");
	await press(page, "Register");
	const field = page.getByLabel("Callback prefixes");
	expect((await field.getAttribute("aria-invalid")) === "true", "the field is not marked");
	expect((await field.getAttribute("aria-describedby")).includes("error_prefixes"), "nothing tells its error");
	await page.getByText("must begin with https://").waitFor();
	expect((await page.getByLabel("Name", { exact: true }).inputValue()) === "Trees & <b>more</b>", "the name is lost");
	await stop("1-wrong-callback");
	await field.fill(`${callback}\n${callback}/more`);
	await press(page, "Check only");
	await page.getByText("It covers").first().waitFor();
	await stop("2-checked");
	await press(page, "Register");
	const app = {
		client_id: await page.locator("#client_id").textContent(),
		client_secret: await page.locator("#client_secret").textContent(),
		redirect_uri: callback,
	};
	await stop("3-registered");

	await page.goto(authorizeUrl({ client_id: app.client_id, redirect_uri: callback, scope: "openid profile" }));
	await page.getByText("Trees & <b>more</b>").waitFor();
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${callback}?*`);
	const { access_token: token } = await redeemed(page, new URL(page.url()).searchParams.get("code"), app);
	expect((await api(page, `Bearer ${token}`)) === 200, "the token does not work");

	await page.goto(`${demo.https}/account/allowed`);
	await stop("4-allowed");
	await page.getByRole("link", { name: /^Withdraw/ }).click();
	await stop("5-withdraw");
	await press(page, "Withdraw");
	await page.getByText("There is none.").waitFor();
	expect((await api(page, `Bearer ${token}`)) === 401, "a withdrawn token works");
	await stop("6-withdrawn");

	await page.goto(`${demo.https}/account/apps`);
	await stop("6-listed");
	await page.getByRole("link", { name: /^New secret/ }).click();
	await page.getByLabel("The old secret ends").selectOption("7");
	await press(page, "Make a new secret");
	expect((await page.locator("#client_secret").textContent()) !== app.client_secret, "the same secret");
	await stop("7-rotated");
	await page.getByRole("link", { name: "Back to your applications" }).click();
	await page.getByRole("link", { name: /^Delete/ }).click();
	await stop("8-delete");
	await press(page, "Delete it");
	await page.getByText("You have no application yet.").waitFor();
}

async function settings(page, stop, mode) {
	await enter(page, "settings", mode);
	await page.goto(`${demo.https}/account/settings`);
	await page.getByLabel("Language").selectOption("es");
	await page.locator("main button").click();
	await page.waitForLoadState();
	expect((await page.locator("html").getAttribute("lang")) === "es", "the page is not Spanish");
	await stop("1-spanish");
	await page.goto(`${demo.https}/account`);
	expect((await page.locator("html").getAttribute("lang")) === "es", "the overview is not Spanish");
	await stop("2-overview");
}

async function operator(page, stop, mode) {
	const person = newUser(`watched-${mode}`);
	const chief = newUser(`chief-${mode}`, "--role", "admin");
	const key = ostiary("", "key", "add", person.userName, "--name", "watched");
	await page.goto(`${demo.https}/account/admin`);
	await signIn(page, chief);
	await page.getByRole("heading", { name: "Operation" }).waitFor();
	await stop("1-glance");
	await page.locator("main").getByRole("link", { name: "Users", exact: true }).click();
	await page.getByRole("searchbox").fill(person.userName);
	await page.keyboard.press("Enter");
	await page.getByText("Found: 1").waitFor();
	await stop("2-found");
	await page.getByRole("link", { name: person.userName, exact: true }).click();
	await page.getByRole("link", { name: "Disable this user" }).click();
	await stop("3-disable");
	await press(page, "Disable this user");
	await page.locator("#state", { hasText: "disabled" }).waitFor();
	expect((await api(page, basic(key.key_id, key.key_secret))) === 401, "the key of the disabled works");
	await stop("4-disabled");
	await page.getByRole("link", { name: "Enable this user" }).click();
	await press(page, "Enable this user");
	await page.locator("#state", { hasText: "active" }).waitFor();
	expect((await api(page, basic(key.key_id, key.key_secret))) === 200, "the key of the enabled does not work");
}

export const walks = [
	{ name: "keys", steps: keys, modes: both },
	{ name: "apps", steps: apps, modes: both },
	{ name: "settings", steps: settings, modes: both },
	{ name: "operator", steps: operator, modes: ["phone", "no-script"] },
];
