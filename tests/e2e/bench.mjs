// Satchel beside hand-written IndexedDB, in one run, in headless Chromium, on the same accounts and the same server.
//
//   node tests/e2e/bench.mjs [--json FILE] [--runs N] [WORKLOAD…]
//
// A workload is named by how its name begins: `first_pull`, `save` (until durable; `save_seen` until seen), `ten_changes`, `cold_open`, `search`, `size`.
// Every time is a median in ms unless the name says p99. `satchel` is the real app, driven through its screen;
// `rows` and `pages` are in `peers.mjs`; `ratio` is satchel over rows.
//
// First pulls include fetching and reading the same answers for all three, one page at a time. `fetch` is that part
// alone, and `ratio_without_fetch` compares what is left. `…_replayed` is the same with the server's answers kept
// by the proxy, so that the server's own time nearly goes out of it.

import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { button, chip, field, go, newWorld, openAccount, rests, search, signIn } from './acts.mjs';
import { MAP, inventedRows, publicFiles, realRows, writeAccounts } from './data.mjs';
import { admin, adminTold, appDir } from './server.mjs';
import { until } from './until.mjs';
import { signInOnWeb } from './web.mjs';

const PASSWORD = 'a bench needs no secret';
const SIZES = { '20k': 20_000, '100k': 100_000 };
const PULL_MS_MAX = 300_000;
const QUERIES = ['mercy', 'saint mary', 'rehab center', 'county hosp', 'ohio', 'living', '334793', 'vermont med'];

const options = read(process.argv.slice(2));
const results = {};
const world = await newWorld(null, { practice: false, app: await appWithPeers() });
try {
  await fillLedger();
  console.log(`${cpus().length} × ${cpus()[0].model}, ${publicFiles ? 'real CMS rows' : 'invented rows'}\n`);
  for (const size of Object.keys(SIZES)) await measure(size);
  await sizes();
} finally {
  await world.close();
}
print();
if (options.json) await writeFile(options.json, `${JSON.stringify(results, null, 2)}\n`);

function read(words) {
  const options = { json: null, runs: 3, only: [] };
  while (words.length > 0) {
    const word = words.shift();
    if (word === '--json') options.json = words.shift();
    else if (word === '--runs') options.runs = Number(words.shift());
    else options.only.push(word);
  }
  return options;
}

function wanted(workload) {
  return options.only.length === 0 || options.only.some((only) => workload.startsWith(only));
}

// --- the same world for all ---

