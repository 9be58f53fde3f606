// A rep's day: the next stop is logged with what was promised, notes about nobody find their place, and a save of
// several records is one save, with a signal or without.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  REP1,
  addNote,
  button,
  chipSays,
  crash,
  field,
  go,
  newAccount,
  newWorld,
  noteEntry,
  noteSays,
  openAccount,
  see,
  seeNote,
  seen,
  syncNow,
} from './acts.mjs';
import { until } from './until.mjs';

const OAK = 'Oak House';
const DUE = '2099-12-01';

async function atWork(t) {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  await newAccount(phone.page, { Name: OAK });
  return { world, phone, page: phone.page, web };
}

/** Today by the browser's clock. */
async function today(page) {
  return page.evaluate(() => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, '0');
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  });
}

/** Plans a visit to the account that is open, for today. */
async function planVisit(page, subject) {
  await page.getByRole('link', { name: 'New event' }).click();
  await field(page, 'Subject').fill(subject);
  await field(page, 'Start').fill(await today(page));
  // Before everything that the practice organisation has planned, and not over before the day is.
  await field(page, 'All day').check();
  await button(page, 'Save').click();
  await until('the event is saved', async () => (await field(page, 'Subject').count()) === 0);
}

function nextStop(page) {
  return page.locator('section').filter({ has: page.getByRole('heading', { name: 'Next stop' }) });
}

/** Goes on with the Tab key until this has the focus. */
async function tabTo(page, what, most = 80) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    if (await what.evaluate((element) => element === document.activeElement).catch(() => false)) return;
  }
  assert.fail('the keyboard does not come there');
}

