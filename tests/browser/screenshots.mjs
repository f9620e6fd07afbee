// A picture of every page of pages.mjs: NAME-light.png, NAME-dark.png and
// NAME-phone.png below PICTURES. PAGE: only those whose name begins so.
import { existsSync, rmSync } from "node:fs";
import { launch, open, pictures } from "./browser.mjs";
import { pages } from "./pages.mjs";
import { eachLook, looks, visit } from "./visit.mjs";

const wanted = pages.filter((entry) => entry.name.startsWith(process.env.PAGE ?? ""));
const browser = await launch();
const files = wanted.flatMap((entry) => looks.map(([look]) => `${entry.name}-${look}.png`));
for (const file of files) rmSync(`${pictures}/${file}`, { force: true });
for (const entry of wanted) {
	const { context, page } = await open(browser, { deviceScaleFactor: 1.5 });
	try {
		await visit(page, entry);
		await eachLook(page, (look) =>
			page.screenshot({ path: `${pictures}/${entry.name}-${look}.png`, fullPage: true }));
	} catch (error) {
		console.log(`not ok - ${entry.name}: ${error.message}`);
	}
	await context.close();
}
await browser.close();

const missing = files.filter((file) => !existsSync(`${pictures}/${file}`));
for (const file of missing) console.log(`not ok - ${file} is missing`);
console.log(`${files.length - missing.length} of ${files.length} screenshots in ${pictures}`);
process.exit(missing.length === 0 && files.length > 0 ? 0 : 1);