async function appWithPeers() {
  const dir = await mkdtemp(join(tmpdir(), 'satchel-bench-app-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  await cp(appDir, dir, { recursive: true });
  const here = dirname(fileURLToPath(import.meta.url));
  await cp(join(here, 'peers.mjs'), join(dir, 'peers.mjs'));
  const page = '<!doctype html><html lang="en"><title>Peers</title><input aria-label="Search"><p></p><ul></ul>';
  await writeFile(join(dir, 'peers.html'), `${page}<script type="module" src="/peers.mjs"></script></html>`);
  return dir;
}

async function fillLedger() {
  const rows = publicFiles ? realRows() : inventedRows();
  await admin(world.db, 'organisation', 'add', 'Bench');
  for (const [size, count] of Object.entries(SIZES)) {
    const file = join(world.dir, `${size}.csv`);
    await writeAccounts(file, count, `${size.toUpperCase()}-`, rows);
    await admin(world.db, 'territory', 'add', `t${size}`, size, '--org', 'Bench');
    await admin(world.db, 'import', 'accounts', file, '--org', 'Bench', '--territory', `t${size}`, '--map', MAP);
    const words = ['user', 'add', '--email', emailOf(size), '--name', size, '--territories', `t${size}`];
    await adminTold(world.db, PASSWORD, ...words, '--password-stdin', '--org', 'Bench');
  }
}

function emailOf(size) {
  return `rep${size}@bench.example`;
}

async function measure(size) {
  const pulls = await firstPulls(size);
  const satchel = pulls.satchel;
  const peers = pulls.peers;
  try {
    if (size === '20k' && wanted('save')) await saves(satchel, peers);
    if (wanted(`ten_changes_${size}`)) await tenChanges(size, satchel, peers);
    if (size === '100k' && wanted('search')) await keystrokes(satchel, peers);
    if (wanted(`cold_open_${size}`)) await coldOpens(size, satchel, peers);
  } finally {
    await satchel.switchOff();
    await peers.switchOff();
  }
}

// --- the first pull ---

/** Measures first pulls where that is wanted, and answers two devices that hold the data. */
async function firstPulls(size) {
  const peers = await newPeers(size);
  world.proxy.forgetAnswers();
  const runs = wanted(`first_pull_${size}`) ? options.runs : 1;
  let satchel;
  for (const replayed of [true, false]) {
    const name = `first_pull_${size}${replayed ? '_replayed' : ''}`;
    if (replayed && !wanted(name)) continue;
    if (replayed) {
      world.proxy.fail('replay', { path: '/api/pull' });
      await peers.page.evaluate(() => globalThis.peers.fetchOnly());
    } else {
      world.proxy.pass();
    }
    const times = { satchel: [], rows: [], pages: [], fetch: [] };
    let bytes = 0;
    for (let run = 0; run < runs; run += 1) {
      for (const kind of ['rows', 'pages']) times[kind].push(await peerPull(peers, 'firstPull', size, kind));
      times.fetch.push(await peerPull(peers, 'fetchOnly', size));
      await satchel?.switchOff();
      satchel = await newSatchel(size);
      world.proxy.forget();
      if (replayed) world.proxy.fail('replay', { path: '/api/pull' });
      times.satchel.push(await timedSync(satchel.page));
      bytes = world.proxy.bytesBack('POST /api/pull');
      await holdsAll(satchel.page, size);
    }
    if (!wanted(name)) continue;
    const fetch = median(times.fetch);
    const found = medians(times);
    const without = (found.satchel - fetch) / (found.rows - fetch);
    add(name, { ...found, fetch, ratio_without_fetch: round(without) });
    if (!replayed) add(`first_pull_${size}_bytes`, { satchel: bytes, rows: bytes, pages: bytes });
  }
  return { satchel, peers };
}

async function newPeers(size) {
  const device = await world.newDesktop();
  await device.page.goto(`${world.origin}/peers.html`);
  await device.page.waitForFunction(() => globalThis.peers);
  await device.page.evaluate(([email, password]) => globalThis.peers.signIn(email, password), [emailOf(size), PASSWORD]);
  return device;
}

async function peerPull(peers, workload, size, kind) {
  const { ms, records } = await peers.page.evaluate(
    ([workload, kind]) => globalThis.peers[workload](kind),
    [workload, kind],
  );
  if (records !== SIZES[size]) throw new Error(`${workload} ${kind} brought ${records} records`);
  return ms;
}

/** The app, signed in on a device that holds nothing yet. */
async function newSatchel(size) {
  const device = await world.newPhone();
  await device.keepsShell();
  await device.context.addInitScript(hearStrictTransactions);
  await device.page.reload();
  await button(device.page, 'Sign in').waitFor();
  world.proxy.fail('refuse', { path: '/api/pull' });
  await signIn(device.page, emailOf(size), PASSWORD);
  await go(device.page, 'Home');
  await rests(device.page);
  world.proxy.pass();
  return device;
}

async function holdsAll(page, size) {
  const text = await page.getByRole('main').innerText();
  const expected = SIZES[size].toLocaleString('en-US');
  if (!text.includes(expected)) throw new Error(`Home does not say ${expected}: ${text}`);
}

/** From the press of Sync now until the chip has left Sending: durable, then on the screen. */
async function timedSync(page) {
  await go(page, 'Home');
  await rests(page);
  page.setDefaultTimeout(PULL_MS_MAX);
  return button(page, 'Sync now').evaluate(
    (button) =>
      new Promise((resolve) => {
        const chip = [...document.querySelectorAll('[role="status"]')].at(0);
        let begun = false;
        new MutationObserver((_, observer) => {
          const sending = chip.textContent.trim() === 'Sending';
          if (begun && !sending) {
            observer.disconnect();
            resolve(performance.now() - start);
          }
          begun ||= sending;
        }).observe(chip, { childList: true, characterData: true, subtree: true });
        const start = performance.now();
        button.click();
      }),
  );
}

// --- one save ---

async function saves(satchel, peers) {
  const count = 60;
  const { page } = satchel;
  const peer = { rows: [], pages: [] };
  const [durable, seen] = [{ satchel: [], ...peer }, { satchel: [], ...peer }];
  const name = await firstName(page);
  await openAccount(page, name);
  for (let number = 0; number < count; number += 1) {
    const took = await timedSave(page, `Bench note ${number}.`);
    durable.satchel.push(took.durable);
    seen.satchel.push(took.seen);
    for (const kind of ['rows', 'pages']) {
      peer[kind].push(await peers.page.evaluate((kind) => globalThis.peers.save(kind), kind));
    }
  }
  add('save_p50', medians(durable));
  add('save_p99', medians(durable, 0.99));
  add('save_seen_p50', medians(seen));
  add('save_seen_p99', medians(seen, 0.99));
}

async function firstName(page) {
  await go(page, 'Accounts');
  const names = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').getByRole('link');
  await names.first().waitFor();
  return (await names.first().locator('span span').first().innerText()).trim();
}

/** From the press of Save until the strict transaction is complete, and until the note is seen with its account. */
async function timedSave(page, text) {
  await button(page, 'Add note').click();
  await field(page, 'Note').fill(text);
  const took = await button(page, 'Save').evaluate(
    (button, text) =>
      new Promise((resolve) => {
        let durable;
        globalThis.onStrictComplete = () => (durable ??= performance.now() - start);
        new MutationObserver((_, observer) => {
          const seen = [...document.querySelectorAll('main li p')].some((one) => one.textContent === text);
          if (!seen) return;
          observer.disconnect();
          resolve({ durable, seen: performance.now() - start });
        }).observe(document.body, { childList: true, characterData: true, subtree: true });
        const start = performance.now();
        button.click();
      }),
    text,
  );
  if (took.durable === undefined) throw new Error('the save was seen before it was durable');
  await until('the save is on the web', async () => (await chip(page)) === 'Up to date');
  return took;
}

/** Tells of every strict transaction that is complete; the app itself says nothing of its disk. */
function hearStrictTransactions() {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const opened = transaction.call(this, stores, mode, options);
    if (options?.durability === 'strict') {
      opened.addEventListener('complete', () => globalThis.onStrictComplete?.());
    }
    return opened;
  };
}

// --- ten changes ---

async function tenChanges(size, satchel, peers) {
  const web = await signInOnWeb(world.server.origin, emailOf(size), PASSWORD);
  const accounts = (await web.records()).filter(({ kind }) => kind === 'account').slice(500, 510);
  const times = { satchel: [], rows: [], pages: [] };
  await timedSync(satchel.page);
  for (const kind of ['rows', 'pages']) await peers.page.evaluate((kind) => globalThis.peers.nextPull(kind), kind);
  for (let run = 0; run < 4 * options.runs; run += 1) {
    await web.push(accounts.map(({ id }) => ({ id, kind: 'account', op: 'patch', base: 0, set: { owner: `run ${run}` } })));
    times.satchel.push(await timedSync(satchel.page));
    for (const kind of ['rows', 'pages']) {
      const { ms, records } = await peers.page.evaluate((kind) => globalThis.peers.nextPull(kind), kind);
      if (records !== 10) throw new Error(`${records} changes came`);
      times[kind].push(ms);
    }
  }
  add(`ten_changes_${size}`, medians(times));
  const [small, large] = [results.ten_changes_20k, results.ten_changes_100k];
  if (small && large) {
    const growth = (who) => round(large[who] / small[who]);
    add('ten_changes_growth', { satchel: growth('satchel'), rows: growth('rows'), pages: growth('pages') });
  }
}

// --- a cold open ---

async function coldOpens(size, satchel, peers) {
  const times = { satchel: [], rows: [], pages: [] };
  for (let run = 0; run < options.runs + 2; run += 1) {
    times.satchel.push(await coldOpen(satchel));
    for (const kind of ['rows', 'pages']) {
      await peers.switchOff();
      await peers.switchOn();
      await peers.page.goto(`${world.origin}/peers.html#open-${kind}`);
      const opened = await peers.page.waitForFunction(() => globalThis.openedAfter, null, { timeout: PULL_MS_MAX });
      times[kind].push(await opened.jsonValue());
    }
  }
  add(`cold_open_${size}`, medians(times));
}

/** From the start of the navigation until the list has rows. */
async function coldOpen(satchel) {
  await satchel.switchOff();
  await satchel.switchOn();
  await satchel.context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('[aria-posinset]')) return;
      observer.disconnect();
      globalThis.openedAfter = performance.now();
    }).observe(document, { childList: true, subtree: true });
  });
  await satchel.page.goto(`${world.origin}/accounts`);
  const opened = await satchel.page.waitForFunction(() => globalThis.openedAfter, null, { timeout: PULL_MS_MAX });
  return opened.jsonValue();
}

