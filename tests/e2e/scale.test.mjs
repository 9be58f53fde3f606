// Twenty thousand real accounts: imported from the public files as they are, pulled, found, kept.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import {
  REP1,
  accountsHere,
  addNote,
  button,
  go,
  newWorld,
  openAccount,
  pulled,
  recordsHere,
  row,
  search,
  see,
  signIn,
} from './acts.mjs';
import { MAP, NO_PUBLIC_FILES, publicFiles, publicPeople, writeAccounts } from './data.mjs';
import { admin } from './server.mjs';
import { until } from './until.mjs';

test('20,000 real accounts are imported, pulled, searched and opened', { skip: !publicFiles && NO_PUBLIC_FILES }, async (t) => {
  const world = await newWorld(t);
  await admin(world.db, 'territory', 'add', 'usa', 'All of them', '--org', 'Practice');
  await admin(world.db, 'user', 'assign', REP1, 'usa');
  const importing = (file) =>
    admin(world.db, 'import', 'accounts', file, '--org', 'Practice', '--territory', 'usa');
  let imported = 0;
  for (const file of publicFiles) {
    const said = await importing(file);
    t.diagnostic(`${file.split('/').at(-1)}: ${said.trim()}`);
    imported += Number(said.match(/(\d+) new/)[1]);
  }
  assert.ok(imported >= 20_000, `${imported} new accounts`);
  const again = await importing(publicFiles[0]);
  assert.match(again, /^0 new, 0 changed/, 'a second import of the same file changes nothing');

  const web = await world.onWeb(REP1);
  const records = await web.records();
  const accounts = records.filter(({ kind }) => kind === 'account');
  const phone = await world.newPhone();
  const { page } = phone;
  const start = Date.now();
  await signIn(page, REP1);
  await go(page, 'Home');
  await see(page, /as of /);
  t.diagnostic(`${records.length} records on the phone ${Date.now() - start} ms after the press of Sign in`);
  assert.equal(await recordsHere(page), records.length);
  assert.equal(await accountsHere(page), accounts.length);

  // A name with a typographic apostrophe's worth of trouble, one found by its city, one by its phone number.
  const usa = accounts.filter(({ territory }) => territory === 'usa');
  const found = async (query, expected) => {
    await search(page, query);
    await see(page, new RegExp(`^${expected.toLocaleString('en-US')} of [\\d,]+ accounts$`));
  };
  const named = accounts.filter(({ fields }) => fields.name.toLowerCase().includes('mayo clinic'));
  assert.ok(named.length > 0);
  await found('mayo clinic', named.length);
  const nininger = usa.find(({ fields }) => fields.name.includes('"SANDY" NININGER'));
  await openAccount(page, nininger.fields.name);
  await see(page, nininger.fields.city);
  const zeros = usa.find(({ fields }) => fields.ccn?.startsWith('0') && fields.zip?.startsWith('0'));
  if (zeros) {
    await openAccount(page, zeros.fields.name).catch(() => {});
    await go(page, 'Accounts');
  }

  await go(page, 'Accounts');
  await search(page, '');
  const list = page.getByRole('list', { name: 'Accounts' });
  await list.getByRole('listitem').first().waitFor();
  const drawn = await list.getByRole('listitem').count();
  assert.ok(drawn < 100, `${drawn} rows are drawn, of ${accounts.length}`);
  await list.evaluate((ul) => ul.parentElement.scrollTo({ top: 1e9 }));
  await until('the last row is drawn', () =>
    list.getByRole('listitem').evaluateAll((items) => items.some((item) => item.ariaPosInSet === item.ariaSetSize)),
  );

  await phone.keepsShell();
  await phone.switchOff();
  await phone.switchOn({ offline: true });
  await phone.open('/accounts');
  await row(phone.page, usa[0].fields.name).or(phone.page.getByRole('listitem')).first().waitFor();
  assert.equal(await accountsHere(phone.page), accounts.length, 'all are here after a cold start offline');
  await search(phone.page, nininger.fields.name);
  await row(phone.page, nininger.fields.name).waitFor();
});

