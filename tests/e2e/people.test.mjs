// Accounts and contacts: people made without a signal, deletions and merges that can be taken back, and what stays of
// an account that is gone.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  REP1,
  accountSays,
  addNote,
  button,
  chipSays,
  editAccount,
  field,
  go,
  newAccount,
  newWorld,
  noteEntry,
  openAccount,
  row,
  search,
  see,
  seeNote,
  seen,
  signIn,
  syncNow,
} from './acts.mjs';
import { until } from './until.mjs';

/** Opens the list of contacts. */
async function goContacts(page) {
  await go(page, 'Accounts');
  const lists = page.getByRole('navigation', { name: 'Accounts and contacts' });
  await lists.getByRole('link', { name: 'Contacts', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Contacts' }).waitFor();
}

/** A row of the list of contacts, by the name in it. */
function person(page, name) {
  const links = page.getByRole('list', { name: 'Contacts' }).getByRole('listitem').getByRole('link');
  return links.filter({ has: page.getByText(name, { exact: true }) });
}

/** Makes a contact of the account that is open, and waits until its page is. */
async function addContact(page, fields) {
  await page.getByRole('link', { name: 'Add contact' }).click();
  for (const [label, text] of Object.entries(fields)) await field(page, label).fill(text);
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: fields.Name, exact: true }).waitFor();
}

/** Presses a button that is folded away under More actions. */
async function moreAction(page, role, name) {
  await page.getByText('More actions', { exact: true }).click();
  await page.getByRole(role, { name, exact: true }).click();
}

test('a contact made without a signal is in the list, the search and at the account, and a second browser pulls it', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await addContact(page, { Name: 'Ana Patel', Title: 'Case manager', Mobile: '7755550134' });
  await accountSays(page, 'On this phone');
  await page.getByRole('link', { name: 'Call', exact: true }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Call', exact: true }).getAttribute('href'), 'tel:7755550134');
  await see(page, account.fields.name);

  await goContacts(page);
  const box = page.getByRole('searchbox', { name: 'Search contacts' });
  await box.fill('patel 775-555');
  await person(page, 'Ana Patel').click();
  await page.getByRole('heading', { level: 1, name: 'Ana Patel' }).waitFor();
  await openAccount(page, account.fields.name);
  await page.getByRole('list', { name: 'People' }).getByText('Ana Patel').waitFor();

  await phone.context.setOffline(false);
  await until('the contact is on the web', async () =>
    (await web.records()).some(({ kind, fields }) => kind === 'contact' && fields.name === 'Ana Patel'),
  );
  const desk = await world.newDesktop();
  await signIn(desk.page, REP1);
  await syncNow(desk.page);
  await goContacts(desk.page);
  await person(desk.page, 'Ana Patel').click();
  await accountSays(desk.page, 'On the web');
});

test('a deleted account and a deleted contact come back whole, without a signal', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.context.setOffline(true);
  await newAccount(page, { Name: 'Cellar Hospice', City: 'Elko' });
  await addNote(page, 'Said before it went.');
  await moreAction(page, 'button', 'Delete');
  await see(page, '“Cellar Hospice” is deleted.');
  await search(page, 'Cellar Hospice');
  await see(page, 'No account matches');
  // The offer goes along to other pages.
  await go(page, 'More');
  await button(page, 'Undo').click();
  await see(page, 'Undone.');
  await openAccount(page, 'Cellar Hospice');
  await seeNote(page, 'Said before it went.');
  await see(page, 'Elko');

  await addContact(page, { Name: 'Ben Ode' });
  await moreAction(page, 'button', 'Delete');
  await see(page, '“Ben Ode” is deleted.');
  await button(page, 'Undo').click();
  await goContacts(page);
  await person(page, 'Ben Ode').waitFor();
  await phone.context.setOffline(false);
  await chipSays(page, /Up to date/);
  const web = await world.onWeb();
  await web.hasFields('Cellar Hospice', { city: 'Elko' });
});

