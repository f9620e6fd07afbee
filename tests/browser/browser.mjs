// The browser of the walks: one Chromium, and pages in it whose faults are
// collected. tests/browser/run sets the environment.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const modules = createRequire(`${process.env.MODULES}/`);
const { chromium } = modules("playwright-core");
const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

export const demo = JSON.parse(readFileSync(process.env.DEMO, "utf8"));
export const pictures = process.env.PICTURES;

// The command `ostiary` on the state of the site: its --json answer.
export function ostiary(input, ...args) {
	return JSON.parse(execFileSync(process.env.OSTIARY, [...args, "--json"], { input, encoding: "utf8" }));
}

export const modes = {
	light: { colorScheme: "light" },
	dark: { colorScheme: "dark" },
	phone: {
		viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true,
	},
	"no-script": { javaScriptEnabled: false },
};

export function launch() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM,
		args: [
			"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
			"--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync",
		],
	});
}

export function expect(is, what) {
	if (!is) throw new Error(what);
}

// A page in a context of its own. faults holds what the page said in the
// console (violations of the Content-Security-Policy among it), what it threw,
// what could not be loaded and every request that left the site, but for what
// `expected` matches: Chromium reports the 403 of a wrong password itself.
export async function open(browser, settings = {}, expected = /status of 40[0-9]/) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true,
		viewport: { width: 1100, height: 800 },
		...settings,
	});
	const page = await context.newPage();
	const faults = [];
	const note = (fault) => expected.test(fault) || faults.push(fault);
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) note(message.text());
	});
	page.on("pageerror", (error) => note(String(error)));
	page.on("requestfailed", (request) => note(`${request.url()} ${request.failure()?.errorText}`));
	page.on("request", (request) => {
		if (!request.url().startsWith(demo.https)) note(`left for ${request.url()}`);
	});
	return { context, page, faults };
}

// What axe-core calls serious or critical, one line for each rule and place.
export async function accessible(page) {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
	const grave = violations.filter((found) => ["serious", "critical"].includes(found.impact));
	expect(grave.length === 0, grave.flatMap((found) => found.nodes.map((node) =>
		`axe ${found.id}: ${node.target} ${node.any.concat(node.all)[0]?.message ?? found.help}`)).join("\n"));
}
