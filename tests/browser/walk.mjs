// Walks through the pages with a real browser: node walk.mjs DEMO.JSON FOLDER
// CLIENT_ID, of an application that is called back at 127.0.0.1.
// Prints TAP; tests/browser/run starts the server and this script.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [demoFile, pictures, elsewhere] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(demoFile, "utf8"));
const reader = demo.users.find((user) => user.userName === "reader");

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM,
	args: [
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync",
	],
});

let number = 0;
let failures = 0;

function authorizeUrl(more = {}) {
	const params = new URLSearchParams({
		client_id: demo.app.client_id,
		response_type: "code",
		redirect_uri: demo.app.redirect_uri,
		state: "a&b=c é",
		...more,
	});
	return `${demo.https}/oauth/authorize?${params}`;
}

function expect(is, what) {
	if (!is) throw new Error(what);
}

// A browser of its own with these settings; what goes wrong on its pages is
// collected, and makes the walk fail unless it is expected: Chromium reports the
// 403 of a wrong password in its console.
async function walk(name, settings, steps, expected = /status of 40[03]/) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true,
		viewport: { width: 1000, height: 800 },
		...settings,
	});
	const page = await context.newPage();
	const faults = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !expected.test(message.text()))
			faults.push(message.text());
	});
	page.on("pageerror", (error) => faults.push(String(error)));
	page.on("requestfailed", (request) => {
		const fault = `${request.url()} ${request.failure()?.errorText}`;
		if (!expected.test(fault)) faults.push(fault);
	});
	page.on("request", (request) => {
		const fault = `left for ${request.url()}`;
		if (!request.url().startsWith(demo.https) && !expected.test(fault)) faults.push(fault);
	});
	number++;
	try {
		await steps(page, (picture) =>
			page.screenshot({ path: `${pictures}/${name}-${picture}.png`, fullPage: true }));
		expect(faults.length === 0, faults.join("; "));
		console.log(`ok ${number} - ${name}`);
	} catch (error) {
		failures++;
		console.log(`not ok ${number} - ${name}: ${error.message}\n# at ${page.url()}`);
		await page.screenshot({ path: `${pictures}/${name}-failed.png` });
	}
	await context.close();
}

// No page is wider than its window: nothing is cut off or scrolls sideways.
async function fits(page) {
	const [width, wanted] = [page.viewportSize().width,
		(await page.locator("body").boundingBox()).width];
	expect(wanted <= width, `the page is ${wanted} wide in a window of ${width}`);
}

async function signIn(page, user = reader) {
	await page.getByLabel("User name").fill(user.userName);
	await page.getByLabel("Password").fill(user.password);
	await page.getByRole("button", { name: "Sign in" }).click();
}

async function wholeWalk(page, shoot) {
	await page.goto(authorizeUrl());
	await fits(page);
	await shoot("1-signin");
	await signIn(page, { userName: "reader", password: "not the password" });
	await page.getByRole("alert").waitFor();
	expect((await page.title()).startsWith("Error: "), "the title does not tell the error");
	expect((await page.getByLabel("User name").inputValue()) === "reader", "the user name is lost");
	await shoot("2-wrong-password");
	await page.getByLabel("Password").fill(reader.password);
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Allow" }).waitFor();
	await fits(page);
	await shoot("3-consent");
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	const answer = new URL(page.url()).searchParams;
	expect(/^[A-Za-z0-9]{43}$/.test(answer.get("code")), "no code");
	expect(answer.get("state") === "a&b=c é", "another state");
	expect(answer.get("iss") === demo.https, "another issuer");
	await fits(page);
	await shoot("4-callback");
	return answer;
}

const manyScopes = { scope: "openid profile email trees:read trees:write offline_access" };

// The box is ticked by a click on its words; the next time there is no page.
async function remembered(page, shoot) {
	await page.goto(authorizeUrl(manyScopes));
	await page.getByText("do not ask me again").click();
	expect(await page.getByRole("checkbox").isChecked(), "the box is not ticked");
	await fits(page);
	await shoot("5-consent-scopes");
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	const first = new URL(page.url()).searchParams.get("code");
	await page.goto(authorizeUrl({ scope: "openid trees:read" }));
	expect(page.url().startsWith(`${demo.app.redirect_uri}?code=`), "a page was shown again");
	expect(new URL(page.url()).searchParams.get("code") !== first, "the same code");
	await page.goto(authorizeUrl({ prompt: "consent" }));
	await page.getByRole("button", { name: "Deny" }).click();
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	await page.goto(authorizeUrl());
	await page.getByRole("button", { name: "Allow" }).waitFor();
}

