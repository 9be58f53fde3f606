// What people do with Satchel, and what they see: through roles and accessible names, as a screen reader would.
// The names are a contract with the app; nothing here knows a class or an id.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { chromium } from 'playwright-core';

import { startProxy } from './proxy.mjs';
import { admin, startServer } from './server.mjs';
import { DEADLINE_MS, until } from './until.mjs';
import { PASSWORD, signInOnWeb } from './web.mjs';

export const REP1 = 'rep1@practice.example';
export const REP2 = 'rep2@practice.example';
export const MANAGER = 'manager@practice.example';

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };

// --- the world ---

/** A server, the network before it, and a place for files; all of it gone when the test `t` ends. Without the practice
    organisation it serves one of that name. */
export async function newWorld(t, { organisation, ...settings } = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'satchel-e2e-'));
  const world = new World(dir);
  const end = async () => {
    await world.end();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  if (t) t.after(end);
  else world.close = end;
  const db = join(dir, 'ledger.sqlite');
  if (organisation) await admin(db, 'organisation', 'add', organisation);
  world.server = await startServer({ db, practice: !organisation, ...settings });
  world.proxy = await startProxy(world.server.port);
  return world;
}

class World {
  #devices = [];

  constructor(dir) {
    this.dir = dir;
  }

  /** Where the browser finds the app. */
  get origin() {
    return this.proxy.origin;
  }

  get db() {
    return this.server.db;
  }

  /** A phone that has never seen Satchel. */
  async newPhone(options = {}) {
    return this.#newDevice({ ...PHONE, ...options });
  }

  /** A desktop computer that has never seen Satchel. */
  async newDesktop(options = {}) {
    return this.#newDevice({ ...DESKTOP, ...options });
  }

  /** A phone whose user has signed in and pulled. */
  async newPhoneOf(email, options = {}) {
    const phone = await this.newPhone(options);
    await signIn(phone.page, email);
    await syncNow(phone.page);
    return phone;
  }

  /** A desktop computer whose user has signed in and pulled. */
  async newDesktopOf(email) {
    return this.newPhoneOf(email, { ...DESKTOP, hasTouch: false, isMobile: false });
  }

  /** A second device with an image of this one's disk, as a restored backup makes it. Both are switched off. */
  async copyOf(device) {
    const dir = await mkdtemp(join(this.dir, 'device-'));
    const filter = (path) => !basename(path).startsWith('Singleton');
    await cp(device.dir, dir, { recursive: true, filter });
    const copy = new Device(this, dir, device.options);
    this.#devices.push(copy);
    return copy;
  }

  /** Somebody who works on the web. */
  async onWeb(email = MANAGER) {
    return signInOnWeb(this.server.origin, email);
  }

  async #newDevice(options) {
    const dir = await mkdtemp(join(this.dir, 'device-'));
    const device = new Device(this, dir, options);
    this.#devices.push(device);
    await device.switchOn();
    await device.page.goto(this.origin);
    return device;
  }

  async end() {
    const complaints = this.#devices.flatMap((device) => device.complaints);
    for (const device of this.#devices) await device.switchOff();
    await this.proxy?.close();
    await this.server?.kill();
    assert.deepEqual(complaints, [], 'the app stopped, or broke its Content-Security-Policy');
  }
}

/** A browser with a disk of its own that outlives its windows. */
class Device {
  /** What no test may see: panics, uncaught errors, broken Content-Security-Policy. */
  complaints = [];
  context = null;
  page = null;

  constructor(world, dir, options) {
    this.world = world;
    this.dir = dir;
    this.options = options;
  }

  /** Starts the browser with one empty window. */
  async switchOn({ offline = false } = {}) {
    this.context = await launch(this.dir, {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: CHROMIUM_ARGS,
      headless: true,
      locale: 'en-US',
      timezoneId: 'America/New_York',
      ...this.options,
    });
    this.context.setDefaultTimeout(DEADLINE_MS);
    this.context.on('page', (page) => this.#watch(page));
    for (const page of this.context.pages()) this.#watch(page);
    if (offline) await this.context.setOffline(true);
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
  }

  /** Closes all windows and ends the browser. */
  async switchOff() {
    await this.context?.close().catch(() => {});
    this.context = null;
  }

  /** Ends the browser as an empty battery would: SIGKILL, nothing is written down any more. */
  async kill() {
    const pids = processesOf(this.dir);
    assert.ok(pids.length > 0, 'the browser runs');
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    }
    await until('the browser is gone', () => processesOf(this.dir).length === 0);
    await this.context.close().catch(() => {});
    this.context = null;
  }

  /** Opens Satchel in a new window. */
  async open(path = '/') {
    this.page = await this.context.newPage();
    await this.page.goto(this.world.origin + path);
    return this.page;
  }

