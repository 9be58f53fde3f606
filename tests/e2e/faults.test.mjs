// A network that lies: answers lost, cut, late or not ours; a session that ends at the wrong time.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  REP1,
  accountsHere,
  addNote,
  button,
  chip,
  chipSays,
  field,
  go,
  newWorld,
  noteSays,
  openAccount,
  pulled,
  recordsHere,
  row,
  search,
  see,
  seeNote,
  signIn,
  signInAgain,
  typeNote,
} from './acts.mjs';
import { MAP, writeAccounts } from './data.mjs';
import { admin } from './server.mjs';
import { until } from './until.mjs';
import { endSession } from './web.mjs';

test('the answer is lost after the server has committed: sent again, taken once', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  world.proxy.forget();
  world.proxy.fail('drop-answer', { path: '/api/push', times: 2 });
  await addNote(page, 'Taken the first time.');
  await web.hasNote('Taken the first time.');
  await world.proxy.sees('POST /api/push', 3, 60_000);
  await noteSays(page, 'Taken the first time.', 'On the web');
  await chipSays(page, 'Up to date');
  const [first, ...again] = world.proxy.all('POST /api/push').map((seen) => seen.body.changes[0]);
  for (const change of again) assert.deepEqual(change, first, 'the same change, under the same number');
  await web.hasNote('Taken the first time.');
});

test('the answer is cut in the middle: sent again, taken once', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  world.proxy.fail('cut', { path: '/api/push', times: 2, bytes: 20 });
  await addNote(page, 'Heard in part.');
  await web.hasNote('Heard in part.');
  await noteSays(page, 'Heard in part.', 'On the web');
  await web.hasNote('Heard in part.');
  await chipSays(page, 'Up to date');
});

test('an answer that never comes is given up, and the save sent again', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhone();
  await page.clock.install();
  await page.reload();
  await signIn(page, REP1);
  await pulled(page, () => button(page, 'Sync now').click());
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  world.proxy.forget();
  world.proxy.fail('hang', { path: '/api/push', times: 1 });
  await addNote(page, 'Into the void.');
  await noteSays(page, 'Into the void.', 'On this phone');
  await world.proxy.sees('POST /api/push');
  await page.clock.runFor('00:40');
  await world.proxy.sees('POST /api/push', 2);
  await web.hasNote('Into the void.');
  await noteSays(page, 'Into the void.', 'On the web');
});

test('saving goes on while an earlier save hangs on the wire', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  world.proxy.forget();
  world.proxy.fail('hang', { path: '/api/push' });
  await addNote(page, 'The first one.');
  await world.proxy.sees('POST /api/push');
  await addNote(page, 'The second one.');
  await noteSays(page, 'The second one.', 'On this phone');
  world.proxy.pass();
  await page.reload();
  await web.hasNote('The first one.', 60_000);
  await web.hasNote('The second one.', 60_000);
  await chipSays(page, 'Up to date');
});

/** A practice world whose north has so many accounts more that a pull takes three pages. */
async function worldOfPages(t) {
  const world = await newWorld(t);
  const file = join(world.dir, 'many.csv');
  await writeAccounts(file, 5_000);
  const grow = () =>
    admin(world.db, 'import', 'accounts', file, '--org', 'Practice', '--territory', 'north', '--map', MAP);
  return { world, grow };
}

/** Asks for a pull whose second page never comes, and waits until the phone has the first. */
async function pullHalf(world, page) {
  world.proxy.forget();
  world.proxy.fail('hang', { path: '/api/pull', after: 1 });
  await go(page, 'Home');
  if ((await chip(page)) !== 'Sending') await button(page, 'Sync now').click();
  await world.proxy.sees('POST /api/pull', 2);
  await page.getByRole('progressbar').waitFor();
  await see(page, /2,000 of 5,\d\d\d/);
}

