// Goes to a page of pages.mjs and makes it what its name says.
import { demo, expect } from "./browser.mjs";
import { signedIn } from "./person.mjs";

export async function visit(page, entry) {
	if (entry.as) await signedIn(page, entry.as);
	const path = typeof entry.path === "function" ? await entry.path(page) : entry.path;
	const answer = await page.goto(demo.https + path);
	expect(answer.status() === (entry.status ?? 200), `${path} is answered with ${answer.status()}`);
	await entry.steps?.(page);
}

// How a page is looked at: light and dark in a window, light on a phone.
const window = { width: 1100, height: 800 };
export const looks = [
	["light", { colorScheme: "light" }, window],
	["dark", { colorScheme: "dark" }, window],
	["phone", { colorScheme: "light" }, { width: 360, height: 740 }],
];

// Does what with the page in each of them.
export async function eachLook(page, what) {
	for (const [look, media, size] of looks) {
		await page.emulateMedia(media);
		await page.setViewportSize(size);
		await what(look);
	}
}
