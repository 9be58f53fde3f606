// Forms: what was typed is never lost, what is wrong is said where it is wrong, and a save happens once.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  REP1,
  addNote,
  button,
  chipSays,
  crash,
  daysAgo,
  editAccount,
  field,
  go,
  newAccount,
  newWorld,
  noteEntry,
  noteSays,
  openAccount,
  row,
  search,
  see,
  seen,
  syncNow,
  typeNote,
  wrongWith,
} from './acts.mjs';
import { until } from './until.mjs';

/** A phone with an account open, and that account. */
async function atAccount(t) {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north', 2);
  await openAccount(phone.page, account.fields.name);
  return { world, phone, page: phone.page, web, account };
}

test('typed text survives a reload', async (t) => {
  const { page } = await atAccount(t);
  await typeNote(page, 'A reload must not cost a word.');
  await page.reload();
  await see(page, 'Restored what you typed.');
  assert.equal(await field(page, 'Note').inputValue(), 'A reload must not cost a word.');
});

test('typed text survives a closed window, and Home leads back to it', async (t) => {
  const { phone, page, account } = await atAccount(t);
  await typeNote(page, 'Nor a closed window.');
  await page.close();
  await phone.open();
  await phone.page.getByRole('link', { name: `Note for ${account.fields.name}` }).click();
  await field(phone.page, 'Note').waitFor();
  assert.equal(await field(phone.page, 'Note').inputValue(), 'Nor a closed window.');
});

test('typed text survives a crash of the page', async (t) => {
  const { phone, page, account } = await atAccount(t);
  await typeNote(page, 'Nor a crash.');
  // Words reach the disk a quarter of a second after the last key; leaving the field brings them there at once.
  await field(page, 'Note').blur();
  await until('the words are on disk', () => keptSomewhere(page, 'Nor a crash.'));
  const address = new URL(page.url()).pathname;
  await crash(page);
  await phone.open(address);
  await field(phone.page, 'Note').waitFor();
  assert.equal(await field(phone.page, 'Note').inputValue(), 'Nor a crash.');
  await phone.page.getByRole('link', { name: 'Back' }).click();
  await phone.page.getByRole('heading', { level: 1, name: account.fields.name, exact: true }).waitFor();
});

/** Whether any row on this device's disk holds the text. */
function keptSomewhere(page, text) {
  return page.evaluate(async (text) => {
    const settled = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name));
      try {
        for (const store of db.objectStoreNames) {
          for (const row of await settled(db.transaction(store).objectStore(store).getAll())) {
            const words = row instanceof Uint8Array ? new TextDecoder().decode(row) : JSON.stringify(row);
            if (words?.includes(text)) return true;
          }
        }
      } finally {
        db.close();
      }
    }
    return false;
  }, text);
}

test('changes to an account and a new account are kept like a note', async (t) => {
  const { page, account } = await atAccount(t);
  await button(page, 'Edit').click();
  await field(page, 'City').fill('HALF A TOWN');
  await page.reload();
  await field(page, 'City').waitFor();
  assert.equal(await field(page, 'City').inputValue(), 'HALF A TOWN');
  assert.equal(await field(page, 'Name').inputValue(), account.fields.name);

  await go(page, 'Accounts');
  await button(page, 'New account').click();
  await field(page, 'Name').fill('Half A Name');
  await go(page, 'Home');
  await page.getByRole('link', { name: 'New account' }).waitFor();
  await page.getByRole('link', { name: `Changes to ${account.fields.name}` }).waitFor();
  await page.getByRole('link', { name: 'New account' }).click();
  await field(page, 'Name').waitFor();
  assert.equal(await field(page, 'Name').inputValue(), 'Half A Name');
  await button(page, 'Discard').click();
  assert.equal(await field(page, 'Name').inputValue(), '');
  await go(page, 'Home');
  await page.getByRole('link', { name: `Changes to ${account.fields.name}` }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'New account' }).count(), 0);
});

test('a saved form is empty the next time, and its draft is gone from Home', async (t) => {
  const { page } = await atAccount(t);
  await addNote(page, 'Saved and done.');
  await button(page, 'Add note').click();
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), '');
  await button(page, 'Cancel').click();
  await go(page, 'Home');
  await see(page, 'Nothing waits here');
  assert.equal(await seen(page, 'Unfinished').count(), 0);
});

test('leaving a half-filled form asks, and both answers do what they say', async (t) => {
  const { page } = await atAccount(t);
  await typeNote(page, 'To be kept.');
  await button(page, 'Cancel').click();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).waitFor();
  await button(page, 'Keep for later').click();
  await button(page, 'Add note').click();
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), 'To be kept.');
  await button(page, 'Cancel').click();
  const dialog = page.getByRole('dialog', { name: 'Keep what you typed?' });
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await button(page, 'Add note').click();
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), '');
});

