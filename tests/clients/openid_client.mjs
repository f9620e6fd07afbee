// openid-client as its package has it, unchanged: it discovers everything and
// checks state, iss, nonce, at_hash, signature and claims by itself. One case
// for each argument; clients.bash says what stands in the environment.
import assert from 'node:assert/strict';
import { generators, Issuer } from 'openid-client';
import { app, errorOf, issuer, person, redirectUri, run, userAddress } from './case.mjs';

const site = await Issuer.discover(process.env.ISSUER);

function client(name = 'WEB', options = {}) {
  const [client_id, client_secret] = app(name);
  return new site.Client({
    client_id,
    client_secret,
    redirect_uris: [redirectUri],
    response_types: ['code'],
    ...(client_secret ? {} : { token_endpoint_auth_method: 'none' }),
    ...options,
  });
}

// What the person came back with, and what the library has to check it by.
async function allowed(it, params = {}, decision = 'allow') {
  const checks = { response_type: 'code', state: generators.state(), code_verifier: generators.codeVerifier() };
  const scope = params.scope ?? 'openid profile';
  if (scope.includes('openid')) checks.nonce = generators.nonce();
  const back = await person(
    it.authorizationUrl({
      scope,
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: generators.codeChallenge(checks.code_verifier),
      code_challenge_method: 'S256',
      ...params,
    }),
    decision,
  );
  return [it.callbackParams(back), checks];
}

async function tokens(it, params, changed) {
  const [answer, checks] = await allowed(it, params);
  const callback = checks.nonce ? it.callback : it.oauthCallback;
  return callback.call(it, redirectUri, answer, { ...checks, ...changed });
}

async function checkUser(it, set, status = 200) {
  const answer = await it.requestResource(userAddress, set.access_token);
  assert.equal(answer.statusCode, status);
  if (status === 200) assert.equal(JSON.parse(answer.body).userName, 'reader');
}

async function idToken(name, alg) {
  const it = client(name, { id_token_signed_response_alg: alg });
  const set = await tokens(it, { scope: 'openid profile email', max_age: 3600 }, { max_age: 3600 });
  const claims = set.claims();
  const info = await it.userinfo(set); // compares sub
  assert.equal(info.preferred_username, 'reader');
  assert.equal(info.sub, claims.sub);
  assert.equal((await it.userinfo(set, { method: 'POST' })).sub, claims.sub);
  await checkUser(it, set);
}

await run({
  async discovery() {
    assert.equal(site.issuer, issuer);
    assert.equal(site.metadata.authorization_response_iss_parameter_supported, true);
    const other = await Issuer.discover(`${issuer}/.well-known/oauth-authorization-server`);
    assert.equal(other.token_endpoint, site.token_endpoint);
  },
  async oauth() {
    const it = client();
    await checkUser(it, await tokens(it, { scope: 'profile' }));
  },
  async post() {
    const it = client('WEB', { token_endpoint_auth_method: 'client_secret_post' });
    await checkUser(it, await tokens(it, { scope: 'profile' }));
  },
  async public() {
    const it = client('NATIVE');
    await checkUser(it, await tokens(it));
  },
  async wrong() {
    const it = client();
    assert.match((await errorOf(tokens(it, {}, { state: 'other' }))).message, /state mismatch/);
    assert.match((await errorOf(tokens(it, {}, { nonce: 'other' }))).message, /nonce mismatch/);
    assert.equal((await errorOf(tokens(it, {}, { code_verifier: generators.codeVerifier() }))).error, 'invalid_grant');
    const [answer, checks] = await allowed(it);
    assert.equal((await errorOf(it.callback(redirectUri, { ...answer, code: 'wrong' }, checks))).error, 'invalid_grant');
    assert.match((await errorOf(it.callback(redirectUri, { ...answer, iss: 'https://other.example' }, checks))).message, /iss mismatch/);
  },
  async 'wrong-secret'() {
    const it = client('WEB', { client_secret: 'wrong' });
    assert.equal((await errorOf(tokens(it))).error, 'invalid_client');
  },
  async denied() {
    const it = client();
    const [answer, checks] = await allowed(it, {}, 'deny');
    assert.equal((await errorOf(it.callback(redirectUri, answer, checks))).error, 'access_denied');
  },
  'id-token-rs256': () => idToken('WEB', 'RS256'),
  'id-token-es256': () => idToken('ES256', 'ES256'),
  async 'prompt-none'() {
    const it = client();
    const url = it.authorizationUrl({ scope: 'openid', prompt: 'none', state: 's' });
    const answer = it.callbackParams(await person(url));
    assert.equal((await errorOf(it.callback(redirectUri, answer, { state: 's' }))).error, 'login_required');
  },
  async refresh() {
    const it = client();
    const first = await tokens(it, { scope: 'openid offline_access' });
    const second = await it.refresh(first); // checks the id_token, if one comes, against the first
    assert.notEqual(second.refresh_token, first.refresh_token);
    await checkUser(it, second);
    await it.refresh(second);
    assert.equal((await errorOf(it.refresh(first))).error, 'invalid_grant');
    await checkUser(it, second, 401);
  },
  async 'public-refresh'() {
    const it = client('NATIVE');
    await checkUser(it, await it.refresh(await tokens(it, { scope: 'openid offline_access' })));
  },
  async revoke() {
    const it = client();
    const set = await tokens(it, { scope: 'openid offline_access' });
    await it.revoke(set.access_token, 'access_token');
    await checkUser(it, set, 401);
    await it.revoke(set.refresh_token, 'refresh_token');
    assert.equal((await errorOf(it.refresh(set))).error, 'invalid_grant');
    await it.revoke('unknown');
  },
  async introspect() {
    const it = client();
    const set = await tokens(it);
    const service = client('SERVICE');
    const found = await service.introspect(set.access_token, 'access_token');
    assert.equal(found.active, true);
    assert.equal(found.client_id, it.client_id);
    await it.revoke(set.access_token);
    assert.deepEqual({ ...(await service.introspect(set.access_token)) }, { active: false });
  },
  async 'client-credentials'() {
    const it = client('SERVICE');
    const set = await it.grant({ grant_type: 'client_credentials', scope: 'trees.read' });
    assert.equal(set.refresh_token, undefined);
    await checkUser(it, set, 403);
  },
  async device() {
    const it = client('TV');
    const handle = await it.deviceAuthorization({ scope: 'openid profile' });
    await person('--device', handle.verification_uri_complete, handle.user_code);
    await checkUser(it, await handle.poll()); // waits for the interval, then checks the id_token
  },
  async 'device-denied'() {
    const handle = await client('TV').deviceAuthorization();
    await person('--device', handle.verification_uri, handle.user_code, 'deny');
    assert.equal((await errorOf(handle.poll())).error, 'access_denied');
  },
});
