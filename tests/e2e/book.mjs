// A large book: 100,000 records of all kinds and 300,000 notes, as `cargo bench -p view` makes them. They come to the
// ledger as a device's saves do, over the wire, many in one push.

import { randomUUID } from 'node:crypto';

import { diceOf } from './dice.mjs';

/** How many of each kind, in the order in which they are made. */
export const SIZES = { account: 40_000, contact: 40_000, referral: 10_000, event: 10_000, note: 300_000 };
/** One note of so many is about the first account. */
const LONG_HISTORY = 100;
const EDITS_PER_CHANGE = 100;
const CHANGES_PER_PUSH = 20;
const DAY_MS = 24 * 3600 * 1000;

/** The first account, of which there is most to tell. */
export const LONGEST = { id: idOf('account', 0), name: 'Mercy Hospital of the long history' };

/** Sends what this session may write, all records of these kinds. */
export async function writeBook(origin, cookie, territory, kinds) {
  const sender = new Sender(origin, cookie);
  let edits = [];
  for (const kind of kinds) {
    for (const [id, set] of records(kind)) {
      edits.push({ id, kind, op: { create: territory }, base: 0, set });
      if (edits.length === EDITS_PER_CHANGE * CHANGES_PER_PUSH) await sender.send(edits.splice(0));
    }
  }
  if (edits.length > 0) await sender.send(edits);
  await sender.done();
}

/** A device that only sends. The next push is made while the server works on the last one. */
class Sender {
  #device = randomUUID();
  #number = 0;
  #last = Promise.resolve();

  constructor(origin, cookie) {
    this.origin = origin;
    this.cookie = cookie;
  }

  async send(edits) {
    const changes = [];
    while (edits.length > 0) {
      this.#number += 1;
      const some = edits.splice(0, EDITS_PER_CHANGE);
      changes.push({ id: randomUUID(), number: this.#number, made_at: Date.now(), edits: some });
    }
    const body = JSON.stringify({ device: this.#device, epoch: 0, schema: 1, changes });
    await this.#last;
    this.#last = this.#post(body);
  }

  async done() {
    await this.#last;
  }

  async #post(body) {
    const headers = { 'content-type': 'application/json', cookie: this.cookie };
    const answer = await fetch(`${this.origin}/api/push`, { method: 'POST', headers, body });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`the push was answered ${answer.status}: ${text}`);
    const refused = JSON.parse(text).receipts.find(({ outcome }) => outcome !== 'accepted');
    if (refused) throw new Error(`not accepted: ${JSON.stringify(refused)}`);
  }
}

function* records(kind) {
  const count = SIZES[kind];
  const speak = speaker(Object.keys(SIZES).indexOf(kind));
  for (let n = 0; n < count; n += 1) yield [idOf(kind, n), MAKE[kind](n, speak)];
}

const MAKE = {
  account: (n, speak) => ({
    name: n === 0 ? LONGEST.name : speak(3),
    city: speak(1),
    phone: phoneOf(n),
    ...(n % 100 === 0 && { frequency: 'monthly', rating: 'ABC'[(n / 100) % 3] }),
  }),
  contact: (n, speak) => ({ name: speak(2), account: idOf('account', n), mobile: phoneOf(n) }),
  // Three years of referrals.
  referral: (n, speak) => {
    const days = n % 1_095;
    const set = { patient: 'AB', account: aboutOf(n), room: speak(1), referred: dayBefore(days) };
    if (n % 4 === 0 && days < 20) return { ...set, stage: 'review' };
    const decided = dayBefore(Math.max(0, days - 1));
    if (n % 4 === 1) return { ...set, stage: 'nonadmit', decision: 'declined', reason: 'staffing', decided };
    return { ...set, stage: 'admitted', decision: 'accepted', decided, soc: decided };
  },
  event: (n, speak) => ({ subject: speak(4), account: aboutOf(n), start: `${dayBefore((n % 700) - 60)}T09:30` }),
  note: (n, speak) => ({
    text: speak(20),
    account: n % LONG_HISTORY === 0 ? LONGEST.id : aboutOf(n),
    written: new Date(Date.now() - (1 + (n % 700)) * DAY_MS).toISOString(),
  }),
};

function idOf(kind, n) {
  const number = Object.keys(SIZES).indexOf(kind) * 1_000_000 + n;
  return `01900000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

function aboutOf(n) {
  return idOf('account', n % SIZES.account);
}

function phoneOf(n) {
  return `(${(n % 700) + 210}) 555-${String(n % 10_000).padStart(4, '0')}`;
}

function dayBefore(days) {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

/** Says sentences; common words are common: a square of chance. */
function speaker(seed) {
  const syllables = ['ka', 'ren', 'mo', 'sil', 'ver', 'ta', 'lin', 'bor', 'es', 'qua', 'dri', 'hol', 'ny', 'pe'];
  const words = ['mercy', 'hospital', 'clinic', 'rehab', 'discharge', 'referral', 'wound', 'therapy'];
  const dice = diceOf(7);
  const below = (limit) => Math.floor(dice() * limit);
  while (words.length < 20_008) {
    words.push(Array.from({ length: 2 + below(3) }, () => syllables[below(14)]).join(''));
  }
  const own = diceOf(seed + 100);
  const word = () => words[Math.floor(own() * own() * words.length)];
  return (count) => Array.from({ length: count }, word).join(' ');
}

/** Letters as a rep types them: words of the book, one with a slip, a part of a phone number. */
export const QUERIES = [
  'mercy',
  'hospital rehab',
  'wound therapy',
  'kaver tamo',
  'mecry hosptial',
  '555 0101',
  'silver',
  'discharge linny',
];