test('an error stands beside its field, has the focus, and goes when it is mended', async (t) => {
  const { page } = await atAccount(t);
  await go(page, 'Accounts');
  await button(page, 'New account').click();
  await field(page, 'City').fill('STOWE');
  await button(page, 'Save').click();
  await see(page, 'Name is needed.');
  assert.equal(await wrongWith(page, 'Name'), 'Name is needed.');
  assert.equal(await wrongWith(page, 'City'), '');
  await until('the field has the focus', () => field(page, 'Name').evaluate((input) => input === document.activeElement));
  assert.equal(await field(page, 'City').inputValue(), 'STOWE', 'what was right stays');
  await field(page, 'Name').fill('Stowe Hospice');
  assert.equal(await wrongWith(page, 'Name'), '');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Stowe Hospice', exact: true }).waitFor();
});

test('an empty note and one that is too long are refused beside the field', async (t) => {
  const { page, web } = await atAccount(t);
  await button(page, 'Add note').click();
  await field(page, 'Note').fill('   ');
  await button(page, 'Save').click();
  await see(page, 'Write something first.');
  assert.equal(await wrongWith(page, 'Note'), 'Write something first.');
  const long = 'word '.repeat(14_000);
  await field(page, 'Note').fill(long);
  await see(page, /KB too long/);
  await button(page, 'Save').click();
  await see(page, /This is too long/);
  assert.equal(await field(page, 'Note').inputValue(), long, 'the text stays');
  await field(page, 'Note').fill('Short enough.');
  await button(page, 'Save').click();
  await noteSays(page, 'Short enough.', 'On the web');
  await web.hasNote('Short enough.');
});

test('a double click on Save makes one record', async (t) => {
  const { page, web, account } = await atAccount(t);
  await typeNote(page, 'Clicked twice.');
  await button(page, 'Save').dblclick();
  await noteSays(page, 'Clicked twice.', 'On the web');
  await web.hasNote('Clicked twice.');
  assert.equal(await noteEntry(page, 'Clicked twice.').count(), 1);

  await go(page, 'Accounts');
  await button(page, 'New account').click();
  await field(page, 'Name').fill('Twice Hospice');
  await field(page, 'Name').press('Enter');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Twice Hospice', exact: true }).waitFor();
  await chipSays(page, 'Up to date');
  await go(page, 'Accounts');
  await search(page, 'Twice Hospice');
  await row(page, 'Twice Hospice').first().waitFor();
  assert.equal(await row(page, 'Twice Hospice').count(), 1);
  await web.hasFields('Twice Hospice', { name: 'Twice Hospice' });
  assert.ok(await web.account(account.id));
});

