// Satchel beside hand-written IndexedDB, in one run, in headless Chromium, on the same accounts and the same server.
//
//   node tests/e2e/bench.mjs [--json FILE] [--runs N] [WORKLOAD…]
//
// A workload is named by how its name begins: `first_pull`, `save` (until durable; `save_seen` until seen), `ten_changes`,
// `cold_open`, `search`, `book`, `size`.
// Every time is a median in ms unless the name says p99. `satchel` is the real app, driven through its screen;
// `rows` and `pages` are in `peers.mjs`; `ratio` is satchel over rows.
//
// First pulls include fetching and reading the same answers for all three, one page at a time. `fetch` is that part
// alone, and `ratio_without_fetch` compares what is left. `…_replayed` is the same with the server's answers kept
// by the proxy, so that the server's own time nearly goes out of it.
//
// `book_…` are the screen's questions over the large book of `book.mjs`, in the real app alone. `satchel` is until what
// was asked for is laid out; `made` is until the script has made its elements, and `computed` until the page first changes.
// `script` and `layout` are what the page's thread was at work for it, whatever else the machine had to do.

import { rmSync } from 'node:fs';
import { cp, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

import { LONGEST, QUERIES as BOOK_QUERIES, SIZES as BOOK_SIZES, writeBook } from './book.mjs';
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
const world = await newWorld(null, { organisation: 'Bench', app: await appWithPeers() });
try {
  console.log(`${cpus().length} × ${cpus()[0].model}, ${publicFiles ? 'real CMS rows' : 'invented rows'}\n`);
  const meant = Object.keys(SIZES).filter(isMeant);
  if (meant.length > 0) await fillLedger();
  for (const size of meant) await measure(size);
  if (wanted('book')) await book();
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

/** Whether anything is asked for that needs the accounts of this size. */
function isMeant(size) {
  const names = [`first_pull_${size}`, `first_pull_${size}_replayed`, `ten_changes_${size}`, `cold_open_${size}`];
  return [...names, size === '20k' ? 'save' : 'search'].some(wanted);
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
  for (const [size, count] of Object.entries(SIZES)) {
    const file = join(world.dir, `${size}.csv`);
    await writeAccounts(file, count, `${size.toUpperCase()}-`, rows);
    await addRep(size);
    await admin(world.db, 'import', 'accounts', file, '--org', 'Bench', '--territory', `t${size}`, '--map', MAP);
  }
}

/** A territory, and a rep who has it alone. */
async function addRep(size) {
  await admin(world.db, 'territory', 'add', `t${size}`, size, '--org', 'Bench');
  const words = ['user', 'add', '--email', emailOf(size), '--name', size, '--territories', `t${size}`];
  await adminTold(world.db, PASSWORD, ...words, '--password-stdin', '--org', 'Bench');
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
      await holdsAll(satchel.page, SIZES[size]);
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

async function holdsAll(page, count) {
  const text = await page.getByRole('main').innerText();
  const expected = count.toLocaleString('en-US');
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

// --- the large book ---

async function book() {
  await addRep('book');
  const web = await signInOnWeb(world.server.origin, emailOf('book'), PASSWORD);
  const { note, ...others } = BOOK_SIZES;
  const count = Object.values(others).reduce((sum, count) => sum + count);
  await writeBook(web.origin, web.cookie, 'tbook', Object.keys(others));
  const satchel = await newSatchel('book');
  try {
    addOwn('book_pull_100k', await timedSync(satchel.page));
    await holdsAll(satchel.page, count);
    addOwn('book_memory_100k_mb', ...(await memory(satchel)));
    await writeBook(web.origin, web.cookie, 'tbook', ['note']);
    addOwn('book_pull_300k_notes', await timedSync(satchel.page));
    await holdsAll(satchel.page, count + note);
    addOwn('book_memory_400k_mb', ...(await memory(satchel)));
    await satchel.context.addInitScript(watchThePage);
    await satchel.page.reload();
    await presses(satchel.page);
    await finds(satchel.page);
  } finally {
    await satchel.switchOff();
  }
}

function addOwn(name, satchel, parts = {}) {
  add(name, { satchel: round(satchel), rows: null, pages: null, ...parts });
}

/** Counts what the page changes, and the turns of its timers: nothing but the time is taken from them. */
function watchThePage() {
  const watch = { changedAt: null, longestTurn: 0 };
  globalThis.watch = watch;
  const touched = () => (watch.changedAt ??= performance.now());
  const around = (of, name) => {
    const own = of[name];
    of[name] = function (...given) {
      touched();
      return own.apply(this, given);
    };
  };
  for (const name of ['insertBefore', 'appendChild', 'removeChild', 'replaceChild']) around(Node.prototype, name);
  for (const name of ['remove', 'append', 'before', 'after', 'replaceWith']) around(Element.prototype, name);
  const texts = [
    [Node.prototype, 'textContent'],
    [Node.prototype, 'nodeValue'],
    [CharacterData.prototype, 'data'],
  ];
  for (const [of, name] of texts) {
    const own = Object.getOwnPropertyDescriptor(of, name);
    const set = function (text) {
      touched();
      own.set.call(this, text);
    };
    Object.defineProperty(of, name, { ...own, set });
  }
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (act, ...given) =>
    later(() => {
      const start = performance.now();
      act();
      queueMicrotask(() => (watch.longestTurn = Math.max(watch.longestTurn, performance.now() - start)));
    }, ...given);
}

/**
 * What the app holds after a cold open, in MB: the memory of its WebAssembly and the heap of its scripts. The page is not
 * isolated from other origins, so that the browser's own sum (`measureUserAgentSpecificMemory`) is not to be had.
 */
async function memory(device) {
  await coldOpen(device);
  const session = await device.context.newCDPSession(device.page);
  await session.send('HeapProfiler.collectGarbage');
  const asked = await session.send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' });
  const found = await session.send('Runtime.queryObjects', { prototypeObjectId: asked.result.objectId });
  const sum = await session.send('Runtime.callFunctionOn', {
    objectId: found.objects.objectId,
    functionDeclaration: 'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }',
    returnByValue: true,
  });
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
  await session.detach();
  return [(sum.result.value + heap) / 1e6, { wasm: round(sum.result.value / 1e6), heap: round(heap / 1e6) }];
}

/** Opens Home, the longest history and the charts by their links, again and again. */
async function presses(page) {
  const times = { home: [], history: [], figures: [] };
  const atWork = await workOf(page);
  const press = async (link, selector, count) => {
    const found = await link.elementHandle();
    return atWork(() => timedPress(found, selector, count));
  };
  const nav = (name) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true });
  for (let run = 0; run < 5 * options.runs; run += 1) {
    await go(page, 'Accounts');
    await search(page, LONGEST.name);
    const link = page.getByRole('list', { name: 'Accounts' }).locator(`a[href="/accounts/${LONGEST.id}"]`);
    times.history.push(await press(link, 'main ol > li', 20));
    await go(page, 'Accounts');
    times.home.push(await press(nav('Home'), 'main ul[aria-label="Due for a visit"] > li', 1));
    await page.getByRole('link', { name: 'All figures' }).waitFor();
    times.figures.push(await press(page.getByRole('link', { name: 'All figures' }), 'main .figures figure', 6));
  }
  for (const [name, all] of Object.entries(times)) addParts(`book_${name}`, all);
}

/** Adds to what an act has measured how long the page's thread was at work for it. */
async function workOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const ms = (name) => 1_000 * metrics.find((metric) => metric.name === name).value;
    return { script: ms('ScriptDuration'), layout: ms('LayoutDuration') + ms('RecalcStyleDuration') };
  };
  return async (act) => {
    const before = await read();
    const found = await act();
    const after = await read();
    return { ...found, script: after.script - before.script, layout: after.layout - before.layout };
  };
}

