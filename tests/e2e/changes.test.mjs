// What a record was before: who set which field, and the press that puts an earlier value back.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REP1, REP2, accountSays, button, editAccount, newAccount, newWorld, openAccount, see, seen } from './acts.mjs';

const WHO_CHANGED = 'What changed, and who changed it';

/** The page of changes of the record that is open. */
async function whatChanged(page) {
  await page.getByRole('link', { name: WHO_CHANGED }).click();
  await page.getByRole('heading', { level: 1, name: 'What changed' }).waitFor();
}

/** The versions on the page, the newest first. */
function versions(page) {
  return page.getByRole('article').getByRole('listitem');
}

test('what a colleague changed is told field by field, and one press puts the earlier value back', async (t) => {
  const world = await newWorld(t);
  const ana = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('central');
  const { name, phone } = account.fields;
  await openAccount(ana.page, name);
  await editAccount(ana.page, { Phone: '7755550142', Address: '12 Mill Road' });
  await accountSays(ana.page, 'On the web');

  const ben = await world.newDesktopOf(REP2);
  await openAccount(ben.page, name);
  await whatChanged(ben.page);
  const newest = versions(ben.page).first();
  for (const text of ['Changed', 'Rep One', '(775) 555-0142', '12 Mill Road']) {
    await newest.getByText(text, { exact: true }).waitFor();
  }
  await versions(ben.page).last().getByText('Added', { exact: true }).waitFor();

  await newest.getByRole('button', { name: /^Put back Phone: / }).click();
  await see(ben.page, 'Phone is as it was before.');
  assert.ok(await web.hasFields(account.id, { phone, address: '12 Mill Road' }));
  await button(ben.page, 'Undo').click();
  assert.ok(await web.hasFields(account.id, { phone: '7755550142' }));
  await newest.getByRole('button', { name: /^Put back Phone: / }).waitFor();
});

test('without a signal the page of changes says so and can be asked again, and what is only here says that', async (t) => {
  const world = await newWorld(t);
  const { page, context } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await context.setOffline(true);
  await whatChanged(page);
  await see(page, /^No signal\. Who changed what is kept on the web/);
  await context.setOffline(false);
  await button(page, 'Try again').click();
  await versions(page).last().getByText('Added', { exact: true }).waitFor();
  assert.equal(await seen(page, /^No signal/).count(), 0);

  await context.setOffline(true);
  await newAccount(page, { Name: 'Cedar Grove' });
  await whatChanged(page);
  await see(page, /^This is only on this phone so far/);
});
