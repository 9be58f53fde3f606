// Saves that the web did not take as they were: each is told in words, with its ways out, and each way leads out.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  MANAGER,
  REP1,
  REP2,
  addNote,
  button,
  chipSays,
  editAccount,
  field,
  go,
  newWorld,
  openAccount,
  pulled,
  see,
  signIn,
  syncNow,
  typeNote,
} from './acts.mjs';
import { admin } from './server.mjs';
import { until } from './until.mjs';

/** A phone whose edit of an account was refused: the territory was taken away while it waited. */
async function refusedEdit(t, fields) {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(phone.page, account.fields.name);
  await editAccount(phone.page, fields);
  await admin(world.db, 'user', 'unassign', REP1, 'north');
  await phone.context.setOffline(false);
  await chipSays(phone.page, 'Needs you (1)');
  return { world, phone, page: phone.page, web, account };
}

/** A rep without a signal changes an account, and somebody else does too; then the signal is back. */
async function bothEdit(t, mine, theirs) {
  const world = await newWorld(t);
  const { page, context } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await context.setOffline(true);
  await openAccount(page, account.fields.name);
  await editAccount(page, mine);
  await web.edit(account, theirs);
  await context.setOffline(false);
  return { page, web, account };
}

async function openOutbox(page) {
  await go(page, 'More');
  await page.getByRole('link', { name: /^Outbox/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor();
}

test('a refused save is asked about, accepted by the office, and then on the web', async (t) => {
  const { world, page, web, account } = await refusedEdit(t, { Phone: '555-0101' });
  await openOutbox(page);
  await see(page, /not in your territory any more/);
  await see(page, '555-0101');
  await button(page, 'Ask your office').click();
  await see(page, /Your office is asked/);
  await chipSays(page, 'Up to date');
  const aside = await admin(world.db, 'aside', 'list');
  assert.match(aside, /asks for it/);
  assert.match(aside, /phone: 555-0101/);
  await admin(world.db, 'aside', 'accept', aside.split(' ')[0]);
  await web.hasFields(account.id, { phone: '555-0101' });
  await go(page, 'Home');
  await pulled(page, () => button(page, 'Sync now').click());
  await openOutbox(page);
  await see(page, 'Everything you saved is on the web.');
});

test('a refused save is kept as a private note that nobody else reads', async (t) => {
  const { world, page } = await refusedEdit(t, { Phone: '555-0102' });
  await openOutbox(page);
  // A thumb that taps again before the disk has answered.
  await button(page, 'Keep as a private note').evaluate((pressed) => {
    for (let tap = 0; tap < 3; tap += 1) pressed.click();
  });
  await chipSays(page, 'Up to date');
  await see(page, 'Everything you saved is on the web.');
  const said = async (email) => {
    const records = await (await world.onWeb(email)).records();
    return records.filter((record) => record.kind === 'note' && record.fields.text.includes('555-0102')).length;
  };
  assert.equal(await said(REP1), 1);
  assert.equal(await said(REP2), 0);
  assert.equal(await said(MANAGER), 0);
});

test('a refused save is undone: the screen shows the web again, and what waited for it goes on', async (t) => {
  const { page, phone, web, account, world } = await refusedEdit(t, { Phone: '555-0103' });
  await admin(world.db, 'user', 'assign', REP1, 'north');
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await see(page, '555-0103');
  await addNote(page, 'It waits for the edit before it.');
  await phone.context.setOffline(false);
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, /waits for an earlier save about the same account/);
  assert.equal((await web.notes('It waits for the edit before it.')).length, 0);
  await button(page, 'Undo this save').first().click();
  await web.hasNote('It waits for the edit before it.');
  await chipSays(page, 'Up to date');
  assert.equal((await web.account(account.id)).fields.phone, account.fields.phone);
  await openAccount(page, account.fields.name);
  assert.equal(await page.getByText('555-0103').count(), 0);
});

/** A phone on which an event was made to end earlier, while its start was put off on the web: it ends before it begins. */
async function tornEvent(t) {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const set = { subject: 'Fair at the mall', start: '2027-01-12T10:00', end: '2027-01-12T11:00', location: 'Hall B' };
  const id = await web.push([{ id: randomUUID(), kind: 'event', op: { create: 'north' }, base: 0, set }]);
  const onWeb = async () => (await web.records()).find((record) => record.id === id);
  const phone = await world.newPhoneOf(REP1);
  const { page, context } = phone;
  await context.setOffline(true);
  await go(page, 'Calendar');
  await field(page, 'Search events').fill('mall');
  await page.getByRole('main').getByRole('link', { name: /Fair at the mall/ }).click();
  await page.getByRole('link', { name: 'Edit', exact: true }).or(button(page, 'Edit')).click();
  await field(page, 'Ends at').fill('10:30');
  await button(page, 'Save').click();
  await see(page, '10:00 AM – 10:30 AM');
  const { version } = await onWeb();
  await web.push([{ id, kind: 'event', op: 'patch', base: version, set: { start: '2027-01-12T10:45' } }]);
  await context.setOffline(false);
  await chipSays(page, 'Needs you (1)');
  return { world, phone, page, web, id, onWeb };
}

test('a save that does not hold together with what somebody else wrote is corrected, and goes up once', async (t) => {
  const { world, page, onWeb } = await tornEvent(t);
  await openOutbox(page);
  await see(page, /The event ends before it begins/);
  await button(page, 'Correct it').click();
  await page.getByRole('heading', { level: 1, name: 'Correct a save' }).waitFor();
  await see(page, /The event ends before it begins/);
  await field(page, 'Ends at').waitFor();
  assert.equal(await page.getByText('Restored what you typed.').count(), 0, 'nothing was typed yet');
  assert.equal(await field(page, 'Subject').inputValue(), 'Fair at the mall');
  const start = async () => field(page, 'Starts at').inputValue().catch(() => '');
  assert.equal(await start(), '10:00', 'news comes when it is asked for');
  await page.getByRole('main').getByRole('button', { name: 'Sync now' }).click();
  await until('what somebody else wrote is shown', async () => (await start()) === '10:45');
  assert.equal(await field(page, 'Ends at').inputValue(), '10:30', 'what was saved');

  // What does not hold together here either is told beside its field.
  await button(page, 'Save').click();
  await see(page, 'This is before it begins. Choose a later time.');
  await field(page, 'Ends at').fill('11:15');
  await page.reload();
  await field(page, 'Ends at').waitFor();
  await until('what was typed is there again', async () => (await field(page, 'Ends at').inputValue()) === '11:15');
  const { version } = await onWeb();
  await button(page, 'Save').dblclick();
  await see(page, 'Everything you saved is on the web.');
  await chipSays(page, 'Up to date');
  const event = await onWeb();
  assert.equal(event.version, version + 1, 'it went up once');
  assert.deepEqual(
    [event.fields.start, event.fields.end, event.fields.location],
    ['2027-01-12T10:45', '2027-01-12T11:15', 'Hall B'],
  );
  const desk = await world.newDesktop();
  await signIn(desk.page, REP1);
  await syncNow(desk.page);
  await desk.page.goto(`${world.origin}/events/${event.id}`);
  await see(desk.page, '10:45 AM – 11:15 AM');
  await go(page, 'Home');
  assert.equal(await page.getByText('Unfinished').count(), 0, 'the form of the correction is done');
});

test('a save that does not hold together is undone, or kept as a private note', async (t) => {
  for (const way of ['Undo this save', 'Keep as a private note']) {
    const { world, page, web, id, onWeb } = await tornEvent(t);
    await openOutbox(page);
    await button(page, way).click();
    await see(page, 'Everything you saved is on the web.');
    await chipSays(page, 'Up to date');
    assert.equal((await onWeb()).fields.end, '2027-01-12T11:00');
    await syncNow(page);
    await page.goto(`${world.origin}/events/${id}`);
    await see(page, '10:45 AM – 11:00 AM');
    assert.equal((await web.records()).filter(({ fields }) => fields.text?.includes('10:30')).length, 0);
  }
});

test('two people set the owner: both values are told, and “Keep mine” puts mine on the web', async (t) => {
  for (const [press, owner] of [['Keep mine', 'Mine'], ['Keep theirs', 'Theirs']]) {
    const { page, web, account } = await bothEdit(t, { Owner: 'Mine' }, { owner: 'Theirs' });
    await chipSays(page, 'Needs you (1)');
    await openOutbox(page);
    await see(page, /saved “Theirs”, you saved “Mine”/);
    await button(page, press).click();
    await chipSays(page, press === 'Keep mine' ? 'Up to date' : /Up to date|Updates ready/);
    await web.hasFields(account.id, { owner });
    await go(page, 'Home');
    await pulled(page, () => button(page, 'Sync now').click());
    await openAccount(page, account.fields.name);
    await see(page, owner);
  }
});

test('two people move a referral: both stages are told in words, and so is all that a refused save said', async (t) => {
  const world = await newWorld(t);
  const { page, context } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  const set = { patient: 'Q.Z.', account: account.id, referred: '2026-11-20', line: 'hospice' };
  const id = await web.push([{ id: randomUUID(), kind: 'referral', op: { create: 'north' }, base: 0, set }]);
  await syncNow(page);
  await context.setOffline(true);
  await go(page, 'Referrals');
  await button(page, 'Move to…, Q.Z.').click();
  await page.getByRole('dialog', { name: 'Move Q.Z. to…' }).getByRole('button', { name: 'In review' }).click();
  await button(page, 'Close').click();
  await web.push([{ id, kind: 'referral', op: 'patch', base: 1, set: { stage: 'hold' } }]);
  await context.setOffline(false);
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, 'Stage: Practice Manager saved “On hold”, you saved “In review”.');
  await button(page, 'Keep theirs').click();
  await see(page, 'Everything you saved is on the web.');

  await context.setOffline(true);
  await openAccount(page, account.fields.name);
  await page.getByRole('link', { name: 'Add contact' }).click();
  await field(page, 'Name').fill('Ana Patel');
  await field(page, 'Mobile').fill('7755550134');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Ana Patel', exact: true }).waitFor();
  await admin(world.db, 'user', 'unassign', REP1, 'north');
  await context.setOffline(false);
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, '(775) 555-0134');
  const told = await page.getByRole('main').innerText();
  assert.doesNotMatch(told, /[0-9a-f]{8}-[0-9a-f]{4}-/, 'no id is told');
});

