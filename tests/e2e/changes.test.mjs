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

  const byAna = versions(ben.page).filter({ hasText: 'Rep One' }).first();
  const putBack = byAna.getByRole('button', { name: /^Put back Phone: / });
  await putBack.click();
  await see(ben.page, 'Phone is as it was before.');
  await web.hasFields(account.id, { phone, address: '12 Mill Road' });
  // What one did is told there as well, as soon as the web has it.
  await newest.getByText('You', { exact: true }).waitFor();
  await newest.getByText('was (775) 555-0142', { exact: true }).waitFor();
  await button(ben.page, 'Undo').click();
  await web.hasFields(account.id, { phone: '7755550142' });
  await putBack.waitFor();

  // Nothing is put back over what this phone has not seen.
  await web.edit(await web.account(account.id), { phone: '7755550199' });
  await openAccount(ben.page, name);
  await whatChanged(ben.page);
  await see(ben.page, /^The web has newer changes than this phone shows/);
  assert.equal(await versions(ben.page).getByRole('button').count(), 0);
  await ben.page.getByRole('article').getByRole('button', { name: 'Sync now' }).click();
  await newest.getByRole('button', { name: /^Put back Phone: / }).waitFor();
  await see(ben.page, '(775) 555-0199');
});

test('without a signal the page of changes says so and can be asked again, and what is only here says that', async (t) => {
  const world = await newWorld(t);
  const { page, context } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await newAccount(page, { Name: 'Birch Row' });
  await accountSays(page, 'On the web');
  await whatChanged(page);
  await versions(page).last().getByText('Added', { exact: true }).waitFor();

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
