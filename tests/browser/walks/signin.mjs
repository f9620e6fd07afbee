// Signing in, allowing, denying, signing out.
import { demo, expect } from "../browser.mjs";
import { authorizeUrl, backAtApp, manyScopes, reader, signIn, signedIn } from "../person.mjs";

async function shownAnswer(page, answer) {
	for (const name of ["code", "state", "iss"])
		expect((await page.locator(`#value-${name}`).textContent()) === answer.get(name), `${name} is not shown`);
}

async function signin(page, stop, mode) {
	await page.goto(authorizeUrl());
	await stop("1-signin");
	await signIn(page, { userName: "reader", password: "not the password" });
	await page.getByRole("alert").waitFor();
	expect((await page.title()).startsWith("Error: "), "the title does not tell the error");
	expect((await page.getByLabel("User name").inputValue()) === "reader", "the user name is lost");
	await stop("2-wrong-password");
	await page.getByLabel("Password").fill(reader.password);
	await page.keyboard.press("Enter");
	await page.getByRole("button", { name: "Allow" }).waitFor();
	await stop("3-consent");
	await page.getByRole("button", { name: "Allow" }).click();
	const answer = await backAtApp(page);
	expect(/^[A-Za-z0-9]{43}$/.test(answer.get("code")), "no code");
	expect(answer.get("state") === "a&b=c é", "another state");
	expect(answer.get("iss") === demo.https, "another issuer");
	if (mode !== "no-script") await shownAnswer(page, answer);
	await stop("4-callback");
}

async function signout(page, stop) {
	await page.goto(authorizeUrl());
	await signIn(page);
	await page.getByRole("button", { name: "Sign out" }).click();
	await page.getByText("You are signed out").waitFor();
	await stop("signed-out");
	await page.goto(authorizeUrl());
	await page.getByLabel("User name").waitFor();
}

async function deny(page, stop) {
	await signedIn(page, "reader");
	await page.goto(authorizeUrl(manyScopes));
	await stop("1-consent-scopes");
	await page.getByRole("button", { name: "Deny" }).click();
	expect((await backAtApp(page)).get("error") === "access_denied", "not denied");
	await stop("2-denied");
}

// The box is ticked by a click on its words; the next time there is no page.
async function remember(page, stop) {
	await signedIn(page, "reader");
	await page.goto(authorizeUrl(manyScopes));
	await page.getByText("do not ask me again").click();
	expect(await page.getByRole("checkbox").isChecked(), "the box is not ticked");
	await stop("ticked");
	await page.getByRole("button", { name: "Allow" }).click();
	const first = (await backAtApp(page)).get("code");
	await page.goto(authorizeUrl({ scope: "openid trees:read" }));
	expect(page.url().startsWith(`${demo.app.redirect_uri}?code=`), "a page was shown again");
	expect(new URL(page.url()).searchParams.get("code") !== first, "the same code");
	await page.goto(authorizeUrl({ prompt: "consent" }));
	await page.getByRole("button", { name: "Deny" }).click();
	await backAtApp(page);
	await page.goto(authorizeUrl());
	await page.getByRole("button", { name: "Allow" }).waitFor();
}

async function back(page, stop) {
	await signedIn(page, "reader");
	await page.goto(authorizeUrl());
	await page.getByRole("button", { name: "Allow" }).click();
	await backAtApp(page);
	await page.goBack();
	await page.getByRole("button", { name: "Allow" }).click();
	await page.waitForURL(/code=|\/oauth\/authorize/);
	await stop("again");
}

export const walks = [
	{ name: "signin", steps: signin },
	{ name: "signout", steps: signout, modes: ["light"] },
	{ name: "deny", steps: deny, modes: ["light", "phone"] },
	{ name: "remember", steps: remember, modes: ["dark", "phone"] },
	{ name: "back", steps: back, modes: ["light"] },
];
