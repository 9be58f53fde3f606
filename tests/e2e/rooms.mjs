// A rep's book with something on every page, and a walk past its screens.

import { randomUUID } from 'node:crypto';

import { button, field, go, openAccount, see, syncNow } from './acts.mjs';

/** A place whose name fills a line, and one that may be the same. */
const OAK = 'Hollow Oak Home Health and Hospice of the Upper Connecticut River Valley';
const TWIN = 'Hollow Oak Home Health and Hospice of the Upper Connecticut Valley';
const NOTES = 40;
const HOUR_MS = 3600 * 1000;

/** A day by the clock on the wall of the tests' browsers. */
function day(ahead = 0) {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(Date.now() + ahead * 24 * HOUR_MS);
}

/** Makes, in one save, a place with a long past: people, stops, promises, referrals. Answers the ids. */
export async function fillBook(web) {
  const ids = {};
  const edits = [];
  const make = (key, kind, set) => {
    ids[key] = randomUUID();
    edits.push({ id: ids[key], kind, op: { create: 'north' }, base: 0, set });
  };
  const place = { city: 'WHITE RIVER JUNCTION', state: 'VT', phone: '8025550100', type: 'Hospice' };
  make('oak', 'account', {
    ...place,
    name: OAK,
    address: '1 Long Meadow Road, Building 4',
    email: 'office@hollow-oak.example',
    rating: 'A',
    targeted: 'yes',
    frequency: 'weekly',
    about: 'The door beside the pharmacy is the one that opens.',
  });
  make('twin', 'account', { ...place, name: TWIN });
  const account = ids.oak;
  make('ana', 'contact', {
    name: 'Ana María Fernández-Villanueva',
    account,
    title: 'Director of care transitions',
    mobile: '8025550134',
    email: 'ana@hollow-oak.example',
    channel: 'phone',
    best_time: 'Tuesday to Thursday, 9 to 11',
    matters: 'Wants to hear back on the same day.',
    birthday: '1970-03-01',
  });
  make('ben', 'contact', { name: 'Ben Ode', account, do_not_contact: 'yes', phone: '8025550135' });
  for (let number = 0; number < NOTES; number += 1) {
    make(`note${number}`, 'note', {
      account,
      contact: ids.ana,
      text: `Talk ${number + 1}: they asked who answers on weekends, and how soon a nurse can come after a discharge.`,
      channel: number % 3 === 0 ? 'phone' : 'in_person',
      outcome: number % 4 === 0 ? 'no_see' : 'saw',
      written: new Date(Date.now() - (number * 4 + 9) * 24 * HOUR_MS).toISOString(),
    });
  }
  const about = { account, contact: ids.ana };
  make('stop', 'event', {
    ...about,
    subject: 'Quarterly visit with the planners',
    type: 'Visit',
    // Before all that the practice organisation has planned, and not over before the day is.
    start: day(),
    purpose: 'Show them the readmission figures.',
    [`with:${ids.ben}`]: 'yes',
  });
  make('missed', 'event', { ...about, subject: 'Lunch with the nurses', type: 'Lunch', start: `${day(-1)}T12:00`, end: `${day(-1)}T13:00` });
  make('series', 'event', { ...about, subject: 'Rounds', type: 'Visit', start: `${day()}T16:00`, end: `${day()}T16:30`, repeat: 'weekly' });
  const promise = { ...about, type: 'Follow-up', status: 'planned' };
  make('late', 'event', { ...promise, subject: 'Send the list of counties that we cover', start: day(-3) });
  make('undated', 'event', { ...promise, subject: 'Bring the wound-care folder' });
  make('new', 'referral', { ...about, patient: 'T.O.', referred: day(-4), line: 'hospice', payer: 'Medicare', physician: 'Dr. Nguyen' });
  make('refused', 'referral', { ...about, patient: 'U.R.', referred: day(-9), stage: 'nonadmit', reason: 'staffing', decided: day(-8) });
  await web.push(edits);
  const later = { about: 'Ring at the door beside the pharmacy.', hours: 'Monday to Friday, 8 to 5' };
  await web.push([{ id: ids.oak, kind: 'account', op: 'patch', base: 1, set: later }]);
  return ids;
}