// --- a key in the search ---

async function keystrokes(satchel, peers) {
  await go(satchel.page, 'Accounts');
  await search(satchel.page, '');
  const box = satchel.page.getByRole('searchbox', { name: 'Search accounts' });
  const times = { satchel: await timedKeys(satchel.page, box), rows: [], pages: [], getall: [] };

  const peerBox = peers.page.getByLabel('Search');
  for (const kind of ['rows', 'pages']) {
    await peers.page.evaluate((kind) => globalThis.peers.coldOpen(kind), kind);
    await peers.page.evaluate(() => globalThis.peers.searchFrom('memory'));
    times[kind] = await timedKeys(peers.page, peerBox);
  }
  await peers.page.evaluate(() => globalThis.peers.searchFrom('getall'));
  times.getall = await timedKeys(peers.page, peerBox, ['mer']);
  add('search_p50', medians(times));
  add('search_p99', medians(times, 0.99));
}

/** For each key: from the input event until the page has dealt with it and changes no more. */
async function timedKeys(page, box, queries = QUERIES) {
  await box.fill('');
  await page.evaluate(() => {
    globalThis.keys = [];
    addEventListener(
      'input',
      () => {
        const start = performance.now();
        const list = document.querySelector('ul[aria-label="Accounts"]') ?? document.querySelector('ul');
        const line = list.closest('section, body');
        let last = start;
        let calm = 0;
        const observer = new MutationObserver(() => {
          last = performance.now();
          calm = 0;
        });
        observer.observe(line, { childList: true, characterData: true, subtree: true });
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          last = Math.max(last, performance.now());
          const settle = () => {
            calm += 1;
            if (calm < 4) return requestAnimationFrame(settle);
            observer.disconnect();
            globalThis.keys.push(last - start);
          };
          requestAnimationFrame(settle);
        };
        port2.postMessage(null);
      },
      { capture: true },
    );
  });
  let typed = 0;
  for (const query of queries) {
    for (const letter of query) {
      await box.press(letter === ' ' ? 'Space' : letter);
      typed += 1;
      await page.waitForFunction((typed) => globalThis.keys.length >= typed, typed, { timeout: PULL_MS_MAX });
    }
    await box.fill('');
    typed += 1;
    await page.waitForFunction((typed) => globalThis.keys.length >= typed, typed, { timeout: PULL_MS_MAX });
  }
  return page.evaluate(() => globalThis.keys);
}

