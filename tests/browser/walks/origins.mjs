// Our pages and other origins.
import { demo, expect, ostiary } from "../browser.mjs";
import { authorizeUrl, signedIn } from "../person.mjs";

// S22: another host is another origin. Chromium would stop the redirect at a
// form-action that does not name it.
async function elsewhere(page) {
	const there = (url) => url.replace("//localhost:", "//127.0.0.1:");
	const app = ostiary("", "app", "add", "Elsewhere", "--owner", "admin",
		"--callback-prefix", there(demo.app.callback_prefix));
	const callback = there(demo.app.redirect_uri);
	const asked = authorizeUrl({ client_id: app.client_id, redirect_uri: callback });
	await signedIn(page, "reader");
	await page.goto(asked);
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(`${callback}?*`);
	expect(new URL(page.url()).searchParams.get("code"), "no code");
	await page.goto(asked);
	await page.getByRole("button", { name: "Deny" }).click();
	await page.waitForURL(`${callback}?*`);
	expect(new URL(page.url()).searchParams.get("error") === "access_denied", "not denied");
}

// S07: no form is ever shown in somebody else's frame.
async function framed(page) {
	await page.route(`${demo.https}/frame`, (route) => route.fulfill({
		contentType: "text/html", body: `<iframe src="${authorizeUrl().replaceAll("&", "&amp;")}"></iframe>`,
	}));
	await page.goto(`${demo.https}/frame`);
	await page.waitForTimeout(100);
	for (const frame of page.frames())
		expect((await frame.locator("form").count()) === 0, "the form is shown in a frame");
}

export const walks = [
	{
		name: "elsewhere", steps: elsewhere, modes: ["light"],
		expected: /^left for https:\/\/127\.0\.0\.1:/,
	},
	{
		name: "framed", steps: framed, modes: ["light"],
		expected: /frame-ancestors|ERR_BLOCKED_BY_(RESPONSE|CSP)/,
	},
];