test('two accounts become one with the history of both, and become two again', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await newAccount(page, { Name: 'Oak House', City: 'Reno', Phone: '7755550101' });
  await addNote(page, 'About the first.');
  const first = new URL(page.url()).pathname;
  await go(page, 'Accounts');
  await button(page, 'New account').click();
  await field(page, 'Name').fill('The Oak House');
  await field(page, 'City').fill('Reno');
  await see(page, 'This account may be here already');
  await field(page, 'Address').fill('1 Elm St');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'The Oak House', exact: true }).waitFor();
  await addNote(page, 'About the second.');
  const second = new URL(page.url()).pathname;

  await moreAction(page, 'link', 'Merge with…');
  // It is not offered to itself.
  await page.getByRole('combobox', { name: 'Any other account' }).fill('oak house');
  await page.getByRole('option', { name: /^Oak House/ }).waitFor();
  assert.equal(await page.getByRole('option', { name: /^The Oak House/ }).count(), 0);
  await page.getByRole('button', { name: /^Oak House/ }).click();
  await page.getByRole('group', { name: 'Which one stays?' }).getByLabel(/^Oak House/).check();
  await page.getByRole('group', { name: 'Address' }).getByLabel(/1 Elm St/).check();
  // Only one of them has a phone number: that stays, and nobody is asked.
  await page.getByRole('group', { name: 'Name' }).waitFor();
  assert.equal(await page.getByRole('group', { name: 'Phone' }).count(), 0);
  await button(page, 'Merge').click();
  await page.getByRole('heading', { level: 1, name: 'Oak House', exact: true }).waitFor();
  await seeNote(page, 'About the first.');
  await seeNote(page, 'About the second.');
  await see(page, '1 Elm St');
  await see(page, '(775) 555-0101');
  await search(page, 'oak house');
  await row(page, 'Oak House').waitFor();
  assert.equal(await row(page, 'The Oak House').count(), 0);

  // The address of the one that is gone leads to the one that stays, and says so.
  await phone.open(second);
  await phone.page.getByRole('heading', { level: 1, name: 'Oak House', exact: true }).waitFor();
  await see(phone.page, '“The Oak House” was merged into this account.');
  await button(phone.page, 'Separate').click();
  await see(phone.page, '“The Oak House” stands for itself again.');
  await button(phone.page, 'Undo').click();
  await see(phone.page, 'was merged into this account.');
  await phone.page.close();

  await page.bringToFront();
  await button(page, 'Undo').click();
  await see(page, 'Undone.');
  await search(page, 'oak house');
  await row(page, 'The Oak House').click();
  await seeNote(page, 'About the second.');
  assert.equal(await seen(page, 'About the first.').count(), 0);
  await page.goto(world.origin + first);
  await seeNote(page, 'About the first.');
  // What is known of the account stands below its people.
  await page.getByText('More actions').waitFor();
  assert.equal(await seen(page, '1 Elm St').count(), 0);
});

test('who saves a second account before the warning sees it on its page', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await newAccount(page, { Name: 'Oak House', City: 'Reno' });
  await newAccount(page, { Name: 'Oak House', City: 'Reno' });
  await see(page, 'This account may be here twice');
  await accountSays(page, 'On the web');
  await see(page, 'This account may be here twice');
  await page.getByRole('link', { name: 'Compare and merge' }).click();
  await page.getByRole('button', { name: /^Oak House/ }).click();
  await page.getByRole('group', { name: 'Which one stays?' }).waitFor();
});

test('a history names who changed the account, and a change on this phone alone is the rep’s own', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await web.edit(account, { phone: '555-0111' });
  const { page, context } = await world.newPhoneOf(REP1);
  await openAccount(page, account.fields.name);
  const change = noteEntry(page, 'Details changed');
  await change.getByText('Practice Manager').waitFor();
  await context.setOffline(true);
  await editAccount(page, { Phone: '555-0110' });
  await change.getByText('You', { exact: true }).waitFor();
  await change.getByText('On this phone').waitFor();
  assert.equal(await change.getByText('Practice Manager').count(), 0);
});

test('a contact whose account was deleted on the web stays, and says that the account is not here', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.anAccount('north', 3);
  const set = { name: 'Cleo Marsh', account: account.id, do_not_contact: 'yes', phone: '7755550177' };
  const op = { create: 'north' };
  await web.push([{ id: randomUUID(), kind: 'contact', op, base: 0, set }]);
  const { page } = await world.newPhoneOf(REP1);
  await goContacts(page);
  await person(page, 'Cleo Marsh').click();
  await see(page, 'Do not contact.');
  assert.equal(await page.getByRole('link', { name: 'Call', exact: true }).count(), 0);
  await page.getByRole('list', { name: 'Where they are seen' }).getByText(account.fields.name).waitFor();

  await web.push([{ id: account.id, kind: 'account', op: 'delete', base: account.version, set: {} }]);
  await syncNow(page);
  await goContacts(page);
  await page.getByText('Account not on this phone').waitFor();
  await person(page, 'Cleo Marsh').click();
  await page.getByRole('list', { name: 'Where they are seen' }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'This account is not on this phone' }).waitFor();
  await page.getByRole('list', { name: 'People' }).getByText('Cleo Marsh').waitFor();
});