// --- bytes ---

async function sizes() {
  if (!wanted('size')) return;
  let sum = 0;
  for (const file of await filesBelow(appDir)) {
    if (!['.js', '.wasm', '.css', '.html'].includes(extname(file))) continue;
    const packed = await readFile(`${file}.br`).catch(async () => brotliCompressSync(await readFile(file)));
    sum += packed.length;
  }
  add('size_app_brotli_bytes', { satchel: sum, rows: null, pages: null });
}

async function filesBelow(dir) {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

// --- the results ---

function add(name, found) {
  const { satchel, rows } = found;
  results[name] = { ...found, ratio: found.ratio ?? (rows ? round(satchel / rows) : null) };
  console.log(name, JSON.stringify(results[name]));
}

function medians(times, at = 0.5) {
  return Object.fromEntries(Object.entries(times).map(([who, all]) => [who, round(quantile(all, at))]));
}

function median(times) {
  return round(quantile(times, 0.5));
}

function quantile(times, at) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))];
}

function round(value) {
  return Number(value.toPrecision(4));
}

function print() {
  const line = (...cells) => console.log(cells.map((cell, at) => String(cell ?? '').padStart(at ? 12 : 0).padEnd(at ? 0 : 28)).join(''));
  console.log();
  line('workload', 'satchel', 'rows', 'pages', 'ratio');
  for (const [name, { satchel, rows, pages, ratio }] of Object.entries(results)) line(name, satchel, rows, pages, ratio);
}
