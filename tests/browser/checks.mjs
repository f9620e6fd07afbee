// What holds for every page, whatever stands on it.
import { accessible, expect } from "./browser.mjs";

// No page is wider than its window: nothing is cut off or scrolls sideways.
export async function fits(page) {
	const [width, wanted] = await page.evaluate(() =>
		[document.documentElement.clientWidth, document.documentElement.scrollWidth]);
	expect(wanted <= width, `the page is ${wanted} wide in a window of ${width}`);
}

async function named(page) {
	const [lang, title, headings, mains] = await page.evaluate(() =>
		[document.documentElement.lang, document.title,
			document.querySelectorAll("h1").length, document.querySelectorAll("main").length]);
	expect(/^[a-z]{2}\b/.test(lang), `lang is "${lang}"`);
	expect(title.trim() !== "", "the page has no title");
	expect(headings === 1, `the page has ${headings} headings h1`);
	expect(mains === 1, `the page has ${mains} main parts`);
}

// What a list says of one thing ends before the next thing's name begins: a
// second value does not slip below the name, and push what follows aside.
async function paired(page) {
	const astray = await page.evaluate(() => [...document.querySelectorAll("dd + dt")].filter((name) =>
		name.getBoundingClientRect().top < name.previousElementSibling.getBoundingClientRect().bottom - 1)
		.map((name) => name.textContent));
	expect(astray.length === 0, `beside the value of another: ${astray.join(", ")}`);
}

// Tab visits every control, in the order of the document, and shows where it
// is. Of the buttons of one radio group it visits one; a date has several stops
// inside.
export async function keyboard(page) {
	const wanted = await page.evaluate(() => {
		const groups = new Set();
		const found = [...document.querySelectorAll(
			"a[href], button, input, select, textarea, summary, [tabindex='0']")];
		const stops = found.filter((one) => {
			if (one.type === "hidden" || one.disabled || !one.checkVisibility()) return false;
			if (one.type !== "radio") return true;
			const group = document.querySelectorAll(`input[type=radio][name="${one.name}"]`);
			const chosen = [...group].find((other) => other.checked) ?? group[0];
			return one === chosen && !groups.has(one.name) && groups.add(one.name);
		});
		stops.forEach((one, i) => (one.ostiaryStop = i));
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute("tabindex");
		window.scrollTo(0, 0);
		return stops.map((one) => one.outerHTML.slice(0, 80));
	});
	const step = async () => {
		await page.keyboard.press("Tab");
		return page.evaluate(() => {
			const one = document.activeElement;
			const look = getComputedStyle(one);
			return {
				stop: one.ostiaryStop ?? -1, parts: one.type === "date" ? 5 : 0, html: one.outerHTML.slice(0, 80),
				shown: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
				seen: one.getBoundingClientRect().bottom > 0,
			};
		});
	};
	for (let i = 0, at = {}; i < wanted.length; i++) {
		let more = at.parts ?? 0;
		do at = await step();
		while (at.stop === i - 1 && more-- > 0);
		expect(at.stop === i, `Tab number ${i + 1} leads to ${at.html}, not to ${wanted[i]}`);
		expect(at.shown && at.seen, `the focus on ${at.html} cannot be seen`);
	}
}

// All of them on one page. axe-core waits by timers, which never end where
// scripts are switched off.
export async function check(page, mode) {
	await named(page);
	await fits(page);
	await paired(page);
	if (mode !== "no-script") await accessible(page);
}
