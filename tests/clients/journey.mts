// The whole way, by a client that has its types from openapi-typescript.

import assert from "node:assert/strict";
import { createInterface } from "node:readline/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.mjs";

type Schemas = components["schemas"];

const [url, realm, key, login, password] = process.argv.slice(2) as [string, string, string, string, string];
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function codeOf(secret: string): Promise<string> {
  console.log(`code of ${secret}`);
  return (await answers.next()).value;
}

const bearer = (token: string) =>
  createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
const anyone = createClient<paths>({ baseUrl: url });
const application = bearer(key);

/** What was asked for; a problem ends the journey. */
function good<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** The problem, which there must be. */
function problem({ error }: { error?: Schemas["Problem"] }): Schemas["Problem"] {
  if (error === undefined) throw new Error("no problem");
  return error;
}

const signIn = (given: string) => anyone.POST("/v1/sign-in", { body: { login, password: given, realm } });

async function secondFactor(code: string) {
  const answer = good(await signIn(password));
  // The status tells which of the answers it is.
  if (answer.status !== "second_factor_required") throw new Error(answer.status);
  return anyone.POST("/v1/sign-in/second-factor", { body: { challenge_token: answer.challenge.token, code } });
}

const account = good(await application.POST("/v1/admin/accounts", { body: { login, password } }));
assert.deepEqual([account.login, account.realm, account.two_factor_enabled], [login, realm, false]);
assert.equal(account.effective_role, undefined);

assert.equal(problem(await signIn("not the password")).code, "invalid_credentials");
const signedIn = good(await signIn(password));
if (signedIn.status !== "signed_in") throw new Error(signedIn.status);
assert.equal(signedIn.enrollment_deadline, null);
let session = bearer(signedIn.session.token);
assert.equal(good(await session.GET("/v1/account")).session.purpose, "full");

const begun = good(
  await session.POST("/v1/account/two-factor/authenticators", { body: { name: "Phone", password } }),
);
const algorithm: Schemas["Algorithm"] = begun.authenticator.algorithm;
assert.equal(algorithm, "SHA1");
assert.equal(begun.authenticator.confirmed_at, null);
const confirmed = good(
  await session.POST("/v1/account/two-factor/authenticators/{id}/confirm", {
    params: { path: { id: begun.authenticator.id } },
    body: { code: await codeOf(begun.secret), password },
  }),
);
const recoveryCodes = confirmed.recovery_codes ?? begun.recovery_codes ?? [];
assert.ok(confirmed.two_factor_enabled && recoveryCodes.length > 2);

assert.equal((await session.POST("/v1/sign-out")).response.status, 204);
assert.equal(problem(await session.GET("/v1/account")).code, "unauthenticated");

const refused = problem(await secondFactor("000 000 000"));
assert.deepEqual([refused.code, refused.status], ["invalid_code", 422]);
const byCode = good(await secondFactor(await codeOf(begun.secret)));
assert.equal(byCode.method, "totp");
const byRecoveryCode = good(await secondFactor(recoveryCodes[0]!));
assert.equal(byRecoveryCode.method, "recovery_code");
assert.equal(byRecoveryCode.recovery_codes_remaining, recoveryCodes.length - 1);

session = bearer(byCode.session.token);
const state = good(await session.GET("/v1/account/two-factor"));
assert.ok(state.enabled && state.policy.totp.digits === 6 && state.authenticators[0]?.last_used_at);
const activity = good(await session.GET("/v1/account/activity", { params: { query: { limit: 200 } } }));
const events: Schemas["Event"][] = activity.items.map((item) => item.event);
assert.ok(events.includes("two_factor.enabled") && events.includes("recovery_code.used"));
const proof = { password, code: recoveryCodes[1]! };
assert.equal((await session.POST("/v1/account/two-factor/disable", { body: proof })).response.status, 204);
assert.equal(good(await signIn(password)).status, "signed_in");

const subject = { path: { subject: "user 42/ä" } };
const enabled = async () =>
  good(await application.GET("/v1/subjects/{subject}/two-factor", { params: subject })).enabled;
assert.equal(await enabled(), false);
const { authenticator, secret } = good(
  await application.POST("/v1/subjects/{subject}/authenticators", {
    params: subject,
    body: { label: "ada@example.org" },
  }),
);
good(
  await application.POST("/v1/subjects/{subject}/authenticators/{id}/confirm", {
    params: { path: { ...subject.path, id: authenticator.id } },
    body: { code: await codeOf(secret) },
  }),
);
const body = { code: await codeOf(secret), purpose: "payment" };
const verify = () => application.POST("/v1/subjects/{subject}/verify", { params: subject, body });
const verified = good(await verify());
assert.ok(verified.verified && verified.authenticator_id === authenticator.id);
const again = problem(await verify());
assert.deepEqual([again.code, again.reason], ["invalid_code", "already_used"]);
assert.equal((await application.DELETE("/v1/subjects/{subject}", { params: subject })).response.status, 204);
assert.equal(await enabled(), false);
console.log("arrived");
process.exit(0);
