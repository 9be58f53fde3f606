// Storage and network that fail: the k-th call of every act, in every way that a browser has. Either the act says that
// it succeeded and it is there after a cold start and once on the web, or a sentence is on the screen, what was typed
// is still in the form, and the next try succeeds. `SATCHEL_STRIKES=full` plays every call and every way; without it a
// sample spread over all of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chromium } from 'playwright-core';

import { CHROMIUM_ARGS, PHONE, REP1, button, field, go, newWorld, seeNote, signIn, syncNow } from './acts.mjs';
import { KINDS, LASTING, install } from './strikes.mjs';
import { until } from './until.mjs';

const FULL = process.env.SATCHEL_STRIKES === 'full';
/** Trials of an act in the sample. */
const SAMPLE = 5;
const OUTCOME_MS = 60_000;
/** How long what comes behind an act is waited for. */
const BEHIND_MS = 700;
/** What the screen says when something did not work. */
const SENTENCE =
  /NOT saved|storage|more room|No room|closed Satchel|No signal|had a problem|is busy|Try again|try again|did not do as asked|broken off/;

// --- the stage ---

/** One browser for many trials. Each context is a device of its own. */
async function newStage(t) {
  const world = await newWorld(t);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: CHROMIUM_ARGS,
  });
  t.after(() => browser.close());
  const web = await world.onWeb();
  return { world, browser, web, complaints: [] };
}

async function newDevice(stage, email) {
  const context = await stage.browser.newContext({ ...PHONE, locale: 'en-US', serviceWorkers: 'block' });
  const device = { stage, context };
  if (email) {
    const page = await openPage(device, '/');
    await signIn(page, email);
    await syncNow(page);
    await button(page, 'OK').click();
    await page.close();
  }
  return device;
}

async function openPage({ stage, context }, path, strike = {}) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (/panicked at|Content Security Policy/i.test(message.text())) stage.complaints.push(message.text());
  });
  page.on('pageerror', (error) => stage.complaints.push(String(error)));
  await page.addInitScript(install, strike);
  await page.goto(stage.world.origin + path);
  return page;
}

const arm = (page) => page.evaluate(() => void (window.strike.armed = true));
const disarm = (page) =>
  page.evaluate(() => {
    window.strike.armed = false;
    sessionStorage.setItem('disarmed', 'yes');
  });

/** Waits until the act shows that it is done, or a sentence says why not. */
async function outcome(page, isDone) {
  let told = '';
  await until('the act is done, or a sentence says why not', async () => {
    if (await isDone(page)) return (told = 'done');
    const said = await sentenceOn(page);
    return said ? (told = said) : '';
  }, OUTCOME_MS);
  return told;
}

async function sentenceOn(page) {
  const texts = await page.evaluate(() => {
    const places = document.querySelectorAll('[role=alert], [role=status], .sync__news, .still, #boot-panel');
    // A place may have no box of its own, only what stands in it.
    const isSeen = (place) => [place, ...place.children].some((part) => part.checkVisibility());
    return [...places].filter(isSeen).map((place) => place.innerText);
  });
  return texts.find((text) => SENTENCE.test(text)) ?? '';
}

const isSeen = (locator) => locator.first().isVisible().catch(() => false);

// --- the acts ---

/**
 * `begin` goes where the act begins; `act` does it, armed; `isDone` sees that it is done; `again` tries once more with
 * everything well; `keeps` asks that what was typed is still there after a sentence. `ends` looks at all trials.
 */