test('who has gone on after Save is not led back', async (t) => {
  const { page, web } = await atAccount(t);
  await typeNote(page, 'On to the calendar.');
  const calendar = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Calendar', exact: true });
  // Before the disk has answered.
  await calendar.evaluate((link, save) => {
    save.click();
    link.click();
  }, await button(page, 'Save').elementHandle());
  await web.hasNote('On to the calendar.');
  await chipSays(page, 'Up to date');
  await page.getByRole('heading', { level: 1, name: 'Calendar' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/calendar');
  await go(page, 'Home');
  assert.equal(await seen(page, 'Unfinished').count(), 0);
});

test('a save without a change saves nothing', async (t) => {
  const { world, page, web, account } = await atAccount(t);
  world.proxy.forget();
  await button(page, 'Edit').click();
  await field(page, 'City').fill('ELSEWHERE');
  await field(page, 'City').fill(account.fields.city);
  await button(page, 'Save').click();
  await button(page, 'Add note').waitFor();
  await chipSays(page, 'Up to date');
  assert.equal(world.proxy.count('POST /api/push'), 0);
  assert.equal((await web.account(account.id)).version, account.version);
});

test('what people type comes back letter for letter', async (t) => {
  const { page, web, account } = await atAccount(t);
  const text = 'Zoë’s “ward” <b>not bold</b> & 100 % 🩺\nsecond line\n\n\tindented';
  await typeNote(page, text);
  await button(page, 'Save').click();
  await noteEntry(page, 'second line').waitFor();
  await web.hasNote(text);
  await editAccount(page, { City: 'Cañon City <script>alert(1)</script>' });
  await web.hasFields(account.id, { city: 'Cañon City <script>alert(1)</script>' });
  await see(page, 'Cañon City <script>alert(1)</script>');
  await newAccount(page, { Name: '“Quoted” & <Co>', City: 'X' });
  await syncNow(page);
  await go(page, 'Accounts');
  await search(page, 'quoted');
  await row(page, '“Quoted” & <Co>').waitFor();
});

test('a text taken away stays away', async (t) => {
  const { page, web, account } = await atAccount(t);
  await editAccount(page, { Phone: '802-555-0199' });
  await web.hasFields(account.id, { phone: '802-555-0199' });
  await editAccount(page, { Phone: '' });
  await until('no phone on the web', async () => (await web.account(account.id)).fields.phone === undefined);
  await syncNow(page);
  await openAccount(page, account.fields.name);
  assert.equal(await seen(page, '802-555-0199').count(), 0);
});

test('words that wait for an account that was taken away are read, kept as a note, or thrown away', async (t) => {
  const { page, web } = await atAccount(t);
  for (const [at, text, act] of [
    [3, 'They will call on Monday.', 'Keep as a note without an account'],
    [4, 'Never mind.', 'Discard'],
  ]) {
    const { id, version, fields } = await web.anAccount('north', at);
    await openAccount(page, fields.name);
    await typeNote(page, text);
    await field(page, 'Next step').fill(`Call back: ${text}`);
    await button(page, 'Cancel').click();
    await button(page, 'Keep for later').click();
    await web.push([{ id, kind: 'account', op: 'delete', base: version, set: {} }]);
    await go(page, 'Home');
    await syncNow(page);
    await page.locator('section', { has: page.getByRole('heading', { name: 'Unfinished' }) }).getByRole('link').click();
    await see(page, 'This account is not on this phone');
    await page.getByRole('definition').getByText(text, { exact: true }).waitFor();
    await button(page, 'Copy text').waitFor();
    await button(page, act).click();
    if (act === 'Discard') {
      await until('it is gone', async () => (await seen(page, text).count()) === 0);
    } else {
      await until('the note is on its page', async () => (await seen(page, 'What you typed is still here').count()) === 0);
      await see(page, text);
      await chipSays(page, 'Up to date');
      await go(page, 'Home');
      await page.getByRole('list', { name: 'Promises' }).getByText(`Call back: ${text}`).waitFor();
    }
    await go(page, 'Home');
    await see(page, 'Nothing waits here');
    await until('nothing is unfinished', async () => (await seen(page, 'Unfinished').count()) === 0);
  }
});

test('words for one day of a series stay apart from the series, whatever became of the day', async (t) => {
  const { page, web, account } = await atAccount(t);
  const day = daysAgo(-7);
  const set = { subject: 'Rounds', type: 'In-person', start: `${daysAgo(0)}T10:00`, repeat: 'weekly', account: account.id };
  const id = await web.push([{ id: randomUUID(), kind: 'event', op: { create: 'north' }, base: 0, set }]);
  await syncNow(page);
  await page.goto(new URL(`/events/${id}/edit?day=${day}`, page.url()).href);
  await field(page, 'Subject').fill('Rounds with the new planner');
  await button(page, 'Cancel').click();
  await button(page, 'Keep for later').click();
  await web.push([{ id, kind: 'event', op: 'patch', base: 1, set: { [`skip:${day}`]: 'yes' } }]);
  await go(page, 'Home');
  await syncNow(page);
  await page.locator('section', { has: page.getByRole('heading', { name: 'Unfinished' }) }).getByRole('link').click();
  await see(page, 'The series leaves out this day');
  await see(page, 'Rounds with the new planner');
  // Looking at the words leaves them as they are.
  await go(page, 'Home');
  await page.locator('section', { has: page.getByRole('heading', { name: 'Unfinished' }) }).getByRole('link').click();
  await see(page, 'Rounds with the new planner');
  await button(page, 'Discard').click();
  await until('they are gone', async () => (await seen(page, 'Rounds with the new planner').count()) === 0);
});

test('a note for somebody who has an account by now is found again', async (t) => {
  const { page, web, account } = await atAccount(t);
  const id = await web.push([
    { id: randomUUID(), kind: 'contact', op: { create: 'north' }, base: 0, set: { name: 'Ode Moss' } },
  ]);
  await syncNow(page);
  await page.goto(new URL(`/contacts/${id}`, page.url()).href);
  await page.getByRole('heading', { level: 1, name: 'Ode Moss', exact: true }).waitFor();
  await typeNote(page, 'Knows the new wing.');
  await button(page, 'Cancel').click();
  await button(page, 'Keep for later').click();
  await web.push([{ id, kind: 'contact', op: 'patch', base: 1, set: { account: account.id } }]);
  await go(page, 'Home');
  await syncNow(page);
  await page.getByRole('link', { name: 'Note for Ode Moss' }).click();
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), 'Knows the new wing.');
});

test('a phone that does not keep what is typed says so, until it does', async (t) => {
  const { page } = await atAccount(t);
  await typeNote(page, 'One.');
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    globalThis.heal = () => (IDBObjectStore.prototype.put = put);
    IDBObjectStore.prototype.put = function (...row) {
      if (this.name === 'drafts') throw new DOMException('no room', 'QuotaExceededError');
      return put.apply(this, row);
    };
  });
  await field(page, 'Note').pressSequentially(' Two.');
  await see(page, /^This phone does not keep what you type right now/);
  await page.evaluate(() => globalThis.heal());
  // The same words are told to the disk once more when the field is left.
  await field(page, 'Note').blur();
  await until('all is well', async () => (await seen(page, /does not keep what you type/).count()) === 0);
  await page.reload();
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), 'One. Two.');
});