test('what a save replaced is told with its author, and put back with one press', async (t) => {
  const { page, web, account } = await bothEdit(t, { Phone: '555-0110' }, { phone: '555-0111' });
  await web.hasFields(account.id, { phone: '555-0110' });
  await go(page, 'Home');
  await page.getByRole('link', { name: 'Your save replaced a value of somebody else' }).click();
  await see(page, /you replaced “555-0111” by .+ with “555-0110”/);
  await button(page, 'Put theirs back').click();
  await web.hasFields(account.id, { phone: '555-0111' });
  await see(page, 'Everything you saved is on the web.');
});

test('what one save replaced beside a conflict is told with that; neither values go by a word about the other', async (t) => {
  const mine = { Owner: 'Mine', Phone: '555-0110' };
  const { page, web, account } = await bothEdit(t, mine, { owner: 'Theirs', phone: '555-0111' });
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, /you replaced “555-0111” by .+ with “555-0110”/);
  await see(page, /saved “Theirs”, you saved “Mine”/);
  assert.equal(await button(page, 'OK').count(), 0, 'the conflict is not decided by the way');

  // Neither mine nor theirs, in the form of the record that it is about.
  await button(page, 'Write a new one').click();
  assert.equal(await field(page, 'Owner').inputValue(), 'Mine');
  await field(page, 'Owner').fill('Both of us');
  await button(page, 'Save').click();
  await see(page, 'Everything you saved is on the web.');
  await web.hasFields(account.id, { owner: 'Both of us', phone: '555-0110' });
});

