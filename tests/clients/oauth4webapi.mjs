// oauth4webapi as its package has it, unchanged: the strictest one, which takes
// no answer that a standard does not allow. One case for each argument;
// clients.bash says what stands in the environment.
import assert from 'node:assert/strict';
import { app, errorOf, issuer, person, redirectUri, run, userAddress } from './case.mjs';
import * as oauth from 'oauth4webapi';

const url = new URL(issuer);
const discover = async (algorithm) =>
  oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm }));
const site = await discover(process.env.DISCOVERY ?? 'oauth2');

// A client and how it authenticates.
function client(name = 'WEB', kind = oauth.ClientSecretBasic, more = {}) {
  const [client_id, secret] = app(name);
  return [{ client_id, ...more }, secret ? kind(secret) : oauth.None()];
}

// The parameters of the answer, checked, and what the rest needs.
async function allowed([it], scope, decision, more = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const nonce = scope?.includes('openid') ? oauth.generateRandomNonce() : undefined;
  const address = new URL(site.authorization_endpoint);
  const params = {
    client_id: it.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...more,
  };
  if (scope) params.scope = scope;
  if (nonce) params.nonce = nonce;
  for (const [name, value] of Object.entries(params)) address.searchParams.set(name, value);
  const back = new URL(await person(address, decision ?? 'allow'));
  return { answer: oauth.validateAuthResponse(site, it, back, state), verifier, nonce };
}

async function redeem([it, auth], { answer, verifier, nonce }, more = {}) {
  const response = await oauth.authorizationCodeGrantRequest(site, it, auth, answer, redirectUri, verifier);
  const set = await oauth.processAuthorizationCodeResponse(site, it, response, {
    expectedNonce: nonce,
    requireIdToken: nonce !== undefined,
    ...more,
  });
  if (nonce) await oauth.validateApplicationLevelSignature(site, response);
  return set;
}

const tokens = async (who, scope, more) => redeem(who, await allowed(who, scope), more);

async function user(set) {
  return oauth.protectedResourceRequest(set.access_token, 'GET', new URL(userAddress));
}
async function checkUser(set) {
  assert.equal((await (await user(set)).json()).userName, 'reader');
}
// The library reads the challenge of the 401.
async function checkDead(set) {
  const error = await errorOf(user(set));
  assert.equal(error.status, 401);
  assert.equal(error.cause.find((challenge) => challenge.scheme === 'bearer').parameters.error, 'invalid_token');
}

async function refresh([it, auth], token) {
  const response = await oauth.refreshTokenGrantRequest(site, it, auth, token);
  return oauth.processRefreshTokenResponse(site, it, response);
}
async function revoke([it, auth], token) {
  await oauth.processRevocationResponse(await oauth.revocationRequest(site, it, auth, token));
}
async function introspect([it, auth], token) {
  return oauth.processIntrospectionResponse(site, it, await oauth.introspectionRequest(site, it, auth, token));
}

async function idToken(name, alg) {
  const who = client(name, oauth.ClientSecretBasic, { id_token_signed_response_alg: alg });
  const set = await tokens(who, 'openid profile email roles', { maxAge: 3600 });
  const claims = oauth.getValidatedIdTokenClaims(set);
  const response = await oauth.userInfoRequest(site, who[0], set.access_token);
  const info = await oauth.processUserInfoResponse(site, who[0], claims.sub, response);
  assert.equal(info.preferred_username, 'reader');
}