  /** Waits until the app's shell is kept on this device, so that it opens without a signal. */
  async keepsShell() {
    await until('the service worker controls the page', () =>
      this.page.evaluate(() => Boolean(navigator.serviceWorker.controller)),
    );
    await until('the shell is kept', () =>
      this.page.evaluate(async () => {
        const names = await caches.keys();
        const counts = names.map(async (name) => (await (await caches.open(name)).keys()).length);
        return (await Promise.all(counts)).some((count) => count > 3);
      }),
    );
  }

  /** The session cookie, as a header. */
  async cookie() {
    const cookies = await this.context.cookies(this.world.origin);
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #watch(page) {
    page.on('console', (message) => {
      const text = message.text();
      if (/Content Security Policy|panicked at/i.test(text)) this.complaints.push(text);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }
}

/** Starts a browser. Now and then one ends before it has begun; that says nothing of Satchel, and is tried again. */
async function launch(dir, options) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await chromium.launchPersistentContext(dir, options);
    } catch (error) {
      if (tries === 3 || !/has been closed|Failed to launch/.test(String(error))) throw error;
    }
  }
}

/** The browser's own processes, found by the directory that only this browser uses, and perhaps by what they do. */
export function processesOf(dir, work = '') {
  const mark = `--user-data-dir=${dir}`;
  const found = commands().filter(([, command]) => command.includes(mark) && command.includes(work));
  return found.map(([pid]) => pid);
}

function commands() {
  if (!existsSync('/proc/self/cmdline')) {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,args='], { maxBuffer: 1 << 26 }).toString().split('\n');
    return lines.map((line) => [Number.parseInt(line, 10), line]);
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => [Number(pid), commandOf(pid)]);
}

function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // It ended while we looked.
  }
}

// --- acts ---

/** Types e-mail and password and waits until the app is open. */
export async function signIn(page, email, password = PASSWORD) {
  await field(page, 'Email').fill(email);
  await field(page, 'Password').fill(password);
  await button(page, 'Sign in').click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Signs in again after the session ended, in the dialog that asks for it. */
export async function signInAgain(page, password = PASSWORD) {
  await button(page, 'Sign in again').click();
  const dialog = page.getByRole('dialog', { name: 'Sign in to send' });
  await dialog.getByLabel('Password', { exact: true }).fill(password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}

/** Goes to a place of the navigation: Home, Accounts, More. */
export async function go(page, place) {
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true });
  await link.click();
  await page.getByRole('heading', { level: 1, name: place }).waitFor();
}

/** Presses Sync now on Home and waits until what it brought is on the screen. */
export async function syncNow(page) {
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
}

/** Does what asks for a pull and waits until the pull is on the screen. Answers the requests it took. */
export async function pulled(page, ask) {
  await rests(page);
  const done = page.waitForResponse(async (response) => {
    if (!response.url().endsWith('/api/pull') || response.status() !== 200) return false;
    const reply = await response.json().catch(() => null);
    return reply?.remaining === 0;
  });
  await ask();
  await done;
  await rests(page);
}

/** Waits until nothing that was asked for is under way. */
export async function rests(page) {
  await until('the chip has stopped sending', async () => (await chip(page)) !== 'Sending');
}

/** Pulls the list down with a finger. */
export async function pullDownByTouch(page) {
  const { x, y } = await topOfList(page);
  const session = await page.context().newCDPSession(page);
  const touch = (type, at) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x, y: at }] });
  await touch('touchStart', y);
  for (let step = 1; step <= 20; step += 1) await touch('touchMove', y + step * 15);
  await touch('touchEnd');
  await session.detach();
}

/** Pulls the list down with a mouse. */
export async function pullDownByMouse(page) {
  const { x, y } = await topOfList(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y + 300, { steps: 20 });
  await page.mouse.up();
}

/** Searches the accounts and waits until the list has answered. */
export async function search(page, text) {
  const box = page.getByRole('searchbox', { name: 'Search accounts' });
  if (!(await box.isVisible())) await go(page, 'Accounts');
  await box.fill(text);
}

/** Finds an account by its name and opens it. */
export async function openAccount(page, name) {
  await go(page, 'Accounts');
  await search(page, name);
  await row(page, name).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** Writes a note about the account that is open, and waits until it is seen with the account. */
export async function addNote(page, text) {
  await typeNote(page, text);
  await button(page, 'Save').click();
  await seeNote(page, text);
}

/** Begins a note about the account that is open. */
export async function typeNote(page, text) {
  await button(page, 'Add note').click();
  await field(page, 'Note').fill(text);
}

/** Changes fields of the account that is open, by their labels. */
export async function editAccount(page, fields) {
  await button(page, 'Edit').click();
  for (const [label, text] of Object.entries(fields)) await field(page, label).fill(text);
  await button(page, 'Save').click();
  await button(page, 'Edit').waitFor();
}

/** Makes an account and waits until its page is open. */
export async function newAccount(page, fields) {
  await go(page, 'Accounts');
  await button(page, 'New account').click();
  for (const [label, text] of Object.entries(fields)) await field(page, label).fill(text);
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: fields.Name, exact: true }).waitFor();
}

