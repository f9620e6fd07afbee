// Runs every walk of walks/, each in the modes that it names (all of
// browser.mjs unless it says otherwise). Prints TAP. WALK: only those whose
// name begins so, or with one of several, parted by commas.
import { readdirSync } from "node:fs";
import { expect, launch, modes, open, pictures } from "./browser.mjs";
import { check } from "./checks.mjs";

let number = 0;
let failures = 0;

async function run(browser, walk, mode) {
	const name = `${walk.name}, ${mode}`;
	const file = `${pictures}/${walk.name}-${mode}`;
	const { context, page, faults } = await open(browser, modes[mode], walk.expected);
	number++;
	try {
		// A stop of the walk: the page is checked, and a picture taken of it.
		await walk.steps(page, async (picture) => {
			await check(page, mode);
			await page.screenshot({ path: `${file}-${picture}.png`, fullPage: true });
		}, mode);
		expect(faults.length === 0, faults.join("\n"));
		console.log(`ok ${number} - ${name}`);
	} catch (error) {
		failures++;
		console.log(`not ok ${number} - ${name}\n# at ${page.url()}`);
		console.log(String(error.message).replace(/^/gm, "# "));
		await page.screenshot({ path: `${file}-failed.png` }).catch(() => {});
	}
	await context.close();
}

const wanted = (process.env.WALK ?? "").split(",");
const browser = await launch();
const folder = new URL("walks/", import.meta.url);
for (const file of readdirSync(folder).sort()) {
	const { walks } = await import(new URL(file, folder));
	for (const walk of walks.filter((one) => wanted.some((name) => one.name.startsWith(name))))
		for (const mode of walk.modes ?? Object.keys(modes))
			await run(browser, walk, mode);
}
await browser.close();
console.log(`1..${number}`);
console.log(`# ${number - failures} passed, ${failures} failed`);
process.exit(failures === 0 && number > 0 ? 0 : 1);
