// A walk past every screen of the app, in the states a rep meets them in.

import {
  REP1,
  addNote,
  button,
  chipSays,
  editAccount,
  field,
  go,
  openAccount,
  row,
  search,
  see,
  signIn,
  syncNow,
} from './acts.mjs';
import { everyRoom } from './rooms.mjs';
import { admin } from './server.mjs';
import { endSession } from './web.mjs';

/** How far ahead the wrong clock of the tour's last pages is. */
const DAYS_3_MS = 3 * 24 * 3600 * 1000;

/** Shows each screen by name on a device that has never been used. Anybody may look at `page` meanwhile. */
export async function everyScreen(world, device, look) {
  const { page } = device;
  const show = async (name) => {
    await page.evaluate(() => document.fonts.ready);
    await look(name, page);
  };
  await button(page, 'Sign in').waitFor();
  await show('sign-in');
  await field(page, 'Email').fill(REP1);
  await field(page, 'Password').fill('guess');
  await button(page, 'Sign in').click();
  await see(page, /do not belong together/);
  await show('sign-in-wrong');

  world.proxy.fail('hang', { path: '/api/pull' });
  await signIn(page, REP1);
  await go(page, 'Home');
  await show('home-first-run');
  world.proxy.pass();
  await page.reload();
  await syncNow(page);
  await show('home');

  const web = await world.onWeb();
  const noted = (await web.records()).find((record) => record.kind === 'note' && record.territory === 'north');
  const account = await web.account(noted.fields.account);
  await go(page, 'Accounts');
  await row(page, (await web.accounts()).find(({ territory }) => territory !== 'south').fields.name)
    .first()
    .waitFor();
  await show('accounts');
  await search(page, 'no such place');
  await see(page, /No account matches/);
  await show('accounts-no-match');
  await openAccount(page, account.fields.name);
  await see(page, noted.fields.text);
  await show('account');
  await button(page, 'Add note').click();
  await field(page, 'Note').waitFor();
  await show('note');
  await button(page, 'Save').click();
  await see(page, 'Write something first.');
  await show('note-wrong');
  await field(page, 'Note').fill('They asked for a list of the counties we cover.');
  await button(page, 'Cancel').click();
  await button(page, 'Keep for later').waitFor();
  await show('note-keep');
  await button(page, 'Keep for later').click();
  await button(page, 'Edit').click();
  await field(page, 'Name').waitFor();
  await show('account-edit');
  await button(page, 'Cancel').click();
  await go(page, 'Accounts');
  await button(page, 'New account').click();
  await field(page, 'Name').waitFor();
  await button(page, 'Save').click();
  await see(page, 'Name is needed.');
  await show('account-new-wrong');
  await go(page, 'Referrals');
  await show('referrals');
  await button(page, 'New referral').click();
  await field(page, 'Patient (initials)').waitFor();
  await show('referral-new');
  await button(page, 'Cancel').click();
  await page.getByRole('main').getByRole('link', { name: 'Figures', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor();
  await show('figures');
  await everyRoom(device, web, show);

  await device.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await button(page, 'Add note').click();
  await see(page, 'Restored what you typed.');
  await show('note-restored');
  await field(page, 'Note').fill('Left a folder at the front desk.');
  await button(page, 'Save').click();
  await see(page, 'Left a folder at the front desk.');
  await addNote(page, 'Asked who plans discharges on weekends.');
  await chipSays(page, 'Waiting for signal (2)');
  await show('account-waiting');
  await go(page, 'Accounts');
  await search(page, '');
  await show('accounts-waiting');
  await go(page, 'Home');
  await show('home-waiting');
  await go(page, 'More');
  await show('more');
  await button(page, 'Sign out').click();
  await button(page, 'Keep working').waitFor();
  await show('sign-out-refused');
  await button(page, 'Keep working').click();
  await page.getByRole('link', { name: 'Outbox (2)' }).click();
  await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor();
  await show('outbox-waiting');

  await endSession(world.server.origin, await device.cookie());
  await device.context.setOffline(false);
  await chipSays(page, 'Sign in to send');
  await show('session-ended');
  await button(page, 'Sign in again').click();
  await page.getByRole('dialog', { name: 'Sign in to send' }).waitFor();
  await show('sign-in-again');
  const dialog = page.getByRole('dialog', { name: 'Sign in to send' });
  await dialog.getByLabel('Password', { exact: true }).fill('practice');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await see(page, 'Everything you saved is on the web.');
  await show('outbox-empty');
  await decisions(world, device, web, show);
  await go(page, 'More');
  await page.getByRole('link', { name: 'About' }).click();
  await page.getByRole('heading', { level: 1, name: 'About' }).waitFor();
  await show('about');
  await page.clock.install({ time: Date.now() + DAYS_3_MS });
  await page.goto(world.origin);
  await syncNow(page);
  await see(page, /clock is 3 days ahead/);
  await show('home-clock-off');
  await page.goto(`${world.origin}/no/such/page`);
  await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  await show('not-found');
}

/** What the web did not take as it was: told on Home and in the outbox, and settled. */
async function decisions(world, device, web, show) {
  const { page, context } = device;
  const saveMeanwhile = async (number, mine, theirs) => {
    const account = await web.anAccount('north', number);
    await context.setOffline(true);
    await openAccount(page, account.fields.name);
    await editAccount(page, mine);
    await theirs(account);
    await context.setOffline(false);
  };
  await saveMeanwhile(1, { Phone: '555-0110' }, (account) => web.edit(account, { phone: '555-0111' }));
  await go(page, 'Home');
  await page.getByRole('link', { name: 'Your save replaced a value of somebody else' }).waitFor();
  await show('home-replaced');
  await openOutbox(page);
  await see(page, /you replaced “555-0111”/);
  await show('outbox-replaced');
  await button(page, 'OK').click();

  await saveMeanwhile(2, { Owner: 'Ana Ruiz' }, (account) => web.edit(account, { owner: 'Ben Ode' }));
  await chipSays(page, 'Needs you (1)');
  await openOutbox(page);
  await see(page, /saved “Ben Ode”, you saved “Ana Ruiz”/);
  await show('outbox-two-values');
  await button(page, 'Keep theirs').click();
  await see(page, 'Everything you saved is on the web.');

  await saveMeanwhile(3, { Phone: '555-0112', Address: '12 Mill Road', Owner: 'Ana Ruiz' }, () =>
    admin(world.db, 'user', 'unassign', REP1, 'north'),
  );
  await chipSays(page, 'Needs you (1)');
  await see(page, 'Needs you');
  await show('account-needs-you');
  await go(page, 'Home');
  await show('home-needs-you');
  await openOutbox(page);
  await see(page, /not in your territory any more/);
  await show('outbox-refused');
  await button(page, 'Ask your office').click();
  await see(page, /Your office is asked/);
  await show('outbox-asked');
  await admin(world.db, 'user', 'assign', REP1, 'north');
}

async function openOutbox(page) {
  await go(page, 'More');
  await page.getByRole('link', { name: /^Outbox/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Outbox' }).waitFor();
}