const ACTS = {
  'saving a note': {
    path: ({ account }) => `/accounts/${account.id}/note`,
    begin: async (page, { text }) => field(page, 'Note').fill(text),
    act: (page) => button(page, 'Save').click(),
    isDone: (page, { text }) => isSeen(page.getByRole('listitem').filter({ hasText: text })),
    keeps: async (page, { text }) => assert.equal(await field(page, 'Note').inputValue(), text),
    again: (page) => button(page, 'Save').click(),
    onCold: (page, { text }) => seeNote(page, text),
    onWeb: (web, { text }) => web.hasNote(text),
  },
  'saving a note with a promise': {
    path: ({ account }) => `/accounts/${account.id}/note`,
    begin: async (page, { text }) => {
      await field(page, 'Note').fill(text);
      await field(page, 'Next step').fill(`After: ${text}`);
    },
    act: (page) => button(page, 'Save').click(),
    isDone: (page, { text }) => isSeen(page.getByRole('listitem').filter({ hasText: text })),
    keeps: async (page, { text }) => {
      assert.equal(await field(page, 'Note').inputValue(), text);
      assert.equal(await field(page, 'Next step').inputValue(), `After: ${text}`);
    },
    again: (page) => button(page, 'Save').click(),
    onCold: (page, { text }) => seeNote(page, text),
    onWeb: async (web, { text }) => {
      await web.hasNote(text);
      const records = await web.records();
      const note = records.find(({ fields }) => fields.text === text);
      const promises = records.filter(({ fields }) => fields.subject === `After: ${text}`);
      assert.deepEqual(promises.map(({ fields }) => fields.follows), [note.id], 'the promise came with its note, once');
    },
  },
  'editing an account': {
    replaces: true,
    path: ({ account }) => `/accounts/${account.id}/edit`,
    begin: async (page, { text }) => field(page, 'City').fill(text),
    act: (page) => button(page, 'Save').click(),
    isDone: (page, { text }) => isSeen(page.getByRole('article').getByText(text)),
    keeps: async (page, { text }) => assert.equal(await field(page, 'City').inputValue(), text),
    again: (page) => button(page, 'Save').click(),
    onCold: (page, { text }) => page.getByRole('article').getByText(text).first().waitFor(),
    onWeb: (web, { account, text }) => web.hasFields(account.id, { city: text }),
  },
  'making an account': {
    path: () => '/accounts/new',
    begin: async (page, { text }) => field(page, 'Name').fill(text),
    act: (page) => button(page, 'Save').click(),
    isDone: (page, { text }) => isSeen(page.getByRole('heading', { level: 1, name: text })),
    keeps: async (page, { text }) => assert.equal(await field(page, 'Name').inputValue(), text),
    again: (page) => button(page, 'Save').click(),
    onWeb: (web, { text }) => web.hasFields(text, { name: text }),
  },
  'syncing': {
    path: () => '/',
    begin: async (page, { stage, account, text }) => {
      await stage.web.note(account, text);
      await go(page, 'Home');
    },
    act: (page) => button(page, 'Sync now').click(),
    isDone: (page) => isSeen(page.locator('.sync__news').filter({ hasText: /new|changed|Nothing/ })),
    keeps: async () => {},
    again: (page) => button(page, 'Sync now').click(),
    onCold: (page, { text }) => seeNote(page, text),
  },
  'opening the app': {
    armed: true,
    path: ({ account }) => `/accounts/${account.id}`,
    begin: async () => {},
    act: async () => {},
    isDone: (page, { account }) => isSeen(page.getByRole('heading', { level: 1, name: account.fields.name })),
    keeps: async () => {},
    again: (page) => page.reload(),
  },
  'keeping what is typed': {
    path: ({ account }) => `/accounts/${account.id}/note`,
    begin: async (page) => field(page, 'Note').fill(''),
    act: async (page, { text }) => {
      await field(page, 'Note').fill(text);
      await field(page, 'Note').blur();
      await until('the app has tried', () => page.evaluate(() => window.strike.calls.includes('transaction')));
    },
    isDone: async (page, { text }) => (await field(page, 'Note').inputValue()) === text,
    keeps: async (page, { text }) => assert.equal(await field(page, 'Note').inputValue(), text),
    again: async () => {},
    then: async (page, trial) => {
      await field(page, 'Note').fill(`${trial.text} and more`);
      await field(page, 'Note').blur();
      await until('the words are on the disk', async () => {
        return (await page.evaluate(draftsOnDisk)).some((text) => text.includes(`${trial.text} and more`));
      });
      await page.reload();
      await field(page, 'Note').waitFor();
      assert.equal(await field(page, 'Note').inputValue(), `${trial.text} and more`);
      await button(page, 'Discard').first().click();
    },
  },
  'signing in': {
    fresh: true,
    path: () => '/',
    begin: async (page) => {
      await field(page, 'Email').fill(REP1);
      await field(page, 'Password').fill('practice');
    },
    act: (page) => button(page, 'Sign in').click(),
    isDone: (page) => isSeen(page.getByText(/as of /)),
    keeps: async () => {},
    again: async (page) => {
      if (await button(page, 'Sync now').isVisible()) return button(page, 'Sync now').click();
      if (await button(page, 'Sign in').isVisible()) {
        if ((await field(page, 'Password').inputValue()) === '') await field(page, 'Password').fill('practice');
        return button(page, 'Sign in').click();
      }
      return page.reload();
    },
  },
};