test('a reload during the first pull: nothing of it is shown, and Sync now goes on where it was', async (t) => {
  const { world, grow } = await worldOfPages(t);
  await grow();
  const { page } = await world.newPhone();
  world.proxy.fail('hang', { path: '/api/pull', after: 1 });
  await signIn(page, REP1);
  await go(page, 'Home');
  if ((await chip(page)) !== 'Sending') await button(page, 'Sync now').click();
  await world.proxy.sees('POST /api/pull', 2);
  await see(page, /2,000 of 5,\d\d\d/);
  assert.equal(await accountsHere(page), 0, 'half a pull is never shown');

  await page.reload();
  assert.equal(await accountsHere(page), 0, 'half a pull is never shown, not after a reload either');
  world.proxy.pass();
  world.proxy.forget();
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  const [first] = world.proxy.all('POST /api/pull');
  const read = Object.values(first.body.cursors).reduce((sum, cursor) => sum + cursor, 0);
  assert.ok(read > 0, `the first request goes on from ${JSON.stringify(first.body.cursors)}`);
  const web = await world.onWeb(REP1);
  assert.equal(await accountsHere(page), (await web.accounts()).length);
  assert.equal(await recordsHere(page), (await web.records()).length);
});

test('a reload during a later pull: the old view stays whole until the new one is', async (t) => {
  const { world, grow } = await worldOfPages(t);
  const { page } = await world.newPhoneOf(REP1);
  const before = await accountsHere(page);
  const web = await world.onWeb(REP1);
  const account = await web.anAccount('north');
  await grow();
  await pullHalf(world, page);

  await openAccount(page, account.fields.name);
  await addNote(page, 'Written during a pull.');
  await noteSays(page, 'Written during a pull.', 'On this phone');
  assert.equal(await accountsHere(page), before, 'the old view');
  await page.reload();
  assert.equal(await accountsHere(page), before, 'the old view, after a reload');

  world.proxy.pass();
  world.proxy.forget();
  await web.hasNote('Written during a pull.');
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  const [first] = world.proxy.all('POST /api/pull');
  const start = (await web.accounts()).filter(({ territory }) => territory === 'north').length - 5_000;
  assert.ok(first.body.cursors.north > start + 1_000, `goes on from ${JSON.stringify(first.body.cursors)}`);
  assert.equal(await accountsHere(page), before + 5_000);
  await openAccount(page, account.fields.name);
  await seeNote(page, 'Written during a pull.');
});

test('a page of the pull is lost: asked for again, and the pull ends whole', async (t) => {
  const { world, grow } = await worldOfPages(t);
  const { page } = await world.newPhoneOf(REP1);
  const before = await accountsHere(page);
  await grow();
  world.proxy.fail('cut', { path: '/api/pull', after: 1, times: 2, bytes: 5_000 });
  await go(page, 'Home');
  await button(page, 'Sync now').click();
  await see(page, '5,000 new');
  assert.equal(await accountsHere(page), before + 5_000);
});

test('the session ends while saves wait: saving goes on, and signing in again sends them', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await endSession(world.server.origin, await phone.cookie());
  await addNote(page, 'Saved without a session.');
  await chipSays(page, 'Sign in to send');
  await noteSays(page, 'Saved without a session.', 'On this phone');
  await addNote(page, 'And another.');
  await chipSays(page, 'Sign in to send');
  assert.equal((await web.notes('Saved without a session.')).length, 0);

  await page.reload();
  await noteSays(page, 'Saved without a session.', 'On this phone');
  await button(page, 'Sign in again').waitFor();
  await typeNote(page, 'Typed before signing in');
  await signInAgain(page);
  assert.equal(await field(page, 'Note').inputValue(), 'Typed before signing in');
  await web.hasNote('Saved without a session.');
  await web.hasNote('And another.');
  await chipSays(page, 'Up to date');
  await button(page, 'Save').click();
  await noteSays(page, 'Typed before signing in', 'On the web');
  await web.hasNote('Typed before signing in');
});