/** Comes back to the app from another one: the page hears that it is visible again. */
export async function comeBack(page) {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

const journeys = new WeakMap();

/** Takes a phone into another time zone while its page is open. It was made with `timezoneId: undefined`. */
export async function travel(page, zone) {
  if (!journeys.has(page)) journeys.set(page, await page.context().newCDPSession(page));
  await journeys.get(page).send('Emulation.setTimezoneOverride', { timezoneId: zone });
}

/** Makes the page's process crash, as a phone does that is out of memory. */
export async function crash(page) {
  const crashed = page.waitForEvent('crash');
  page.goto('chrome://crash').catch(() => {});
  await crashed;
  await page.close();
}

// --- sights ---

export function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

export function field(page, label) {
  return page.getByLabel(label, { exact: true });
}

/** A row of the list of accounts, by the name in it. */
export function row(page, name) {
  const links = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').getByRole('link');
  return links.filter({ has: page.getByText(name, { exact: true }) });
}

/** Where the account that is open has its newest words: `On this phone`, `On the web`, `Needs you`. */
export async function accountSays(page, place) {
  await page.getByRole('article').getByText(PLACES).first().waitFor();
  await until(`the account says “${place}”`, async () => {
    const said = await page.getByRole('article').getByText(PLACES).first().innerText();
    return said.trim() === place;
  });
}

/** The entry of a note in the account's timeline. */
export function noteEntry(page, text) {
  return page.getByRole('listitem').filter({ hasText: text });
}

export async function seeNote(page, text) {
  await noteEntry(page, text).waitFor();
}

/** Waits for the note of the open account to say where it is; one on the web says nothing. */
export async function noteSays(page, text, place) {
  const entry = noteEntry(page, text);
  if (place !== 'On the web') return entry.getByText(place, { exact: true }).waitFor();
  await entry.waitFor();
  await until('the note is on the web', async () => (await entry.getByText(PLACES).count()) === 0);
}

/** What stands beside a field because it is wrong, as a screen reader reads it out; empty when nothing is wrong. */
export async function wrongWith(page, label) {
  return field(page, label).evaluate((input) => {
    if (input.getAttribute('aria-invalid') !== 'true') return '';
    const ids = (input.getAttribute('aria-describedby') ?? '').split(/\s+/);
    return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
  });
}

/** Waits for a text that is to be seen. */
export async function see(page, text) {
  await seen(page, text).first().waitFor();
}

/** Where a text is to be seen: what is hidden does not count. */
export function seen(page, text) {
  return page.getByText(text).filter({ visible: true });
}

const PLACES = /^\s*(On this phone|On the web|Needs you)\s*$/;
const CHIP = /^\s*(Up to date|Offline|Sending|Waiting for signal|Updates ready|Sign in to send|Needs you)/;

/** The sync chip's words. */
export async function chip(page) {
  const region = page.getByRole('status').filter({ hasText: CHIP });
  return (await region.innerText()).trim();
}

/** Waits for the sync chip to say this. */
export async function chipSays(page, words, deadline = DEADLINE_MS) {
  const wanted = page.getByRole('status').filter({ hasText: words instanceof RegExp ? words : exactly(words) });
  await wanted.waitFor({ timeout: deadline }).catch(async () => {
    assert.equal(await chip(page), String(words), 'what the sync chip says');
  });
}

/** How many records Home says are on this phone. */
export async function recordsHere(page) {
  await go(page, 'Home');
  await page.getByText(/Not synced yet|as of /).first().waitFor();
  const text = await page.getByRole('main').innerText();
  const found = text.replaceAll(',', '').match(/Records on this phone\s+(\d+)/);
  return found ? Number(found[1]) : 0;
}

/** How many accounts the list says there are. */
export async function accountsHere(page) {
  await go(page, 'Accounts');
  const line = page.getByText(/[\d,]+ accounts?$/).first();
  await line.waitFor();
  return Number((await line.innerText()).replaceAll(',', '').match(/(\d+) accounts?$/)[1]);
}

function exactly(words) {
  return new RegExp(`^\\s*${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}

async function topOfList(page) {
  const first = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem').first();
  await first.waitFor();
  const box = await first.boundingBox();
  return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

/** The day so many days ago, by the clock on the wall of the tests' browsers. */
export function daysAgo(days) {
  const then = new Date(Date.now() - days * 24 * 3600 * 1000);
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(then);
}

/** Goes to the page of the charts. */
export async function goFigures(page) {
  await go(page, 'Referrals');
  await page.getByRole('main').getByRole('link', { name: 'Figures', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor();
}
