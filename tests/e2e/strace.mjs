// `cargo xtask kills --strace`: is what the screen calls saved really on the disk? Watches the browser's own file syncs
// from outside: each save must have one between the press of Save and the word "On this phone". The relaxed control, a
// form's text that is kept with each pause in typing, shows far fewer.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { REP1, button, field, newWorld, noteSays, openAccount, processesOf } from './acts.mjs';
import { until } from './until.mjs';

const { values } = parseArgs({ options: { saves: { type: 'string', default: '200' } } });
const SAVES = Number(values.saves);

try {
  execFileSync('strace', ['--version'], { stdio: 'ignore' });
} catch {
  console.log('strace is not here (Debian package strace): the file syncs were not watched');
  process.exit(0);
}

const dir = await mkdtemp(join(tmpdir(), 'satchel-strace-'));
const log = join(dir, 'syncs');
const world = await newWorld();
const phone = await world.newPhoneOf(REP1);
const strace = await watch(phone);
try {
  const { saved, kept } = await play(phone);
  report(saved, kept, await syncs());
} finally {
  strace.kill('SIGINT');
  await world.close();
  await rm(dir, { recursive: true, force: true });
}

/** Every process that may write for the browser: its own, and the one that looks after storage. */
async function watch(phone) {
  const pids = [...processesOf(phone.dir, 'storage.mojom'), ...processesOf(phone.dir).slice(0, 1)];
  const words = ['-f', '-y', '-ttt', '-e', 'trace=fsync,fdatasync', '-o', log, ...pids.flatMap((pid) => ['-p', `${pid}`])];
  const child = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  await until(`strace is attached (${said})`, () => said.split('attached').length > pids.length);
  return child;
}

/** Saves so many notes, then types as often without saving; answers from when to when each lasted, in ms. */
async function play(phone) {
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  // What the web answers is written down too; here only the saves are to be seen.
  await phone.context.setOffline(true);
  const saved = [];
  for (let n = 1; n <= SAVES; n += 1) {
    const text = `Durable ${n}.`;
    await button(page, 'Add note').click();
    await field(page, 'Note').fill(text);
    await page.waitForFunction(isKept, text);
    const from = Date.now();
    await button(page, 'Save').click();
    await noteSays(page, text, 'On this phone');
    saved.push([from, Date.now()]);
  }
  const kept = [];
  await button(page, 'Add note').click();
  for (let n = 1; n <= SAVES; n += 1) {
    const text = `Typed ${n}.`;
    const from = Date.now();
    await field(page, 'Note').fill(text);
    await page.waitForFunction(isKept, text);
    kept.push([from, Date.now()]);
  }
  return { saved, kept };
}

/** Runs in the page: whether a form's text is in some row of some database. */
async function isKept(text) {
  const wanted = new TextEncoder().encode(text).toString();
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    const rows = await new Promise((resolve) => {
      const request = database.transaction('drafts').objectStore('drafts').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    if (rows.some((row) => row.toString().includes(wanted))) return true;
  }
  return false;
}

/** When the browser had files of its databases synced to the disk: the time each call began, in ms. */
async function syncs() {
  await until('strace has written', () => readFileSync(log, 'utf8').includes('sync('));
  const lines = readFileSync(log, 'utf8').split('\n').filter((line) => /f(data)?sync\(\d+<[^>]*IndexedDB/.test(line));
  return lines.map((line) => 1000 * Number(line.match(/(\d+\.\d+)/)[1]));
}

function report(saved, kept, at) {
  const within = ([from, to]) => at.filter((time) => from <= time && time <= to).length;
  const covered = saved.filter((span) => within(span) > 0).length;
  const relaxed = kept.filter((span) => within(span) > 0).length;
  const sum = (spans) => spans.reduce((total, span) => total + within(span), 0);
  console.log(`${covered} of ${saved.length} saves had a file sync before "On this phone" (${sum(saved)} syncs)`);
  console.log(`${relaxed} of ${kept.length} relaxed writes had one (${sum(kept)} syncs)`);
  assert.equal(covered, saved.length, 'every save is synced before the screen says so');
  assert.ok(relaxed * 4 < kept.length, 'the control is relaxed');
}
