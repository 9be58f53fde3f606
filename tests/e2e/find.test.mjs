// One search over everything, the choice of accounts, and what is near: all of it without a signal.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import axe from 'axe-core';

import { REP1, addNote, button, field, go, newAccount, newWorld, row, search, see, syncNow } from './acts.mjs';
import { until } from './until.mjs';

/** Opens the search over everything, and asks. */
async function find(page, query) {
  const box = page.getByRole('searchbox', { name: 'Find', exact: true });
  if (!(await box.isVisible())) await page.getByRole('link', { name: 'Find anything' }).click();
  await box.fill(query);
}

/** The hits of a kind. */
function hits(page, kind) {
  return page.getByRole('region', { name: new RegExp(`^${kind}`) }).getByRole('link');
}

async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

/** A record of each kind about one account, made on the web. */
async function make(web, territory) {
  const id = randomUUID();
  const create = (kind, set, own = randomUUID()) => ({ id: own, kind, op: { create: territory }, base: 0, set });
  await web.push([create('account', { name: 'Quillfeather Hospice', city: 'Winnemucca', phone: '(775) 555-0147' }, id)]);
  await web.push([create('contact', { name: 'José Nuñez', account: id, title: 'Discharge planner' })]);
  await web.push([create('referral', { patient: 'Q.Z.', account: id, room: 'Wing 7' })]);
  await web.push([create('event', { subject: 'Lunch with the planners', account: id, start: '2026-12-01T12:00' })]);
  await web.push([create('note', { text: 'Wants the wound-care folder.', account: id, written: new Date().toISOString() })]);
}

test('without a signal all five kinds are found at once, a slip is overlooked, and what was found is marked', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const { territory } = await web.anAccount('north');
  await make(web, territory);
  await syncNow(page);
  await phone.context.setOffline(true);
  await find(page, 'quillfeather');
  for (const kind of ['Accounts', 'Contacts', 'Referrals', 'Events', 'Notes']) await hits(page, kind).first().waitFor();
  await find(page, 'quilfeahter winn');
  await hits(page, 'Accounts').first().waitFor();
  const marks = () => page.getByRole('mark').allTextContents();
  await until('both words are marked', async () => {
    const found = (await marks()).join('|');
    return found.includes('Quillfeather') && found.includes('Winn');
  });
  await find(page, 'nunez planner');
  await hits(page, 'Contacts').filter({ hasText: 'José Nuñez' }).waitFor();
  await find(page, '775-555-0147');
  await hits(page, 'Accounts').filter({ hasText: 'Quillfeather' }).waitFor();
  await find(page, 'zzzzqx');
  await see(page, 'Nothing on this phone matches “zzzzqx”');
  assert.deepEqual(await violations(page), []);

  // What is made now is found now, and each hit leads to its record.
  await newAccount(page, { Name: 'Larkspur Clinic', City: 'Elko' });
  await addNote(page, 'They asked for the palliative leaflet.');
  await find(page, 'larkspur leaflet');
  await hits(page, 'Notes').filter({ hasText: 'On this phone' }).waitFor();
  await find(page, 'larkspur');
  assert.deepEqual(await violations(page), []);
  await page.getByRole('searchbox', { name: 'Find', exact: true }).press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Larkspur Clinic' }).waitFor();
  await page.goBack();
  await hits(page, 'Accounts').filter({ hasText: 'Larkspur Clinic' }).waitFor();
  assert.match(page.url(), /\/find\?q=larkspur/);
});

test('two events of one title say when each is, and the exact initials of a patient come first', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const { id: account, territory } = await web.anAccount('north');
  const make = (kind, set) => web.push([{ id: randomUUID(), kind, op: { create: territory }, base: 0, set }]);
  for (const start of ['2020-03-02T09:00', '2020-03-03T10:30', '2020-03-04']) {
    await make('event', { subject: 'Quillfeather rounds', account, start });
  }
  await make('account', { name: 'Xyler Yarrow Home' });
  await make('referral', { patient: 'X.Y.', account });
  const { page } = await world.newPhoneOf(REP1);
  await find(page, 'quillfeather');
  for (const when of ['Mar 2, 2020 · 9:00 AM', 'Mar 3, 2020 · 10:30 AM', 'Mar 4, 2020 · All day']) {
    await hits(page, 'Events').filter({ hasText: when }).waitFor();
  }
  for (const query of ['x.y.', 'xy']) {
    await find(page, query);
    await hits(page, 'Referrals').filter({ hasText: 'X.Y.' }).waitFor();
    const headings = page.getByRole('region').getByRole('heading');
    assert.match(await headings.first().innerText(), /^Referrals/, query);
    assert.match(await hits(page, 'Referrals').first().innerText(), /^X\.Y\./, query);
  }
  // The calendar's own search has the latest first, by the day that it shows.
  await go(page, 'Calendar');
  await page.getByRole('searchbox', { name: 'Search events' }).fill('quillfeather');
  const lines = page.getByRole('list', { name: 'Events found' }).getByRole('link');
  await until('all are found', async () => (await lines.count()) === 3);
  const days = (await lines.allInnerTexts()).map((text) => /Mar \d/.exec(text)[0]);
  assert.deepEqual(days, ['Mar 4', 'Mar 3', 'Mar 2']);
});

