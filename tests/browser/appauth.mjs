// A program on the person's device as AppAuth for Node makes it: it opens the
// browser, listens on the loopback interface for the answer, and redeems it.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { demo } from "./browser.mjs";

const modules = createRequire(`${process.env.MODULES}/`);
const appauth = modules("@openid/appauth");
const node = modules("@openid/appauth/built/node_support");
modules("@openid/appauth/built/flags").IS_LOG = false;

const requestor = new node.NodeRequestor();
const tokens = new appauth.BaseTokenRequestHandler(requestor);
let found; // of the issuer, asked once

async function configuration() {
	found ??= appauth.AuthorizationServiceConfiguration.fetchFromIssuer(demo.https, requestor);
	return found;
}

async function freePort() {
	const server = createServer();
	await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
	const { port } = server.address();
	await new Promise((done) => { server.close(done); });
	return port;
}

// While what runs, the desktop's way to open an address writes it down; opened
// waits for it.
async function withDesktop(what) {
	const folder = mkdtempSync(`${tmpdir()}/ostiary-desktop.`);
	const path = process.env.PATH;
	writeFileSync(`${folder}/xdg-open`, `#!/bin/sh\nprintf %s "$1" >"${folder}/new" && mv "${folder}/new" "${folder}/url"\n`);
	chmodSync(`${folder}/xdg-open`, 0o755);
	process.env.PATH = `${folder}:${path}`;
	try {
		return await what(async () => {
			for (let tries = 0; tries < 100; tries++) {
				try {
					return readFileSync(`${folder}/url`, "utf8");
				} catch {
					await new Promise((done) => { setTimeout(done, 100); });
				}
			}
			throw new Error("the program opened no browser");
		});
	} finally {
		process.env.PATH = path;
		rmSync(folder, { recursive: true });
	}
}

// As Google's sample asks. decide gets the address that the program opened, and
// the callback; it has the person decide. Gives request, response, error.
export async function authorized(clientId, scope, decide) {
	const port = await freePort();
	const redirectUri = `http://127.0.0.1:${port}/cb`;
	const site = await configuration();
	const handler = new node.NodeBasedHandler(port);
	const notifier = new appauth.AuthorizationNotifier();
	handler.setAuthorizationNotifier(notifier);
	const answered = new Promise((done) => {
		notifier.setAuthorizationListener((request, response, error) => done({ request, response, error }));
	});
	await withDesktop(async (opened) => {
		handler.performAuthorizationRequest(site, new appauth.AuthorizationRequest({
			client_id: clientId, redirect_uri: redirectUri, scope,
			response_type: appauth.AuthorizationRequest.RESPONSE_TYPE_CODE,
			extras: { prompt: "consent", access_type: "offline" },
		}, new node.NodeCrypto()));
		await decide(await opened(), redirectUri);
	});
	return answered;
}

async function tokensFor(request, grantType, more) {
	return tokens.performTokenRequest(await configuration(), new appauth.TokenRequest({
		client_id: request.clientId, redirect_uri: request.redirectUri, grant_type: grantType, ...more,
	}));
}
export function redeem({ request, response }) {
	return tokensFor(request, appauth.GRANT_TYPE_AUTHORIZATION_CODE,
		{ code: response.code, extras: { code_verifier: request.internal.code_verifier } });
}
export function refresh({ request }, { refreshToken }) {
	return tokensFor(request, appauth.GRANT_TYPE_REFRESH_TOKEN, { refresh_token: refreshToken });
}
export async function revoke({ request }, { refreshToken }) {
	return tokens.performRevokeTokenRequest(await configuration(),
		new appauth.RevokeTokenRequest({ client_id: request.clientId, token: refreshToken }));
}