/** Plays one act with one fault in it. Answers what came of it. */
async function play(act, trial) {
  const { strike } = trial;
  const page = await openPage(trial.device, act.path(trial), { ...strike, armed: Boolean(act.armed) });
  if (!act.armed) {
    await act.begin(page, trial);
    await arm(page);
  }
  await act.act(page, trial);
  const told = await outcome(page, (seen) => act.isDone(seen, trial));
  // What comes behind the act, such as the answer of the web, is to be struck too.
  const isStruck = () => page.evaluate(() => window.strike.hit !== '');
  if (strike.at) await until('the strike', isStruck, BEHIND_MS).catch(() => {});
  const hit = await page.evaluate(() => window.strike.hit);
  if (told !== 'done') await act.keeps(page, trial);
  if (!strike.at) await new Promise((resolve) => setTimeout(resolve, BEHIND_MS));
  await disarm(page);
  if (told !== 'done') {
    // An act that stops at the first sentence, tried again with everything well, must come to its end.
    await until('the next try succeeds', async () => {
      if (await act.isDone(page, trial)) return true;
      await act.again(page, trial).catch(() => {});
      return until('', () => act.isDone(page, trial), 8_000).catch(() => false);
    }, OUTCOME_MS);
  }
  const calls = await page.evaluate(() => window.strike.calls);
  await act.then?.(page, trial);
  await page.close();
  return { told, hit, calls };
}

async function pullAgain(device) {
  const page = await openPage(device, '/');
  await syncNow(page);
  await page.close();
}

function strikesOf(calls) {
  const strikes = calls.flatMap((call, index) => KINDS[call].map((kind) => ({ at: index + 1, kind })));
  for (const lasting of Object.keys(LASTING)) {
    const from = lasting === 'dead' || lasting === 'full' ? calls.map((_, index) => index + 1) : [1];
    strikes.push(...from.map((at) => ({ at, lasting })));
  }
  if (FULL) return strikes;
  const stride = strikes.length / SAMPLE;
  return Array.from({ length: SAMPLE }, (_, n) => strikes[Math.floor((n + 0.5) * stride)]);
}

for (const [name, act] of Object.entries(ACTS)) {
  test(`${name}, with a storage or network call that fails`, async (t) => {
    const stage = await newStage(t);
    const device = act.fresh ? null : await newDevice(stage, REP1);
    let number = 0;
    const newTrial = async (strike) => {
      const account = await stage.web.anAccount('north', number % 40);
      number += 1;
      const own = device ?? (await newDevice(stage));
      return { stage, device: own, account, strike, text: `Struck ${name} ${number}.` };
    };
    const trials = [await newTrial({})];
    const { calls } = await play(act, trials[0]);
    const tally = { done: 0, said: 0, hit: 0 };
    for (const strike of strikesOf(calls)) {
      const trial = await newTrial(strike);
      const what = `${name}: call ${strike.at} (${calls[strike.at - 1]}) ${strike.kind ?? `and all after, ${strike.lasting}`}`;
      const { told, hit } = await play(act, trial).catch((error) => {
        throw new Error(`${what}: ${error.message}`, { cause: error });
      });
      assert.deepEqual(stage.complaints, [], what);
      tally[told === 'done' ? 'done' : 'said'] += 1;
      if (hit) tally.hit += 1;
      // What was pulled may have left the disk to make room for the save.
      if (device && strike.lasting === 'full') await pullAgain(device);
      if (FULL) console.log(`${what}: ${told.replaceAll('\n', ' ').slice(0, 100)}`);
      if (device) trials.push(trial);
      else await trial.device.context.close();
    }
    // An account that two trials changed shows what the later one wrote.
    const ends = act.replaces ? [...new Map(trials.map((trial) => [trial.account.id, trial])).values()] : trials;
    // What the last trial left on the device goes to the web from here.
    const cold = device && (await openPage(device, '/'));
    for (const trial of ends) {
      if (cold && act.onCold) {
        await cold.goto(`${stage.world.origin}/accounts/${trial.account.id}`);
        await act.onCold(cold, trial);
      }
      await act.onWeb?.(stage.web, trial);
    }
    t.diagnostic(`${trials.length} trials over ${calls.length} calls: ${JSON.stringify(tally)}`);
  });
}

/** What is kept of forms, in whichever of the user's databases. */
async function draftsOnDisk() {
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('satchel:')) continue;
    const db = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const rows = await new Promise((resolve, reject) => {
      const request = db.transaction('drafts').objectStore('drafts').getAll();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    db.close();
    texts.push(...rows.map((row) => new TextDecoder().decode(row)));
  }
  return texts;
}
