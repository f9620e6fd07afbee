// A device shows a code; its owner types it in, compares, and allows it.
import { demo, expect } from "../browser.mjs";
import { askForDevice, signedIn } from "../person.mjs";

async function device(page, stop) {
	const codes = await askForDevice(page);
	await signedIn(page, "reader");
	await page.goto(codes.verification_uri);
	await page.getByLabel("Code").fill("BBBB-BBBB");
	await page.keyboard.press("Enter");
	await page.getByRole("alert").waitFor();
	await stop("1-wrong-code");
	await page.getByLabel("Code").fill(codes.user_code.replace("-", " ").toLowerCase());
	await page.keyboard.press("Enter");
	await page.getByText(codes.user_code).waitFor();
	await stop("2-confirm");
	await page.getByRole("button", { name: "Allow" }).click();
	await page.getByRole("heading").waitFor();
	expect((await page.getByRole("button", { name: "Allow" }).count()) === 0, "it asks again");
	await stop("3-done");
	const given = await page.request.post(`${demo.https}/oauth/token`, {
		form: { client_id: demo.app.client_id, client_secret: demo.app.client_secret,
			grant_type: "urn:ietf:params:oauth:grant-type:device_code",
			device_code: codes.device_code },
	});
	expect(given.ok() && (await given.json()).id_token, "the device got no token");
	await page.goto(codes.verification_uri_complete);
	expect((await page.getByLabel("Code").inputValue()) === codes.user_code, "the link does not fill the code in");
}

export const walks = [{ name: "device", steps: device, modes: ["phone", "no-script"] }];