/** Shows each screen of a day's work by name. The phone has a signal and is signed in. */
export async function everyRoom(device, web, show) {
  const ids = await fillBook(web);
  const { page } = device;
  const main = page.getByRole('main');
  const title = (name) => page.getByRole('heading', { level: 1, name, exact: typeof name === 'string' }).waitFor();
  const follow = (path) => followLink(page, path);
  const cancel = () => button(page, 'Cancel').click();
  await syncNow(page);

  // The account, its people and what was said.
  await openAccount(page, OAK);
  await see(page, /^Talk 1: /);
  await main.getByText(/in 13 weeks/).first().waitFor();
  await show('account-long');
  await page.getByText('More actions', { exact: true }).click();
  await show('account-actions');
  await follow(`/changes/${ids.oak}`);
  await see(page, 'was The door beside the pharmacy is the one that opens.');
  await show('changes');
  await follow(`/accounts/${ids.oak}`);
  await title(OAK);
  await main.getByRole('list', { name: 'People' }).getByText('Ana María').click();
  await title('Ana María Fernández-Villanueva');
  await show('contact');
  await button(page, 'Edit').click();
  await field(page, 'Name').fill('');
  await field(page, 'Email').fill('ana');
  await button(page, 'Save').click();
  await see(page, 'Name is needed.');
  await show('contact-wrong');
  await cancel();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).getByRole('button', { name: 'Discard' }).click();
  await follow('/contacts');
  await title('Contacts');
  await show('contacts');
  await follow(`/notes/${ids.note0}`);
  await see(page, /^Talk 1: /);
  await show('note-page');
  await follow(`/notes/${ids.note0}/edit`);
  await field(page, 'Note').waitFor();
  await show('note-edit');
  await follow(`/notes/new?event=${ids.stop}`);
  await see(page, /^Last time: /);
  await field(page, 'Bring the wound-care folder').check();
  await field(page, 'No-see').check();
  await field(page, 'Note').fill('x'.repeat(70_000));
  await button(page, 'Save').click();
  await see(page, /This is too long/);
  await show('note-event-wrong');
  await field(page, 'Note').fill('They were all at lunch.');
  await cancel();
  await button(page, 'Keep for later').click();
  await follow('/notes/new');
  await field(page, 'Note').fill('Met a discharge planner at the fair; her name is on the card.');
  await show('note-new');
  await button(page, 'Save').click();

  // The day.
  await go(page, 'Home');
  for (const part of ['Next stop', 'Today', 'What came of these?', 'Promises', 'Due for a visit', 'Unfinished']) {
    await main.getByRole('heading', { level: 2, name: part }).waitFor();
  }
  await main.getByRole('link', { name: '1 note is about nobody yet' }).waitFor();
  await show('home-day');
  await follow('/unfiled');
  await see(page, /^Met a discharge planner/);
  await show('unfiled');
  await button(page, 'File it').click();
  await page.getByRole('combobox', { name: 'Account' }).fill('hollow');
  await page.getByRole('option', { name: OAK }).waitFor();
  await show('unfiled-choose');
  await page.getByRole('option', { name: OAK }).click();
  await see(page, 'Every note belongs somewhere');
  await show('unfiled-none');
  await button(page, 'Close').click();

  // The calendar.
  for (const view of ['day', 'week', 'list']) {
    await follow(`/calendar?view=${view}&day=${day()}`);
    await main.getByRole('link').filter({ hasText: 'Quarterly visit', visible: true }).first().waitFor();
    await show(`calendar-${view}`);
  }
  await field(page, 'Search events').fill('rounds');
  await main.getByRole('list', { name: 'Events found' }).waitFor();
  await show('calendar-found');
  await field(page, 'Search events').fill('');
  await follow(`/events/${ids.stop}`);
  await title('Quarterly visit with the planners');
  await show('event');
  await button(page, 'Move…').click();
  await page.getByRole('dialog', { name: 'Move event' }).waitFor();
  await show('event-move');
  await page.keyboard.press('Escape');
  await follow(`/events/${ids.series}?day=${day(7)}`);
  await title('Rounds');
  await show('event-series');
  await follow(`/events/${ids.stop}/edit`);
  await field(page, 'End').fill(day(-1));
  await button(page, 'Save').click();
  await see(page, /before it begins/);
  await show('event-wrong');
  await button(page, 'Cancel').click();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).getByRole('button', { name: 'Discard' }).click();

  // Referrals and figures.
  await follow('/referrals');
  await main.getByText('T.O.', { exact: true }).first().waitFor();
  await show('board');
  await button(page, 'Move to…, T.O.').click();
  await page.getByRole('dialog', { name: 'Move T.O. to…' }).waitFor();
  await show('board-move');
  await button(page, 'Non-admit').click();
  await page.getByRole('dialog', { name: 'Why was the patient not admitted?' }).waitFor();
  await show('board-reason');
  await button(page, 'No staff for it').click();
  await button(page, 'Undo').waitFor();
  await show('board-undo');
  await button(page, 'Undo').click();
  await see(page, 'Undone.');
  await button(page, 'Close').click();
  await follow(`/referrals/${ids.refused}`);
  await title('U.R.');
  await show('referral');
  await button(page, 'Edit').click();
  await field(page, 'Patient (initials)').fill('Jane Doe');
  await button(page, 'Save').click();
  await see(page, /Only the patient's initials/);
  await show('referral-wrong');
  await cancel();
  await page.getByRole('dialog', { name: 'Keep what you typed?' }).getByRole('button', { name: 'Discard' }).click();
  await follow('/figures');
  await title('Figures');
  for (const table of await page.getByRole('figure').locator('summary').all()) await table.click();
  await show('figures-tables');

  // What is looked for, brought together, taken along.
  await follow('/find?q=hollow');
  await main.getByRole('link').filter({ hasText: 'Hollow Oak' }).first().waitFor();
  await show('find');
  await field(page, 'Find').fill('nothing is so called');
  await main.getByText('Try fewer words').waitFor();
  await show('find-nothing');
  await follow('/accounts?due=due');
  await main.getByText(/^Due for a visit|accounts? due/).first().waitFor();
  await show('accounts-due');
  await field(page, 'All').check();
  await follow(`/accounts/${ids.twin}/merge`);
  await main.getByRole('button', { name: OAK }).waitFor();
  await show('merge');
  await main.getByRole('button', { name: OAK }).click();
  await page.getByRole('group', { name: 'Which one stays?' }).waitFor();
  await show('merge-choose');
  await follow('/more/export');
  await title('Export');
  await show('export');
}

/** Goes to an address inside the app, as a press of a link there does: the page is not loaded anew. */
async function followLink(page, path) {
  await page.evaluate((path) => {
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  }, path);
}