test('a short session runs out by itself, and a pull then asks for the password', async (t) => {
  const world = await newWorld(t, { args: ['--session-minutes', '1'] });
  const phone = await world.newPhoneOf(REP1);
  // A minute is too long to wait for: the server forgets the session as it would then.
  await endSession(world.server.origin, await phone.cookie());
  await go(phone.page, 'Home');
  await button(phone.page, 'Sync now').click();
  await chipSays(phone.page, 'Sign in to send');
  await pulled(phone.page, () => signInAgain(phone.page)).catch(() => {});
  await chipSays(phone.page, 'Up to date');
});

test('a save made while signing in hangs is on the phone at once', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await endSession(world.server.origin, await phone.cookie());
  await addNote(page, 'First.');
  await chipSays(page, 'Sign in to send');

  world.proxy.forget();
  world.proxy.fail('hang', { path: '/api/session' });
  await button(page, 'Sign in again').click();
  const dialog = page.getByRole('dialog', { name: 'Sign in to send' });
  await dialog.getByLabel('Password', { exact: true }).fill('practice');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await world.proxy.sees('POST /api/session');
  await dialog.getByRole('button', { name: 'Not now', exact: true }).click();
  const start = Date.now();
  await addNote(page, 'Second, while the sign-in hangs.');
  assert.ok(Date.now() - start < 5_000, `the save took ${Date.now() - start} ms`);
  await noteSays(page, 'Second, while the sign-in hangs.', 'On this phone');
});

test('a wrong password is said beside the form, and the e-mail typed stays', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhone();
  await field(page, 'Email').fill(REP1);
  await field(page, 'Password').fill('guess');
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText(/do not belong together/).waitFor();
  assert.equal(await field(page, 'Email').inputValue(), REP1);
  await field(page, 'Password').fill('practice');
  await field(page, 'Password').press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
});

test('a hotel’s sign-in page answers in place of the server: nothing is claimed, nothing lost', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  const records = await recordsHere(page);
  world.proxy.fail('captive');
  world.proxy.forget();
  await openAccount(page, account.fields.name);
  await addNote(page, 'From the hotel.');
  await world.proxy.sees('POST /api/push', 2, 30_000);
  await noteSays(page, 'From the hotel.', 'On this phone');
  await chipSays(page, 'Waiting for signal (1)');
  assert.equal((await web.notes('From the hotel.')).length, 0);

  await go(page, 'Home');
  await button(page, 'Sync now').click();
  await see(page, /No signal/);
  assert.equal(await recordsHere(page), records + 1, 'the hotel’s page is no pull: there is the note and no other news');
  await button(page, 'Sign in again').waitFor({ state: 'hidden' });

  world.proxy.pass();
  await web.hasNote('From the hotel.', 60_000);
  await chipSays(page, 'Up to date');
});

test('a hotel’s sign-in page does not sign anybody in', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhone();
  world.proxy.fail('captive');
  await field(page, 'Email').fill(REP1);
  await field(page, 'Password').fill('practice');
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText(/No signal/).waitFor();
  world.proxy.pass();
  await button(page, 'Sign in').click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
});

test('an account taken away while saves about it wait: a late note reaches its new owner, and nothing is blocked', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const lost = await web.anAccount('north');
  const kept = await web.anAccount('central');
  await phone.context.setOffline(true);
  await openAccount(page, lost.fields.name);
  await addNote(page, 'About an account that moves away.');
  await openAccount(page, kept.fields.name);
  await addNote(page, 'About one that stays.');
  await chipSays(page, 'Waiting for signal (2)');
  await admin(world.db, 'user', 'unassign', REP1, 'north');

  await phone.context.setOffline(false);
  await web.hasNote('About one that stays.');
  await web.hasNote('About an account that moves away.');
  await chipSays(page, 'Up to date');
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  await go(page, 'Accounts');
  await search(page, lost.fields.name);
  assert.equal(await row(page, lost.fields.name).count(), 0, 'records of a lost territory leave the phone');
});