// A device shows a code; its owner types it in, compares, and allows it.
async function device(page, shoot) {
	const asked = await page.request.post(`${demo.https}/oauth/device_authorization`, {
		form: { client_id: demo.app.client_id, client_secret: demo.app.client_secret,
			scope: "openid profile trees:read" },
	});
	const codes = await asked.json();
	await page.goto(codes.verification_uri);
	if (await page.getByLabel("Password").isVisible()) await signIn(page);
	await page.getByLabel("Code").fill("BBBB-BBBB");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").waitFor();
	await fits(page);
	await shoot("8-device-wrong-code");
	await page.getByLabel("Code").fill(codes.user_code.replace("-", " ").toLowerCase());
	await page.keyboard.press("Enter");
	await page.getByText(codes.user_code).waitFor();
	await fits(page);
	await shoot("9-device-confirm");
	await page.getByRole("button", { name: "Allow" }).click();
	await page.getByRole("heading").waitFor();
	expect((await page.getByRole("button", { name: "Allow" }).count()) === 0, "it asks again");
	await fits(page);
	await shoot("10-device-done");
	const given = await page.request.post(`${demo.https}/oauth/token`, {
		form: { client_id: demo.app.client_id, client_secret: demo.app.client_secret,
			grant_type: "urn:ietf:params:oauth:grant-type:device_code",
			device_code: codes.device_code },
	});
	expect(given.ok() && (await given.json()).id_token, "the device got no token");
	await page.goto(codes.verification_uri_complete);
	expect((await page.getByLabel("Code").inputValue()) === codes.user_code, "the link does not fill the code in");
}

async function shownAnswer(page, answer) {
	for (const name of ["code", "state", "iss"])
		expect((await page.locator(`#value-${name}`).textContent()) === answer.get(name), `${name} is not shown`);
}

await walk("light", { colorScheme: "light" }, async (page, shoot) => {
	await shownAnswer(page, await wholeWalk(page, shoot));
	await page.goto(authorizeUrl(manyScopes));
	await shoot("5-consent-scopes");
	await page.getByRole("button", { name: "Deny" }).click();
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	expect(new URL(page.url()).searchParams.get("error") === "access_denied", "not denied");
	await shoot("6-denied");
	await page.goto(authorizeUrl());
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByText("You are signed out").waitFor();
	await shoot("7-signed-out");
	await page.goto(authorizeUrl());
	await page.getByLabel("User name").waitFor();
});

await walk("dark", { colorScheme: "dark" }, async (page, shoot) => {
	await shownAnswer(page, await wholeWalk(page, shoot));
	await remembered(page, shoot);
});

await walk("phone", {
	viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
}, async (page, shoot) => {
	await shownAnswer(page, await wholeWalk(page, shoot));
	await remembered(page, shoot);
	await device(page, shoot);
});

await walk("no-script", { javaScriptEnabled: false }, async (page, shoot) => {
	await wholeWalk(page, shoot);
	await device(page, shoot);
});

await walk("back", {}, async (page, shoot) => {
	await page.goto(authorizeUrl());
	await signIn(page);
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${demo.app.redirect_uri}?*`);
	await page.goBack();
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(/code=|\/oauth\/authorize/);
	await shoot("again");
});

await walk("errors", {}, async (page, shoot) => {
	await page.goto(authorizeUrl({ redirect_uri: "https://evil.example/cb?<b>" }));
	await page.getByText("redirect_uri_bad_character").waitFor();
	await shoot("1-callback");
	await page.goto(authorizeUrl({ client_id: "nobody" }));
	await page.getByText("unknown_application").waitFor();
	await shoot("2-application");
	await page.setViewportSize({ width: 360, height: 740 });
	await page.goto(authorizeUrl({ redirect_uri: `https://evil.example/${"x".repeat(300)}` }));
	await fits(page);
	await shoot("3-phone-long");
});

// S22: another host is another origin. Chromium would stop the redirect at a
// form-action that does not name it.
await walk("elsewhere", {}, async (page) => {
	const callback = demo.app.redirect_uri.replace("//localhost:", "//127.0.0.1:");
	const asked = authorizeUrl({ client_id: elsewhere, redirect_uri: callback });
	await page.goto(asked);
	await signIn(page);
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${callback}?*`);
	expect(new URL(page.url()).searchParams.get("code"), "no code");
	await page.goto(asked);
	await page.getByRole("button", { name: "Deny" }).click();
	await page.waitForURL(`${callback}?*`);
	expect(new URL(page.url()).searchParams.get("error") === "access_denied", "not denied");
}, /^left for https:\/\/127\.0\.0\.1:/);

// S07
await walk("framed", {}, async (page) => {
	await page.route(`${demo.https}/frame`, (route) => route.fulfill({
		contentType: "text/html", body: `<iframe src="${authorizeUrl().replaceAll("&", "&amp;")}"></iframe>`,
	}));
	await page.goto(`${demo.https}/frame`);
	await page.waitForTimeout(100);
	for (const frame of page.frames())
		expect((await frame.locator("form").count()) === 0, "the form is shown in a frame");
}, /frame-ancestors|ERR_BLOCKED_BY_(RESPONSE|CSP)/);

await browser.close();
console.log(`1..${number}`);
console.log(`${number - failures} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