test('a slip of the finger finds an account in the list and in a form, and a search in vain leads to everything', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.context.setOffline(true);
  await newAccount(page, { Name: 'Larkspur Clinic', City: 'Elko' });
  await newAccount(page, { Name: 'Larkspar Hall', City: 'Elko' });
  await go(page, 'Accounts');
  await search(page, 'larkspru clnic');
  await row(page, 'Larkspur Clinic').waitFor();
  await see(page, 'Nothing is spelled so. Like it: 1 account');
  // What is spelled so comes first, and the other says that it is only like it.
  await search(page, 'larkspur');
  await row(page, 'Larkspar Hall').getByText('Like it · Elko').waitFor();
  assert.match(await page.getByRole('list', { name: 'Accounts' }).getByRole('link').first().innerText(), /Larkspur Clinic/);
  assert.deepEqual(await violations(page), []);
  await search(page, 'zzzzqx');
  await page.getByRole('link', { name: 'Search everything for “zzzzqx”' }).click();
  await see(page, 'Nothing on this phone matches “zzzzqx”');

  await go(page, 'Calendar');
  await page.getByRole('link', { name: 'New event' }).click();
  await page.getByRole('combobox', { name: 'Account', exact: true }).fill('larkspru clnic');
  await see(page, 'Nothing is spelled so. Like it:');
  await page.getByRole('option', { name: /^Larkspur Clinic/ }).click();
  await page.getByRole('combobox', { name: 'Type', exact: true }).selectOption('Call');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Call: Larkspur Clinic' }).waitFor();
  await go(page, 'Calendar');
  await page.getByRole('searchbox', { name: 'Search events' }).fill('larkspru');
  await page.getByRole('link', { name: 'Search everything for “larkspru”' }).click();
  await hits(page, 'Events').filter({ hasText: 'Larkspur Clinic' }).waitFor();
});

test('a slip of the finger finds what the filters leave, and nothing that they leave out', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await newAccount(page, { Name: 'Larkspur Clinic', City: 'Elko' });
  await newAccount(page, { Name: 'Larkspar Hall', City: 'Reno' });
  await newAccount(page, { Name: 'Larkspor House', City: 'Reno' });
  const names = async () =>
    (await page.getByRole('list', { name: 'Accounts' }).getByRole('link').allInnerTexts()).map(
      (text) => /Larksp\w+/.exec(text)[0],
    );
  for (const order of ['', '&sort=longest']) {
    await page.goto(`${world.origin}/accounts?city=Reno${order}`);
    await search(page, 'larkspru');
    await see(page, 'Nothing is spelled so. Like it: 2 accounts');
    assert.deepEqual((await names()).sort(), ['Larkspar', 'Larkspor']);
    // What is spelled so comes first.
    await search(page, 'larkspor');
    await row(page, 'Larkspar Hall').getByText(/^Like it · /).waitFor();
    assert.deepEqual(await names(), ['Larkspor', 'Larkspar']);
    await see(page, /^1 of \d+ accounts, and 1 like it$/);
  }
  await page.goto(`${world.origin}/accounts?city=Elko&show=overdue`);
  await search(page, 'larkspru');
  await see(page, /^No account is all of this: /);
});

test('the list of accounts shows those that were asked for, without a signal', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1, { colorScheme: 'dark' });
  const { page } = phone;
  await phone.context.setOffline(true);
  await newAccount(page, { Name: 'Larkspur Clinic' });
  await go(page, 'Accounts');
  const choose = (name) => page.getByRole('radio', { name, exact: true }).check();
  const rows = page.getByRole('list', { name: 'Accounts', exact: true }).getByRole('listitem');
  for (const name of ['Waiting to upload', 'New this week']) {
    await choose(name);
    await search(page, 'Larkspur');
    await row(page, 'Larkspur Clinic').waitFor();
    await search(page, '');
  }
  await choose('Waiting to upload');
  await until('one account waits', async () => (await rows.count()) === 1);
  await page.waitForURL(/\/accounts\?show=waiting$/);
  await choose('Overdue');
  await until('it is not overdue', async () => (await row(page, 'Larkspur Clinic').count()) === 0);
  assert.deepEqual(await violations(page), []);
  await choose('All');
  await until('all are there again', async () => (await rows.count()) > 1);
});

test('near me asks by a press alone; a refusal is told and the nearest come first', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const { territory } = await web.anAccount('north');
  for (const [name, lat] of [['Near Clinic', '39.53'], ['Far Clinic', '40.83']]) {
    await web.make(territory, { name, lat, lon: '-119.81' });
  }
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await go(page, 'Accounts');
  const near = page.getByRole('checkbox', { name: 'Near me', exact: true });
  await phone.context.clearPermissions();
  await near.check();
  await page.getByText(/The browser may not tell Satchel where you are/).waitFor();
  await phone.context.grantPermissions(['geolocation']);
  await phone.context.setGeolocation({ latitude: 39.5296, longitude: -119.81 });
  await button(page, 'Try again').click();
  const rows = page.getByRole('list', { name: 'Accounts', exact: true }).getByRole('link');
  await rows.filter({ hasText: 'Far Clinic' }).waitFor();
  const told = await rows.allTextContents();
  const at = (name) => told.findIndex((text) => text.includes(name));
  assert.ok(at('Near Clinic') >= 0 && at('Near Clinic') < at('Far Clinic'), told.join('\n'));
  assert.match(told[at('Far Clinic')], /\d+ mi/);
});
