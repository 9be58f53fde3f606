// Pulling when the rep asks, and only then; saving that needs no pull.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  REP1,
  REP2,
  accountSays,
  accountsHere,
  addNote,
  button,
  chip,
  chipSays,
  comeBack,
  editAccount,
  go,
  newAccount,
  newWorld,
  noteSays,
  openAccount,
  pullDownByMouse,
  pullDownByTouch,
  pulled,
  recordsHere,
  row,
  search,
  see,
  seeNote,
  seen,
  signIn,
} from './acts.mjs';
import { until } from './until.mjs';

test('the first pull brings the whole territory and nothing else', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb(REP1);
  const manager = await world.onWeb();
  const records = await web.records();
  const accounts = await web.accounts();
  assert.deepEqual([...new Set(accounts.map((account) => account.territory))].sort(), ['central', 'north']);

  const { page } = await world.newPhoneOf(REP1);
  await chipSays(page, 'Up to date');
  await go(page, 'Home');
  await see(page, /as of .*just now/);
  assert.equal(await recordsHere(page), records.length, 'records on this phone');
  assert.equal(await accountsHere(page), accounts.length, 'accounts in the list');

  for (const territory of ['north', 'central']) {
    const account = await web.anAccount(territory);
    await openAccount(page, account.fields.name);
    await see(page, account.fields.city);
    await accountSays(page, 'On the web');
  }
  const note = records.find((record) => record.kind === 'note');
  await openAccount(page, (await web.account(note.fields.account)).fields.name);
  await seeNote(page, note.fields.text);

  const elsewhere = await manager.anAccount('south');
  await go(page, 'Accounts');
  await search(page, elsewhere.fields.name);
  await see(page, `No account matches “${elsewhere.fields.name}”.`);
});

test('the list is sorted by name, and each kind of reader can go through it', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await go(page, 'Accounts');
  const list = page.getByRole('list', { name: 'Accounts' });
  await list.getByRole('listitem').first().waitFor();
  const names = await list.getByRole('listitem').evaluateAll((items) =>
    items.map((item) => [Number(item.ariaPosInSet), item.querySelector('span span').textContent]),
  );
  const inOrder = names.sort(([a], [b]) => a - b).map(([, name]) => name);
  const sorted = [...inOrder].sort((a, b) => a.localeCompare(b, 'en', { sensitivity: 'base' }));
  assert.deepEqual(inOrder, sorted);

  await list.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  const second = await page.evaluate(() => document.activeElement.closest('[aria-posinset]').ariaPosInSet);
  assert.equal(second, '2', 'the arrow key goes to the second row');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: inOrder[1], exact: true }).waitFor();
});

const GESTURES = [
  { name: 'the button on Home', place: 'Home', ask: (page) => button(page, 'Sync now').click() },
  { name: 'More, Sync now', place: 'More', ask: (page) => button(page, 'Sync now').click() },
  { name: 'pulling the list down with a finger', place: 'Accounts', ask: pullDownByTouch },
  { name: 'pulling the list down with a mouse', place: 'Accounts', ask: pullDownByMouse, desktop: true },
  { name: 'the button beside the list', place: 'Accounts', ask: (page) => button(page, 'Refresh from web').click() },
];

for (const { name, place, ask, desktop } of GESTURES) {
  test(`${name} brings what another user changed; nothing before it did`, async (t) => {
    const world = await newWorld(t);
    const device = desktop ? await world.newDesktop() : await world.newPhone();
    await signIn(device.page, REP1);
    await go(device.page, 'Home');
    await pulled(device.page, () => button(device.page, 'Sync now').click());
    const web = await world.onWeb();
    const account = await web.anAccount('north', 3);
    await openAccount(device.page, account.fields.name);
    await seeBefore(device.page);

    world.proxy.forget();
    await web.edit(account, { city: 'CHANGED TOWN' });
    await web.note(account, 'Written on the web.');
    await nothingElsePulls(world, device, account);
    assert.equal(world.proxy.count('POST /api/pull'), 0, 'nothing pulled by itself');

    await go(device.page, place);
    if (place === 'Accounts') await search(device.page, '');
    await pulled(device.page, () => ask(device.page));
    await openAccount(device.page, account.fields.name);
    await see(device.page, 'CHANGED TOWN');
    await seeNote(device.page, 'Written on the web.');
    await chipSays(device.page, 'Up to date');
  });
}

async function seeBefore(page) {
  await button(page, 'Edit').waitFor();
  assert.equal(await seen(page, 'CHANGED TOWN').count(), 0);
  assert.equal(await seen(page, 'Written on the web.').count(), 0);
}

/** Everything a phone goes through in a day, but no wish for news. */
async function nothingElsePulls(world, device, account) {
  const { page } = device;
  await comeBack(page);
  await world.proxy.sees('GET /api/pulse');
  await chipSays(page, /^\s*Updates ready \(\d+\)\s*$/);
  await seeBefore(page);
  await page.reload();
  await seeBefore(page);
  await device.context.setOffline(true);
  await device.context.setOffline(false);
  for (const place of ['Home', 'Accounts', 'More']) await go(page, place);
  await openAccount(page, account.fields.name);
  await seeBefore(page);
  await chipSays(page, /^\s*Updates ready \(\d+\)\s*$/);
}