test('the next stop is logged by the keyboard alone, with what was promised', async (t) => {
  const { page, web } = await atWork(t);
  await planVisit(page, 'Quarterly visit');
  await chipSays(page, 'Up to date');
  await go(page, 'Home');
  await nextStop(page).getByText(OAK, { exact: true }).waitFor();
  const add = nextStop(page).getByRole('link', { name: 'Add note' });
  await tabTo(page, add);
  await page.keyboard.press('Enter');
  await field(page, 'Note').waitFor();
  await tabTo(page, field(page, 'Note'));
  await page.keyboard.type('Saw the planner.');
  await tabTo(page, field(page, 'Next step'));
  await page.keyboard.type('Bring the forms');
  await field(page, 'Due').fill(DUE);
  await tabTo(page, button(page, 'Save'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor().catch(() => {});
  await chipSays(page, 'Up to date');
  await web.hasNote('Saw the planner.');
  await openAccount(page, OAK);
  await noteSays(page, 'Saw the planner.', 'On the web');
  await page.getByRole('link', { name: /Bring the forms/ }).waitFor();
  await noteEntry(page, 'Quarterly visit').getByText(/Done/).waitFor();
  assert.equal(await noteEntry(page, 'Saw the planner.').count(), 1);
  await go(page, 'Home');
  assert.equal(await nextStop(page).getByText('Quarterly visit').count(), 0, 'it is no longer to do');
});

test('the next stop is one that is not over, and what is over waits to be logged', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  // Where it is one o'clock in the afternoon or a little later.
  const ahead = 13 - new Date().getUTCHours();
  const phone = await world.newPhoneOf(REP1, { timezoneId: `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}` });
  const { page } = phone;
  const { id: account, territory } = await web.anAccount('north');
  const day = await today(page);
  const plan = (subject, from, to) => {
    const set = { subject, account, type: 'Visit', start: `${day}T${from}`, end: `${day}T${to}` };
    return web.push([{ id: randomUUID(), kind: 'event', op: { create: territory }, base: 0, set }]);
  };
  await plan('Over at noon', '11:55', '12:00');
  await plan('Under way', '00:01', '23:58');
  await syncNow(page);
  await go(page, 'Home');
  await nextStop(page).getByText('Under way').waitFor();
  const list = (name) => page.getByRole('list', { name, exact: true });
  await list('What came of these?').getByText('Over at noon').waitFor();
  await list('Today').getByText('Under way').waitFor();
  assert.equal(await list('Today').getByText('Over at noon').count(), 0);
});

test('a promise that is late comes before one without a day, and a new note needs no record first', async (t) => {
  const { page } = await atWork(t);
  await promise(page, 'Without a day');
  await button(page, 'Add note').click();
  await field(page, 'Note').fill('Said to come.');
  await field(page, 'Next step').fill('Long ago');
  await field(page, 'Due').fill('2020-01-01');
  await button(page, 'Save').click();
  await seeNote(page, 'Said to come.');
  const lines = (list) => list.getByRole('link').filter({ hasText: /Without a day|Long ago/ }).allInnerTexts();
  const of = (texts) => texts.map((text) => /Without a day|Long ago/.exec(text)[0]);
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Open promises' }) });
  await until('both are there', async () => (await lines(card)).length === 2);
  assert.deepEqual(of(await lines(card)), ['Long ago', 'Without a day']);
  await go(page, 'Home');
  const promises = page.getByRole('list', { name: 'Promises' });
  // There the practice organisation has promises too: the latest is first, and what has no day may be left to the rest.
  await promises.getByRole('link').first().getByText('Long ago').waitFor();
  await page.getByRole('link', { name: 'New note' }).click();
  await field(page, 'Note').fill('Met somebody at the fair.');
  await button(page, 'Save').click();
  await page.getByRole('link', { name: '1 note is about nobody yet' }).waitFor();
});

test('Home shows all promises that are due when it is asked to, and a colleague’s are not among them', async (t) => {
  const { page, web } = await atWork(t);
  const account = await web.anAccount('north', 1);
  for (let at = 0; at < 8; at += 1) {
    const set = { subject: `Promise ${at}`, type: 'Follow-up', start: `2026-10-0${at + 1}`, account: account.id, owner: at === 7 ? 'Rep Two' : 'Rep One' };
    await web.push([{ id: randomUUID(), kind: 'event', op: { create: 'north' }, base: 0, set }]);
  }
  await go(page, 'Home');
  const promises = page.getByRole('list', { name: 'Promises' }).getByText(/^Promise \d$/);
  const earlier = await promises.count();
  assert.equal(earlier, 0);
  await syncNow(page);
  await until('five of them', async () => (await promises.count()) === 5);
  const more = page.getByRole('button', { name: /^\d+ more$/ });
  await more.click();
  await until('all of them', async () => (await promises.count()) === 7);
  await button(page, 'Show fewer').click();
  await until('five again', async () => (await promises.count()) === 5);
});

test('a note about nobody waits among the unfiled ones, and is filed', async (t) => {
  const { world, phone } = await atWork(t);
  const page = await phone.open('/notes/new');
  await field(page, 'Note').fill('Met somebody at the fair.');
  await button(page, 'Save').click();
  await go(page, 'Home');
  await page.getByRole('link', { name: '1 note is about nobody yet' }).click();
  await see(page, 'Met somebody at the fair.');
  await button(page, 'File it').click();
  await page.getByRole('combobox', { name: 'Account' }).fill('oak');
  await page.getByRole('option', { name: OAK }).click();
  await see(page, 'Every note belongs somewhere');
  await openAccount(page, OAK);
  await noteSays(page, 'Met somebody at the fair.', 'On the web');
  const other = await world.newPhoneOf(REP1);
  await openAccount(other.page, OAK);
  await seeNote(other.page, 'Met somebody at the fair.');
});

test('a note with its promise is one save without a signal, and arrives once', async (t) => {
  const { world, phone, page, web } = await atWork(t);
  await chipSays(page, 'Up to date');
  await phone.context.setOffline(true);
  await button(page, 'Add note').click();
  await field(page, 'Note').fill('Nobody at the desk.');
  await field(page, 'No-see').check();
  await field(page, 'Next step').fill('Try again');
  await field(page, 'Due').fill(DUE);
  await button(page, 'Save').click();
  await noteSays(page, 'Nobody at the desk.', 'On this phone');
  await page.getByRole('link', { name: /Try again/ }).waitFor();
  await chipSays(page, 'Waiting for signal (1)');
  await phone.context.setOffline(false);
  await chipSays(page, 'Up to date');
  await web.hasNote('Nobody at the desk.');
  const other = await world.newPhoneOf(REP1);
  await openAccount(other.page, OAK);
  await seeNote(other.page, 'Nobody at the desk.');
  assert.equal(await noteEntry(other.page, 'Nobody at the desk.').count(), 1);
  assert.equal(await other.page.getByRole('link', { name: /Try again/ }).count(), 1);
});

test('the talk before stands above the next note, and what was promised is ticked off with it', async (t) => {
  const { page } = await atWork(t);
  await button(page, 'Add note').click();
  await field(page, 'Note').fill('First talk.');
  await field(page, 'Next step').fill('Bring the forms');
  await button(page, 'Save').click();
  await seeNote(page, 'First talk.');
  await button(page, 'Add note').click();
  await see(page, /^Last time: /);
  await field(page, 'Bring the forms').check();
  await field(page, 'Note').fill('Brought them.');
  await button(page, 'Save').click();
  await seeNote(page, 'Brought them.');
  await chipSays(page, 'Up to date');
  await page.getByText('More actions').waitFor();
  assert.equal(await seen(page, 'Open promises').count(), 0);
});

/** Writes a note about the open account that promises this. */
async function promise(page, subject) {
  await button(page, 'Add note').click();
  await field(page, 'Note').fill(`We will: ${subject}`);
  await field(page, 'Next step').fill(subject);
  await button(page, 'Save').click();
  await seeNote(page, `We will: ${subject}`);
}

/** The promise on the web. */
async function promiseOnWeb(web, subject) {
  return (await web.records()).find(({ kind, fields }) => kind === 'event' && fields.subject === subject);
}

test('what is ticked in a note that nobody saved yet is kept like its words, however the app ends', async (t) => {
  const { phone, web } = await atWork(t);
  let { page } = phone;
  for (const subject of ['Bring the forms', 'Send the figures', 'Call the planner']) await promise(page, subject);
  await planVisit(page, 'Quarterly visit');
  await chipSays(page, 'Up to date');
  await go(page, 'Home');
  await nextStop(page).getByRole('link', { name: 'Add note' }).click();
  const logs = () => page.getByRole('checkbox', { name: /Quarterly visit/ });
  await logs().waitFor();
  assert.ok(await logs().isChecked(), 'the visit is logged with its note');
  await logs().uncheck();
  for (const subject of ['Bring the forms', 'Send the figures']) await field(page, subject).check();
  // A tick is on the disk at once; the page is gone a moment later.
  await until('the ticks are on the disk', async () => page.evaluate(ticksOnDisk).then((ticks) => ticks === 2));
  await crash(page);
  page = await phone.open('/');

  // Somebody keeps one of the promises meanwhile.
  const kept = await promiseOnWeb(web, 'Send the figures');
  await web.push([{ id: kept.id, kind: 'event', op: 'patch', base: kept.version, set: { status: 'done' } }]);
  await syncNow(page);
  const unfinished = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Unfinished' }) });
  await unfinished.getByRole('link').click();
  await see(page, 'Restored what you typed.');
  assert.ok(await field(page, 'Bring the forms').isChecked(), 'what was ticked is ticked');
  assert.ok(!(await field(page, 'Call the planner').isChecked()), 'what was not is not');
  assert.equal(await field(page, 'Send the figures').count(), 0, 'what somebody has done is not asked for');
  assert.ok(!(await logs().isChecked()), 'what was taken away stays away');
  await logs().check();
  await field(page, 'Note').fill('Brought them.');
  await button(page, 'Save').click();
  await web.hasNote('Brought them.');
  await chipSays(page, 'Up to date');
  assert.equal((await promiseOnWeb(web, 'Bring the forms')).fields.status, 'done');
  assert.equal((await promiseOnWeb(web, 'Call the planner')).fields.status, 'planned');
  assert.equal((await promiseOnWeb(web, 'Quarterly visit')).fields.status, 'done');
  assert.equal((await promiseOnWeb(web, 'Send the figures')).version, kept.version + 1, 'it is not written once more');
  await go(page, 'Home');
  assert.equal(await seen(page, 'Unfinished').count(), 0);
});

/** How many promises are ticked in the drafts that this device keeps. Runs in the page. */
async function ticksOnDisk() {
  const { name } = (await indexedDB.databases()).find((found) => found.name.startsWith('satchel:'));
  const settled = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const db = await settled(indexedDB.open(name));
  const rows = await settled(db.transaction('drafts').objectStore('drafts').getAll());
  db.close();
  return rows.map((row) => new TextDecoder().decode(row)).join().split('kept:').length - 1;
}

test('an attempt needs no words', async (t) => {
  const { page, web } = await atWork(t);
  await button(page, 'Add note').click();
  await field(page, 'Left materials').check();
  await button(page, 'Save').click();
  await seeNote(page, 'Left materials.');
  await web.hasNote('Left materials.');
  await addNote(page, 'And one with words.');
  await syncNow(page);
});