await run({
  async discovery() {
    const openid = await discover('oidc');
    for (const name of ['issuer', 'token_endpoint', 'authorization_endpoint', 'jwks_uri']) {
      assert.equal(openid[name], site[name], name);
    }
    assert.ok(site.authorization_response_iss_parameter_supported);
    assert.ok(site.code_challenge_methods_supported.includes('S256'));
  },
  default: async () => checkUser(await tokens(client())),
  post: async () => checkUser(await tokens(client('WEB', oauth.ClientSecretPost), 'profile')),
  public: async () => checkUser(await tokens(client('NATIVE'))),
  async wrong() {
    const who = client();
    const found = await allowed(who);
    const wrong = { ...found, verifier: oauth.generateRandomCodeVerifier() };
    let error = await errorOf(redeem(who, wrong));
    assert.deepEqual([error.error, error.status], ['invalid_grant', 400]);
    error = await errorOf(redeem([who[0], oauth.ClientSecretBasic('wrong')], await allowed(who)));
    // by Basic: the library reads the challenge, not the body
    assert.equal(error.status, 401);
    assert.equal(error.cause[0]?.scheme ?? error.error, 'basic');
    error = await errorOf(redeem([who[0], oauth.ClientSecretPost('wrong')], await allowed(who)));
    assert.equal(error.status, 401);
  },
  async denied() {
    const error = await errorOf(allowed(client(), undefined, 'deny'));
    assert.equal(error.error, 'access_denied');
  },
  async 'invalid-scope'() {
    const error = await errorOf(allowed(client(), 'no"scope'));
    assert.equal(error.error, 'invalid_scope');
  },
  'id-token-rs256': () => idToken('WEB', 'RS256'),
  'id-token-es256': () => idToken('ES256', 'ES256'),
  async refresh() {
    const who = client();
    const first = await tokens(who, 'offline_access profile');
    const second = await refresh(who, first.refresh_token);
    assert.notEqual(second.refresh_token, first.refresh_token);
    await checkUser(second);
    await refresh(who, second.refresh_token);
    assert.equal((await errorOf(refresh(who, first.refresh_token))).error, 'invalid_grant');
    await checkDead(second);
  },
  async 'public-refresh'() {
    const who = client('NATIVE');
    await checkUser(await refresh(who, (await tokens(who, 'offline_access')).refresh_token));
  },
  async revoke() {
    const who = client();
    const set = await tokens(who);
    await revoke(who, set.access_token);
    await checkDead(set);
    await revoke(who, 'unknown');
    const native = client('NATIVE');
    const other = await tokens(native);
    await revoke(native, other.access_token);
    await checkDead(other);
  },
  async introspect() {
    const who = client();
    const set = await tokens(who, 'profile');
    const found = await introspect(client('SERVICE'), set.access_token);
    assert.deepEqual([found.active, found.client_id, found.scope], [true, who[0].client_id, 'profile']);
    await revoke(who, set.access_token);
    assert.deepEqual(await introspect(client('SERVICE'), set.access_token), { active: false });
  },
  async 'client-credentials'() {
    const [it, auth] = client('SERVICE');
    const response = await oauth.clientCredentialsGrantRequest(site, it, auth, { scope: 'trees.read' });
    const set = await oauth.processClientCredentialsResponse(site, it, response);
    assert.equal((await user(set)).status, 403);
  },
  // as an API of somebody else would, by the rules of RFC 9068
  async 'api-elsewhere'() {
    const who = client();
    const set = await tokens(who, 'profile');
    const headers = { authorization: `Bearer ${set.access_token}` };
    const claims = await oauth.validateJwtAccessToken(site, new Request('https://api.example/', { headers }), issuer);
    assert.deepEqual([claims.client_id, claims.scope], [who[0].client_id, 'profile']);
    await checkUser(set);
    const id = (await tokens(who, 'openid')).id_token;
    headers.authorization = `Bearer ${id}`;
    await assert.rejects(oauth.validateJwtAccessToken(site, new Request('https://api.example/', { headers }), issuer));
  },
  async device() {
    const [it, auth] = client('TV');
    const asked = await oauth.processDeviceAuthorizationResponse(
      site, it, await oauth.deviceAuthorizationRequest(site, it, auth, { scope: 'openid profile' }));
    const poll = async () =>
      oauth.processDeviceCodeResponse(site, it, await oauth.deviceCodeGrantRequest(site, it, auth, asked.device_code));
    assert.equal((await errorOf(poll())).error, 'authorization_pending');
    await person('--device', asked.verification_uri, asked.user_code);
    const set = await poll();
    assert.ok(oauth.getValidatedIdTokenClaims(set));
    await checkUser(set);
  },
});
