// No signal: nothing is lost, everything goes by itself later, exactly once.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  REP1,
  accountSays,
  addNote,
  button,
  chip,
  chipSays,
  editAccount,
  field,
  go,
  newAccount,
  newWorld,
  noteSays,
  openAccount,
  recordsHere,
  row,
  search,
  see,
  seeNote,
  signInAgain,
  syncNow,
  typeNote,
} from './acts.mjs';
import { until } from './until.mjs';

test('saved with the server dead and no signal, seen after a cold start offline, on the web exactly once', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  const records = await recordsHere(phone.page);

  await phone.context.setOffline(true);
  await world.server.kill();
  await openAccount(phone.page, account.fields.name);
  await addNote(phone.page, 'Written in a cellar.');
  await noteSays(phone.page, 'Written in a cellar.', 'On this phone');
  await editAccount(phone.page, { Phone: '802-555-0111' });
  await accountSays(phone.page, 'On this phone');
  await newAccount(phone.page, { Name: 'Cellar Hospice', City: 'BARRE' });
  await chipSays(phone.page, 'Waiting for signal (3)');

  await phone.page.close();
  await phone.switchOff();
  await phone.switchOn({ offline: true });
  await phone.open();
  await chipSays(phone.page, 'Waiting for signal (3)');
  await go(phone.page, 'Accounts');
  await search(phone.page, 'cellar hosp');
  await row(phone.page, 'Cellar Hospice').getByText('On this phone').waitFor();
  await openAccount(phone.page, account.fields.name);
  await see(phone.page, '802-555-0111');
  await accountSays(phone.page, 'On this phone');
  await noteSays(phone.page, 'Written in a cellar.', 'On this phone');
  await go(phone.page, 'More');
  await phone.page.getByRole('link', { name: 'Outbox (3)' }).click();
  await see(phone.page, `Note for ${account.fields.name}`);
  await see(phone.page, `Phone of ${account.fields.name} changed`);
  await see(phone.page, 'New account Cellar Hospice');

  await world.server.start();
  await phone.context.setOffline(false);
  const back = await world.onWeb();
  await back.hasNote('Written in a cellar.');
  const edited = await back.hasFields(account.id, { phone: '802-555-0111' });
  assert.equal(edited.version, account.version + 1, 'the edit was taken once');
  await back.hasFields('Cellar Hospice', { city: 'BARRE' });
  await chipSays(phone.page, 'Up to date');
  await see(phone.page, 'Everything you saved is on the web.');
  await openAccount(phone.page, account.fields.name);
  await accountSays(phone.page, 'On the web');
  await noteSays(phone.page, 'Written in a cellar.', 'On the web');

  await syncNow(phone.page);
  assert.equal(await recordsHere(phone.page), records + 2, 'nothing is doubled by the pull after it');
  await openAccount(phone.page, account.fields.name);
  await seeNote(phone.page, 'Written in a cellar.');
});

test('the server comes back while the browser never noticed that it was gone', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await world.server.kill();
  await openAccount(page, account.fields.name);
  await addNote(page, 'Sent by patience alone.');
  await chipSays(page, 'Waiting for signal (1)');
  await world.server.start();
  const back = await world.onWeb();
  await back.hasNote('Sent by patience alone.', 60_000);
  await chipSays(page, 'Up to date');
  await noteSays(page, 'Sent by patience alone.', 'On the web');
});

test('the battery dies right after the screen said “On this phone”', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const web = await world.onWeb();
  const account = await web.anAccount('central');
  await phone.context.setOffline(true);
  await openAccount(phone.page, account.fields.name);
  for (const text of ['First word.', 'Second word.', 'Third word.']) await addNote(phone.page, text);
  await noteSays(phone.page, 'Third word.', 'On this phone');
  await phone.kill();

  await phone.switchOn({ offline: true });
  await phone.open();
  await chipSays(phone.page, 'Waiting for signal (3)');
  await openAccount(phone.page, account.fields.name);
  for (const text of ['First word.', 'Second word.', 'Third word.']) {
    await noteSays(phone.page, text, 'On this phone');
  }
  await phone.context.setOffline(false);
  // The browser writes cookies down some time later, so the session may have died with the battery.
  const said = await until('an answer', async () => /Up to date|Sign in/.exec(await chip(phone.page))?.[0]);
  if (said === 'Sign in') await signInAgain(phone.page);
  for (const text of ['First word.', 'Second word.', 'Third word.']) await web.hasNote(text);
  await chipSays(phone.page, 'Up to date');
});

test('many saves made offline arrive in their order', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(phone.page, account.fields.name);
  for (const city of ['ONE', 'TWO', 'THREE', 'FOUR']) await editAccount(phone.page, { City: city });
  await chipSays(phone.page, 'Waiting for signal (4)');
  await phone.context.setOffline(false);
  const last = await web.hasFields(account.id, { city: 'FOUR' });
  assert.equal(last.version, account.version + 4, 'each save once, the last one last');
  await chipSays(phone.page, 'Up to date');
});

test('Sync now without a signal says so and leaves everything as it was', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const records = await recordsHere(phone.page);
  await phone.context.setOffline(true);
  await go(phone.page, 'Home');
  await button(phone.page, 'Sync now').click();
  await see(phone.page, /No signal/);
  assert.equal(await recordsHere(phone.page), records);
  assert.notEqual(await chip(phone.page), 'Sending');
  await phone.context.setOffline(false);
  await syncNow(phone.page);
  await see(phone.page, 'Nothing new');
});

test('a note can be begun offline and finished after the app was closed', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(phone.page, account.fields.name);
  await typeNote(phone.page, 'Half a thought');
  await phone.page.close();
  await phone.open();
  await phone.page.getByRole('link', { name: `Note for ${account.fields.name}` }).click();
  assert.equal(await field(phone.page, 'Note').inputValue(), 'Half a thought');
  await field(phone.page, 'Note').fill('Half a thought, and the other half.');
  await button(phone.page, 'Save').click();
  await noteSays(phone.page, 'Half a thought, and the other half.', 'On this phone');
  await phone.context.setOffline(false);
  await web.hasNote('Half a thought, and the other half.');
});
