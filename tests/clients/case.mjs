// What the clients for Node share: the environment, the person, the checks.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { webcrypto } from 'node:crypto';

// Node 18 has it, but not as a global.
globalThis.crypto ??= webcrypto;

export const issuer = process.env.ISSUER;
export const redirectUri = process.env.REDIRECT_URI;
export const userAddress = `${issuer}/api/users/current.json`;
export const app = (name) => [process.env[`${name}_ID`], process.env[`${name}_SECRET`] || undefined];

// The person opens an address; where that led.
export function person(...args) {
  return new Promise((resolve, reject) => {
    execFile(process.env.PERSON, args.map(String), (error, stdout) => (error ? reject(error) : resolve(stdout.trim())));
  });
}

// The error that the call must end with.
export async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof TypeError)) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'there should have been an error' });
}

export async function run(cases) {
  await cases[process.argv[2]]();
  console.log('done');
}