test('everybody and everything in the public files: imported, pulled, found and used in one session', { skip: !(publicFiles && publicPeople) && NO_PUBLIC_FILES }, async (t) => {
  const world = await newWorld(t);
  await admin(world.db, 'territory', 'add', 'usa', 'All of them', '--org', 'Practice');
  await admin(world.db, 'user', 'assign', REP1, 'usa');
  const importing = async (kind, file) => {
    const said = await admin(world.db, 'import', kind, file, '--org', 'Practice', '--territory', 'usa');
    t.diagnostic(`${file.split('/').at(-1)}: ${said.trim().split('\n').at(-1)}`);
  };
  for (const file of publicFiles.slice(0, 2)) await importing('accounts', file);
  for (const file of publicPeople) await importing('contacts', file);

  const web = await world.onWeb(REP1);
  const records = await web.records();
  const phone = await world.newPhone();
  const { page } = phone;
  await signIn(page, REP1);
  await go(page, 'Home');
  await see(page, /as of /);
  assert.equal(await recordsHere(page), records.length);
  await phone.context.setOffline(true);

  // A clinician is found by name with a slip in it, opened, and noted about; the note is found by its words.
  const person = records.find(({ fields }) => fields.npi === '1588667638');
  await page.getByRole('link', { name: 'Find anything' }).click();
  const box = page.getByRole('searchbox', { name: 'Find', exact: true });
  await box.fill('pilchre jacksonville');
  const hits = page.getByRole('region', { name: /^Contacts/ }).getByRole('link');
  await hits.filter({ hasText: person.fields.name }).first().waitFor({ timeout: 60_000 });
  await hits.filter({ hasText: person.fields.name }).first().click();
  await page.getByRole('heading', { level: 1, name: person.fields.name }).waitFor();
  await addNote(page, 'Refers hip replacements on weekdays.');
  await page.getByRole('link', { name: 'Find anything' }).click();
  await box.fill('replacements weekdays');
  await page.getByRole('region', { name: /^Notes/ }).getByRole('link').first().waitFor();
  await go(page, 'Accounts');
  await page.getByRole('link', { name: 'Contacts', exact: true }).click();
  const people = records.filter(({ kind }) => kind === 'contact').length;
  await see(page, `${people.toLocaleString('en-US')} contacts`);
  await phone.context.setOffline(false);
  await web.hasNote('Refers hip replacements on weekdays.', 60_000);
});

test('20,000 accounts: a pull of one change asks for one change, and typing in the search does not stall', async (t) => {
  const world = await newWorld(t);
  const file = join(world.dir, 'many.csv');
  await writeAccounts(file, 20_000);
  await admin(world.db, 'import', 'accounts', file, '--org', 'Practice', '--territory', 'north', '--map', MAP);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = (await web.accounts()).find(({ fields }) => fields.ccn === 'A012345');
  await web.edit(account, { city: 'CHANGED TOWN' });

  world.proxy.forget();
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  assert.equal(world.proxy.count('POST /api/pull'), 1);
  assert.ok(world.proxy.bytesBack('POST /api/pull') < 5_000, `${world.proxy.bytesBack('POST /api/pull')} bytes`);
  await see(page, '1 changed');

  await go(page, 'Accounts');
  const box = page.getByRole('searchbox', { name: 'Search accounts' });
  const start = Date.now();
  await box.pressSequentially(account.fields.name, { delay: 0 });
  await row(page, account.fields.name).first().waitFor();
  const perKey = (Date.now() - start) / account.fields.name.length;
  t.diagnostic(`${perKey.toFixed(1)} ms for each key, the test's own work included`);
  assert.ok(perKey < 200, `${perKey} ms a key`);
  await openAccount(page, account.fields.name);
  await see(page, 'CHANGED TOWN');
});