test('of several replaced values one is put back, and the others are told still', async (t) => {
  const mine = { Phone: '555-0110', City: 'Elko' };
  const { page, web, account } = await bothEdit(t, mine, { phone: '555-0111', city: 'Ely' });
  await web.hasFields(account.id, { phone: '555-0110', city: 'Elko' });
  await go(page, 'Home');
  await page.getByRole('link', { name: 'Your saves replaced 2 values of others' }).click();
  const told = (value) => page.getByText(new RegExp(`you replaced “${value}”`));
  await told('555-0111').waitFor();
  await told('Ely').waitFor();
  await button(page, 'Put theirs back').first().click();
  await see(page, 'Theirs is back.');
  await told('555-0111').waitFor();
  await told('Ely').waitFor();
  await button(page, 'Put theirs back').click();
  await web.hasFields(account.id, { phone: '555-0111', city: 'Ely' });
  await button(page, 'OK').click();
  await see(page, 'Everything you saved is on the web.');
});

test('a sign-out says that a save that needs the rep and a form that was begun go too', async (t) => {
  const { page } = await bothEdit(t, { Owner: 'Mine' }, { owner: 'Theirs' });
  await chipSays(page, 'Needs you (1)');
  await typeNote(page, 'Half a thought');
  await go(page, 'More');
  await button(page, 'Sign out').click();
  await see(page, '1 save that needs you and 1 unfinished form are on this phone alone.');
  await button(page, 'Keep working').click();
  await openOutbox(page);
  await see(page, /saved “Theirs”, you saved “Mine”/);
});

test('a note about an account that was deleted on the web brings it back', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await addNote(page, 'They have moved next door.');
  await web.push([{ id: account.id, kind: 'account', op: 'delete', base: account.version, set: {} }]);
  await phone.context.setOffline(false);
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, /Somebody deleted this on the web/);
  await button(page, 'Bring it back').click();
  await web.hasNote('They have moved next door.');
  assert.equal((await web.account(account.id)).fields.name, account.fields.name);
  await chipSays(page, /Up to date|Updates ready/);
});

test('a way out is taken with the keyboard alone, and the keyboard goes on from there', async (t) => {
  const { page } = await refusedEdit(t, { Phone: '555-0104' });
  await openOutbox(page);
  await button(page, 'Undo this save').focus();
  await page.keyboard.press('Enter');
  await see(page, 'Everything you saved is on the web.');
  await until('the content has the focus', () => page.evaluate(() => document.activeElement.closest('main') !== null));
});

test('a phone whose clock is days ahead is told so, and saves as ever', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhone();
  await phone.page.clock.install({ time: Date.now() + 3 * 24 * 3600 * 1000 });
  await phone.page.reload();
  await field(phone.page, 'Email').fill(REP1);
  await field(phone.page, 'Password').fill('practice');
  await button(phone.page, 'Sign in').click();
  await see(phone.page, /clock is 3 days ahead/);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(phone.page, account.fields.name);
  await addNote(phone.page, 'Written on Saturday.');
  await web.hasNote('Written on Saturday.');
});
