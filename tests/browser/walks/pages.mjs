// Every page of pages.mjs: by axe and in width in each look, by the keyboard.
import { expect } from "../browser.mjs";
import { check, keyboard } from "../checks.mjs";
import { pages } from "../pages.mjs";
import { eachLook, visit } from "../visit.mjs";

// Two pages of one title cannot be told apart in a list of tabs. (The error
// pages may be of one kind.)
const titles = new Map();

async function distinct(page, entry) {
	const title = await page.title();
	const other = titles.get(title);
	expect(!other || other === entry.of || (entry.status ?? 200) >= 400, `the title "${title}" is that of ${other} too`);
	if (!other) titles.set(title, entry.name);
}

export const walks = pages.map((entry) => ({
	name: `page-${entry.name}`,
	modes: ["light"],
	steps: async (page, stop) => {
		await visit(page, entry);
		await distinct(page, entry);
		await eachLook(page, async (look) => {
			await check(page, look).catch((error) => { throw new Error(`${look}: ${error.message}`); });
		});
		await keyboard(page);
	},
}));
