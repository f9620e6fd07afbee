// Who one is: sessions, password, two steps, an account by invitation or mail.
import { demo, expect, ostiary } from "../browser.mjs";
import { mailedLink, newUser, setUpTwoSteps, signIn, totp } from "../person.mjs";

const both = ["phone", "no-script"];
const home = `${demo.https}/account`;
const overview = { name: "Your account", exact: true };

async function press(page, name) {
	await page.getByRole("button", { name, exact: true }).click();
	await page.waitForLoadState();
}

async function enter(page, person) {
	await page.goto(home);
	await signIn(page, person);
}

async function isIn(page, which) {
	await page.goto(home);
	const title = await page.getByRole("heading", overview).count();
	expect((title === 1) === which, which ? "not signed in" : "still signed in");
}

// A second browser of the same person.
async function elsewhere(page, what) {
	const context = await page.context().browser().newContext({ ignoreHTTPSErrors: true });
	try {
		return await what(await context.newPage());
	} finally {
		await context.close();
	}
}

async function sessions(page, stop, mode) {
	const person = newUser(`sessions-${mode}`);
	await enter(page, person);
	await elsewhere(page, async (other) => {
		await enter(other, person);
		await isIn(other, true);
		await page.goto(`${home}/sessions`);
		await stop("1-two");
		await press(page, "Sign out there");
		await stop("2-ended");
		await isIn(other, false);
		await isIn(page, true);
		await enter(other, person);
		await page.goto(`${home}/security`);
		await page.getByLabel("Present password").fill(person.password);
		await page.getByLabel("New password", { exact: true }).fill("words that are new");
		await page.getByLabel("New password, once more").fill("words that are other");
		await press(page, "Change password");
		await page.getByText("This is not the same").waitFor();
		await stop("3-not-the-same");
		await page.getByLabel("Present password").fill(person.password);
		await page.getByLabel("New password", { exact: true }).fill("words that are new");
		await page.getByLabel("New password, once more").fill("words that are new");
		await press(page, "Change password");
		await page.getByRole("status").waitFor();
		await stop("4-changed");
		await isIn(other, false);
		await isIn(page, true);
	});
	await elsewhere(page, async (other) => {
		await enter(other, person);
		await other.getByRole("alert").waitFor();
		await enter(other, { ...person, password: "words that are new" });
		await isIn(other, true);
	});
}

async function twoSteps(page, stop, mode) {
	const person = newUser(`steps-${mode}`);
	await enter(page, person);
	await page.goto(`${home}/two-step`);
	await stop("1-off");
	await press(page, "Set up");
	await page.getByLabel("Six-digit code").fill("000000");
	await press(page, "Turn on");
	await page.getByText("This code is not right").waitFor();
	await stop("2-wrong-code");
	const secret = await setUpTwoSteps(page);
	await stop("3-codes");
	await press(page, "Sign out");
	await enter(page, person);
	await page.getByLabel("Six-digit code").waitFor();
	await stop("4-second-step");
	await page.getByLabel("Six-digit code").fill(totp(secret, 1));
	await press(page, "Sign in");
	await isIn(page, true);
	const answer = await page.request.get(`${demo.https}/login`, {
		headers: { authorization: `Basic ${btoa(`${person.userName}:${person.password}`)}` },
	});
	expect(answer.status() === 401, "the password alone opens /login");
}

async function invited(page, stop, mode) {
	const email = `invited-${mode}@example.org`;
	const { link } = ostiary("", "user", "invite", "--email", email);
	const person = { userName: `invited-${mode}`, password: "words of the invited" };
	await page.goto(link);
	await stop("1-invited");
	await page.getByLabel("User name").fill("reader");
	await page.getByLabel("New password").fill(person.password);
	await page.getByLabel("The same password again").fill(person.password);
	await press(page, "Create the account");
	await page.getByText("Somebody has this name already").waitFor();
	await stop("2-name-taken");
	await page.getByLabel("User name").fill(person.userName);
	await page.getByLabel("New password").fill(person.password);
	await page.getByLabel("The same password again").fill(person.password);
	await press(page, "Create the account");
	await page.getByRole("heading", overview).waitFor();
	await stop("3-welcome");
	await press(page, "Sign out");
	await page.goto(link);
	await page.getByRole("heading", { name: "This link is not good any more" }).waitFor();
	await stop("4-used");

	await page.goto(home);
	await page.getByRole("link", { name: "Forgot your password?" }).click();
	await page.getByLabel("User name or email").fill(email);
	await press(page, "Send the link");
	await stop("5-sent");
	await page.goto(await mailedLink(page, email));
	await stop("6-new-password");
	await page.getByLabel("New password").fill("words of another day");
	await page.getByLabel("The same password again").fill("words of another day");
	await press(page, "Set the password");
	await page.getByRole("heading", { name: "Your new password is set" }).waitFor();
	await stop("7-set");
	await enter(page, { ...person, password: "words of another day" });
	await isIn(page, true);
}

async function signedUp(page, stop, mode) {
	const email = `signed-up-${mode}@example.org`;
	await page.goto(home);
	await page.getByRole("link", { name: "Create an account" }).click();
	await page.getByLabel("Email address").fill(email);
	await press(page, "Send the link");
	await stop("1-sent");
	await page.goto(await mailedLink(page, email));
	await page.getByLabel("User name").fill(`signed-up-${mode}`);
	await page.getByLabel("New password").fill("words of the new");
	await page.getByLabel("The same password again").fill("words of the new");
	await press(page, "Create the account");
	await isIn(page, true);
}

export const walks = [
	{ name: "sessions", steps: sessions, modes: both },
	{ name: "two-steps", steps: twoSteps, modes: both },
	{ name: "invited", steps: invited, modes: both },
	{ name: "signed-up", steps: signedUp, modes: ["no-script"] },
];