/** From the press of a link until there is what is looked for: made by the script, then laid out. */
async function timedPress(link, selector, count) {
  return link.evaluate(
    (link, [selector, count]) =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        let made;
        const look = new MutationObserver(() => {
          made = performance.now() - start;
          if (document.querySelectorAll(selector).length >= count) port2.postMessage(null);
        });
        port1.onmessage = () => {
          look.disconnect();
          document.body.getBoundingClientRect();
          resolve({ made, satchel: performance.now() - start });
        };
        look.observe(document.body, { childList: true, subtree: true });
        const start = performance.now();
        link.click();
      }),
    [selector, count],
  );
}

function addParts(name, all) {
  for (const [share, at] of [['p50', 0.5], ['p99', 0.99]]) {
    const parts = Object.keys(all[0]).map((part) => [part, round(quantile(all.map((one) => one[part]), at))]);
    const { satchel, ...others } = Object.fromEntries(parts);
    addOwn(`${name}_${share}`, satchel, others);
  }
}

async function finds(page) {
  await go(page, 'Accounts');
  const { turns, gap, tasks, ms } = await timedBuilding(page);
  addOwn('book_index', ms, { longest_turn: round(turns), longest_frame: round(gap), over_50_ms: tasks });
  const box = page.getByRole('searchbox', { name: 'Find', exact: true });
  addParts('book_find', await timedFinds(page, box));
}

/** From the first press of Find until nothing is left to read. */
async function timedBuilding(page) {
  return page.getByRole('link', { name: 'Find anything' }).evaluate(
    (link) =>
      new Promise((resolve) => {
        const tasks = [];
        new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
          type: 'longtask',
        });
        let before = performance.now();
        let [gap, hasBegun] = [0, false];
        globalThis.watch.longestTurn = 0;
        const start = performance.now();
        const frame = (now) => {
          gap = Math.max(gap, now - before);
          before = now;
          const left = document.querySelector('main [aria-live]')?.textContent ?? '';
          hasBegun ||= left.startsWith('Still reading');
          if (!hasBegun || left !== '') return requestAnimationFrame(frame);
          resolve({ ms: performance.now() - start, turns: globalThis.watch.longestTurn, gap, tasks });
        };
        link.click();
        requestAnimationFrame(frame);
      }),
  );
}

/** For each key: from the input event until the page first changes, until the script is done, and until it is laid out. */
async function timedFinds(page, box) {
  await page.evaluate(() => {
    addEventListener(
      'input',
      () => {
        const start = performance.now();
        globalThis.watch.changedAt = null;
        const { port1, port2 } = new MessageChannel();
        let made;
        const observer = new MutationObserver(() => (made = performance.now()));
        observer.observe(document.body, { childList: true, characterData: true, subtree: true });
        port1.onmessage = () => {
          observer.disconnect();
          made ??= performance.now();
          const computed = globalThis.watch.changedAt ?? made;
          document.body.getBoundingClientRect();
          const satchel = performance.now() - start;
          globalThis.answered({ computed: computed - start, made: made - start, satchel });
        };
        port2.postMessage(null);
      },
      { capture: true },
    );
  });
  const times = [];
  const atWork = await workOf(page);
  const next = () =>
    page.evaluate(() => {
      globalThis.answer = new Promise((answered) => (globalThis.answered = answered));
    });
  for (const query of BOOK_QUERIES) {
    await next();
    await box.fill('');
    await box.focus();
    for (const letter of query) {
      await next();
      const key = async () => {
        await page.keyboard.press(letter === ' ' ? 'Space' : letter);
        return page.evaluate(() => globalThis.answer);
      };
      times.push(await atWork(key));
    }
  }
  return times;
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
