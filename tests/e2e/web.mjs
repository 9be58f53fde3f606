// Another user on the web, who has no phone: signs in over the API, reads what the server holds, changes it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { DEADLINE_MS, until } from './until.mjs';

/** The password of everybody in the practice organisation. */
export const PASSWORD = 'practice';

/** Signs in, straight at the server: what this user does never passes the browser's proxy. */
export async function signInOnWeb(origin, email, password = PASSWORD) {
  const answer = await post(origin, '/api/session', '', { email, password });
  assert.equal(answer.status, 200, `${email} signs in on the web`);
  return new WebUser(origin, cookieOf(answer));
}

/** Ends the session of somebody else's cookie, as an office does for a lost phone. */
export async function endSession(origin, cookie) {
  const answer = await fetch(`${origin}/api/session`, { method: 'DELETE', headers: { cookie } });
  assert.equal(answer.status, 204, 'the session ends');
}

class WebUser {
  #cursors = {};
  #records = new Map();
  #device = randomUUID();
  #number = 0;
  #last = Promise.resolve();

  constructor(origin, cookie) {
    this.origin = origin;
    this.cookie = cookie;
  }

  /** All records the user may see, as the server holds them now. */
  async records() {
    for (;;) {
      const request = { device: this.#device, epoch: 0, schema: 1, cursors: this.#cursors, limit: 0 };
      const page = await this.#call('/api/pull', request);
      for (const feed of page.feeds) {
        this.#cursors[feed.territory] = feed.cursor;
        for (const record of feed.records) {
          if (record.deleted) this.#records.delete(record.id);
          else this.#records.set(record.id, record);
        }
      }
      if (page.remaining === 0) return [...this.#records.values()];
    }
  }

  /** The accounts, by name. */
  async accounts() {
    const records = await this.records();
    const accounts = records.filter((record) => record.kind === 'account');
    return accounts.sort((a, b) => a.fields.name.localeCompare(b.fields.name));
  }

  /** One account of a territory; every call with the same number gives the same one. */
  async anAccount(territory, number = 0) {
    const all = await this.accounts();
    const names = new Map();
    for (const { fields } of all) names.set(fields.name, (names.get(fields.name) ?? 0) + 1);
    const found = all.filter((account) => account.territory === territory && names.get(account.fields.name) === 1);
    assert.ok(found.length > number, `${territory} has more than ${number} accounts`);
    return found[number];
  }

  /** The account of that id or name. */
  async account(key) {
    const found = (await this.accounts()).filter(({ id, fields }) => id === key || fields.name === key);
    assert.ok(found.length <= 1, `${key} is there once`);
    return found[0];
  }

  /** The notes that say exactly this. */
  async notes(text) {
    return (await this.records()).filter((record) => record.kind === 'note' && record.fields.text === text);
  }

  /** Changes fields of an account. */
  async edit(account, set) {
    return this.push([{ id: account.id, kind: 'account', op: 'patch', base: account.version, set }]);
  }

  /** Writes a note about an account. */
  async note(account, text) {
    const set = { account: account.id, text, written: new Date().toISOString() };
    return this.push([{ id: randomUUID(), kind: 'note', op: { create: account.territory }, base: 0, set }]);
  }

  /** Makes an account. */
  async make(territory, set) {
    return this.push([{ id: randomUUID(), kind: 'account', op: { create: territory }, base: 0, set }]);
  }

  /** One save with these edits. One after another, as a device sends them: its numbers must arrive in their order. */
  async push(edits) {
    const earlier = this.#last;
    const own = (async () => {
      await earlier.catch(() => {});
      return this.#send(edits);
    })();
    this.#last = own;
    return own;
  }

  async #send(edits) {
    this.#number += 1;
    const change = { id: randomUUID(), number: this.#number, made_at: Date.now(), edits };
    const request = { device: this.#device, epoch: 0, schema: 1, changes: [change] };
    const answer = await this.#call('/api/push', request);
    assert.equal(answer.problem, undefined, 'the push is taken');
    const [receipt] = answer.receipts;
    assert.ok(['accepted', 'merged'].includes(receipt.outcome), `accepted: ${JSON.stringify(receipt)}`);
    return edits[0].id;
  }

  /** Waits until the server holds exactly one note that says this, and that it stays one. */
  async hasNote(text, deadline = DEADLINE_MS) {
    await until(`a note on the web that says “${text}”`, async () => (await this.notes(text)).length > 0, deadline);
    assert.equal((await this.notes(text)).length, 1, `“${text}” is on the web exactly once`);
  }

  /** Waits until the server holds these fields of an account. */
  async hasFields(key, fields, deadline = DEADLINE_MS) {
    const holds = async () => {
      const account = await this.account(key);
      return account && Object.entries(fields).every(([name, text]) => account.fields[name] === text);
    };
    await until(`${key} on the web with ${JSON.stringify(fields)}`, holds, deadline);
    return this.account(key);
  }

  async #call(path, body) {
    const answer = await post(this.origin, path, this.cookie, body);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return JSON.parse(text);
  }
}

async function post(origin, path, cookie, body) {
  const headers = { 'content-type': 'application/json', cookie };
  return fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

function cookieOf(answer) {
  return answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
}
