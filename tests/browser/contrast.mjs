// node contrast.mjs STYLE.CSS: the ratio of each pair of its colours, light and
// dark, as WCAG 2 counts it. Text needs 4.5, edges of controls and marks 3.
import { readFileSync } from "node:fs";

const css = readFileSync(process.argv[2], "utf8");
const [light, dark] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
	Object.fromEntries([...body.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex])));

function luminance(hex) {
	const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
		.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(one, other) {
	const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
	return (a + 0.05) / (b + 0.05);
}

// least ratio, what stands there, its grounds
const pairs = [
	[4.5, "text", ["ground", "surface", "tint"]],
	[4.5, "muted", ["ground", "surface"]],
	[4.5, "accent", ["ground", "surface", "tint"]],
	[4.5, "accent-strong", ["ground", "surface", "tint"]],
	[4.5, "on-accent", ["accent", "accent-strong"]],
	[4.5, "ok", ["ok-tint", "surface", "ground"]],
	[4.5, "warn", ["warn-tint", "surface", "ground"]],
	[4.5, "alert", ["alert-tint", "surface", "ground"]],
	[4.5, "on-alert", ["alert", "alert-strong"]],
	[3, "edge", ["ground", "surface"]],
];

let failures = 0;
for (const [scheme, colours] of Object.entries({ light, dark: { ...light, ...dark } }))
	for (const [least, name, grounds] of pairs)
		for (const ground of grounds) {
			const is = colours[name] && colours[ground] ? ratio(colours[name], colours[ground]) : 0;
			if (is < least) failures++;
			console.log(`${is < least ? "not ok" : "ok"} - contrast, ${scheme}: ${name} on ${ground} is ${is.toFixed(2)}, least ${least}`);
		}
process.exit(failures === 0 ? 0 : 1);