test('hours go by and nothing pulls; the chip says that news waits', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhone();
  await page.clock.install();
  await page.reload();
  await signIn(page, REP1);
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  const web = await world.onWeb();

  world.proxy.forget();
  for (let round = 1; round <= 10; round += 1) {
    await web.edit(await web.anAccount('north', round), { city: 'CHANGED TOWN' });
    // As a phone that sleeps: what was due meanwhile happens once. The chip's new number says that the answer was
    // taken; a jump before that would be a request that never ends.
    await page.clock.fastForward('20:00');
    await chipSays(page, `Updates ready (${round})`);
  }
  await go(page, 'Home');
  await see(page, /3 h ago/);
  assert.equal(world.proxy.count('POST /api/pull'), 0, 'nothing pulled by itself');
});

test('a short pull, or one that begins in the middle of the list, asks for nothing', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await go(page, 'Accounts');
  const list = page.getByRole('list', { name: 'Accounts' });
  await list.getByRole('listitem').first().waitFor();
  world.proxy.forget();

  const box = await list.getByRole('listitem').first().boundingBox();
  await page.mouse.move(box.x + 50, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, box.y + 45, { steps: 5 });
  await page.mouse.up();

  await page.mouse.wheel(0, 900);
  await until('the list is scrolled', () => list.evaluate((ul) => ul.parentElement.scrollTop > 500));
  await page.mouse.move(box.x + 50, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + 50, 700, { steps: 10 });
  await page.mouse.up();

  await comeBack(page);
  await world.proxy.sees('GET /api/pulse');
  assert.equal(world.proxy.count('POST /api/pull'), 0);
});

test('an edit and a note made online are on the web within about a second, without a pull', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('central', 2);
  await openAccount(page, account.fields.name);
  world.proxy.forget();

  await editAccount(page, { Phone: '(802) 555-0142' });
  const edited = Date.now();
  await web.hasFields(account.id, { phone: '(802) 555-0142' }, 2_000);
  t.diagnostic(`the edit was seen on the web ${Date.now() - edited} ms after it was seen on the phone`);
  await accountSays(page, 'On the web');

  await addNote(page, 'Saved with a signal.');
  const noted = Date.now();
  await web.hasNote('Saved with a signal.', 2_000);
  t.diagnostic(`the note was seen on the web ${Date.now() - noted} ms after it was seen on the phone`);
  await noteSays(page, 'Saved with a signal.', 'On the web');

  const made = await newAccountIn(page, web);
  assert.equal(made.fields.city, 'STOWE');
  await chipSays(page, 'Up to date');
  assert.equal(world.proxy.count('POST /api/pull'), 0, 'saving does not pull');
  assert.equal((await web.account(account.id)).version, account.version + 1, 'the edit was taken once');
});

async function newAccountIn(page, web) {
  await newAccount(page, { Name: 'Brand New Hospice', City: 'STOWE' });
  return web.hasFields('Brand New Hospice', { city: 'STOWE' }, 2_000);
}

test('only the fields that were touched are sent: two people edit one account, and both edits stand', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('central', 4);
  await openAccount(page, account.fields.name);
  await web.edit(account, { city: 'THEIR TOWN' });

  await editAccount(page, { Phone: '555-0100' });
  const merged = await web.hasFields(account.id, { phone: '555-0100', city: 'THEIR TOWN' });
  assert.equal(merged.fields.name, account.fields.name);
});

test('two reps share a territory: what one saves the other gets when asked for', async (t) => {
  const world = await newWorld(t);
  const one = await world.newPhoneOf(REP1);
  const two = await world.newPhoneOf(REP2);
  const web = await world.onWeb();
  const account = await web.anAccount('central');
  await openAccount(one.page, account.fields.name);
  await addNote(one.page, 'From the first rep.');
  await web.hasNote('From the first rep.');

  await go(two.page, 'Home');
  await pulled(two.page, () => button(two.page, 'Sync now').click());
  await see(two.page, '1 new');
  await openAccount(two.page, account.fields.name);
  await seeNote(two.page, 'From the first rep.');
  await noteSays(two.page, 'From the first rep.', 'On the web');
  await see(two.page, 'Rep One');
});

test('a pull says what it brought, and that there was nothing', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await web.edit(account, { city: 'CHANGED TOWN' });
  await web.note(account, 'One.');
  await web.make('north', { name: 'A Place Made On The Web' });

  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  await see(page, '2 new, 1 changed');
  await pulled(page, () => button(page, 'Sync now').click());
  await see(page, 'Nothing new');
  await go(page, 'Accounts');
  await search(page, 'made on the web');
  await row(page, 'A Place Made On The Web').waitFor();
  assert.equal(await chip(page), 'Up to date');
});
