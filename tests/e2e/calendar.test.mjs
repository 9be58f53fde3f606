// The calendar: events made without a signal, moved by a drag and by a button, series and their single days, days on
// which the clocks change, and events on a second browser.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import axe from 'axe-core';

import {
  REP1,
  accountSays,
  button,
  chipSays,
  daysAgo,
  field,
  go,
  newWorld,
  openAccount,
  see,
  seen,
  signIn,
  syncNow,
  travel,
  wrongWith,
} from './acts.mjs';
import { until } from './until.mjs';

/** Goes to the calendar and looks at it so. */
async function look(page, view, day) {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/calendar?view=${view}&day=${day}`);
  await page.getByRole('heading', { level: 1, name: 'Calendar' }).waitFor();
}

/** Types into the form of an event and saves it; waits until the event's page is open. */
async function fill(page, title, fields) {
  await field(page, 'Subject').fill(title);
  for (const [label, text] of Object.entries(fields)) {
    const box = field(page, label);
    if (label === 'Repeats') await box.selectOption(text);
    else await box.fill(text);
  }
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
}

/** Makes an event from the calendar's day. */
async function make(page, day, title, fields) {
  await look(page, 'day', day);
  await page.getByRole('link', { name: 'New event' }).click();
  await fill(page, title, fields);
}

/** The event on the screen, by a part of its title. */
function event(page, title) {
  return page.getByRole('main').getByRole('link').filter({ hasText: title, visible: true });
}

/** A Monday of the practice organisation, which has its huddle, is open and does not have the event. */
async function notOn(page, title) {
  await event(page, 'Discharge huddle').first().waitFor();
  assert.equal(await event(page, title).count(), 0, title);
}

/** Waits until the event of the open day says these hours. */
async function saysHours(page, title, hours) {
  await event(page, title).filter({ hasText: hours }).first().waitFor();
}

/** The events of that title, on the web. */
async function onWeb(web, title) {
  return (await web.records()).filter(({ kind, fields }) => kind === 'event' && fields.subject === title);
}

test('an event made without a signal is seen at once, goes to the web once, and a second browser pulls it', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await page.getByRole('link', { name: 'New event' }).click();
  await fill(page, 'In-service on wounds', { Start: '2027-03-11', 'Starts at': '09:00' });
  await accountSays(page, 'On this phone');
  await openAccount(page, account.fields.name);
  await see(page, 'In-service on wounds');
  await go(page, 'Calendar');
  await field(page, 'Search events').fill(`wounds ${account.fields.name}`);
  await event(page, 'In-service on wounds').waitFor();
  await field(page, 'Search events').fill('');
  await field(page, 'Go to day').fill('2027-03-11');
  await saysHours(page, 'In-service on wounds', '9:00 AM – 9:30 AM');

  await phone.context.setOffline(false);
  await chipSays(page, /Up to date/);
  assert.equal((await onWeb(web, 'In-service on wounds')).length, 1);
  const desk = await world.newDesktop();
  await signIn(desk.page, REP1);
  await syncNow(desk.page);
  await look(desk.page, 'week', '2027-03-11');
  await event(desk.page, 'In-service on wounds').click();
  await accountSays(desk.page, 'On the web');
  await see(desk.page, account.fields.name);
});

test('an event is moved by a drag and by a button, and comes back', async (t) => {
  const world = await newWorld(t);
  const desk = await world.newDesktop();
  const { page } = desk;
  await signIn(page, REP1);
  await syncNow(page);
  await make(page, '2027-01-12', 'Lunch with Ana', { Start: '2027-01-12', 'Starts at': '10:00' });
  await look(page, 'week', '2027-01-12');
  const block = event(page, 'Lunch with Ana');
  const box = await block.boundingBox();
  const wednesday = await page.getByRole('link', { name: 'Wed 13' }).or(page.getByRole('link', { name: '13 Wed' })).boundingBox();
  const from = { x: box.x + 20, y: box.y + 10 };
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  // An hour is 64 px high; one day to the right, and two hours down.
  await page.mouse.move(from.x + wednesday.width, from.y + 128, { steps: 12 });
  await page.mouse.up();
  await see(page, /“Lunch with Ana” is moved to/);
  await look(page, 'day', '2027-01-13');
  await saysHours(page, 'Lunch with Ana', '12:00 PM – 12:30 PM');
  await event(page, 'Lunch with Ana').click();
  await button(page, 'Move…').click();
  const dialog = page.getByRole('dialog', { name: 'Move event' });
  await dialog.getByLabel('Day', { exact: true }).fill('2027-01-15');
  await dialog.getByLabel('Starts at', { exact: true }).fill('08:15');
  await dialog.getByRole('button', { name: 'Move', exact: true }).click();
  await see(page, /Fri, Jan 15|January 15|Jan 15, 2027/);
  await see(page, '8:15 AM – 8:45 AM');
  await button(page, 'Undo').click();
  await see(page, '12:00 PM – 12:30 PM');
});

test('a block says what there is room for, a done event has its tick, and a week on a phone begins today', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  const set = (subject, start, more) => ({ subject, start, account: account.id, ...more });
  const create = (set) => ({ id: randomUUID(), kind: 'event', op: { create: 'north' }, base: 0, set });
  await web.push([
    create(set('Rounds with the team', '2027-01-12T09:00', { end: '2027-01-12T09:45' })),
    create(set('Lunch for the staff', '2027-01-13T12:00', { end: '2027-01-13T13:00', status: 'done' })),
  ]);
  const { page } = await world.newDesktop();
  await signIn(page, REP1);
  await syncNow(page);
  const isWhole = (words) => words.evaluate((it) => it.scrollWidth <= it.clientWidth);
  await look(page, 'week', '2027-01-12');
  const rounds = event(page, 'Rounds with the team');
  const width = async (hours) => (await rounds.getByText(hours).boundingBox()).width;
  assert.ok((await width('– 9:45 AM')) <= 1, 'only the start is seen');
  assert.ok(await isWhole(rounds), 'nothing is cut off at the side');
  await event(page, 'Lunch for the staff').filter({ hasText: 'Done' }).waitFor();
  await look(page, 'day', '2027-01-12');
  const said = (await event(page, 'Rounds with the team').innerText()).replace(/\s+/g, ' ');
  assert.ok(said.startsWith(`9:00 AM – 9:45 AM Rounds with the team`) && said.includes(account.fields.name), said);

  const phone = await world.newPhoneOf(REP1);
  await look(phone.page, 'week', daysAgo(0));
  await phone.page.getByRole('heading', { level: 3, name: /^Today/ }).waitFor();
  const earlier = phone.page.getByText('Earlier this week', { exact: true });
  const days = new Date(`${daysAgo(0)}T00:00Z`).getUTCDay() || 7;
  assert.equal(await earlier.count(), days === 1 ? 0 : 1);
  if (days > 1) {
    const shown = phone.page.getByRole('heading', { level: 3 });
    assert.equal(await shown.count(), 8 - days);
    await earlier.click();
    await until('the days before are there', async () => (await shown.count()) === 7);
  }
});

test('of a series one day is moved, logged or deleted, or all of them are', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.context.setOffline(true);
  // Six Mondays, three of them past: what is to come cannot be logged.
  const first = 14 + ((new Date(`${daysAgo(0)}T12:00Z`).getUTCDay() + 6) % 7);
  const days = [0, 7, 14, 21, 28, 35].map((later) => daysAgo(first - later));
  await make(page, days[0], 'Monday round', {
    Start: days[0],
    'Starts at': '09:00',
    Repeats: 'weekly',
  });
  await see(page, /Every week/);

  // One goes to another day; the others stay.
  await look(page, 'day', days[1]);
  await event(page, 'Monday round').click();
  await button(page, 'Move…').click();
  const dialog = page.getByRole('dialog', { name: 'Move event' });
  await dialog.getByLabel('Day', { exact: true }).fill(daysAgo(first - 8));
  await dialog.getByRole('button', { name: 'This one', exact: true }).click();
  await see(page, 'One of a series');
  await look(page, 'day', days[1]);
  await notOn(page, 'Monday round');
  await look(page, 'day', daysAgo(first - 8));
  await saysHours(page, 'Monday round', '9:00 AM');
  await look(page, 'day', days[2]);
  await saysHours(page, 'Monday round', '9:00 AM');

  // One is logged in a tap.
  await event(page, 'Monday round').click();
  await button(page, 'No-see').click();
  await see(page, 'Done · No-see');
  await look(page, 'day', days[2]);
  await saysHours(page, 'Monday round', 'No-see');
  assert.equal(await event(page, 'Monday round').count(), 1);

  // What is to come is not: it can be moved and cancelled.
  await look(page, 'day', days[4]);
  await event(page, 'Monday round').click();
  await see(page, /^You can log it from Mon, .* on\./);
  await button(page, 'Cancel event').waitFor();
  await button(page, 'Move…').waitFor();
  assert.equal(await button(page, 'Saw them').count(), 0);

  // All go to another hour; what was logged stays.
  await look(page, 'day', days[3]);
  await event(page, 'Monday round').click();
  await button(page, 'Move…').click();
  await dialog.getByLabel('Starts at', { exact: true }).fill('11:00');
  await dialog.getByRole('button', { name: 'All', exact: true }).click();
  for (const [day, hours] of [[days[4], '11:00 AM'], [days[0], '11:00 AM'], [days[2], '9:00 AM']]) {
    await look(page, 'day', day);
    await saysHours(page, 'Monday round', hours);
  }

  // One is deleted and comes back; then all are.
  await look(page, 'day', days[4]);
  await event(page, 'Monday round').click();
  await page.getByText('More actions', { exact: true }).click();
  await button(page, 'Delete this one').click();
  await see(page, 'is deleted.');
  await button(page, 'Undo').click();
  await see(page, 'Undone.');
  await look(page, 'day', days[4]);
  await event(page, 'Monday round').click();
  await page.getByText('More actions', { exact: true }).click();
  await button(page, 'Delete all').click();
  await see(page, 'is deleted.');
  await look(page, 'day', days[5]);
  await notOn(page, 'Monday round');
  await look(page, 'day', days[2]);
  await event(page, 'Monday round').waitFor();

  await phone.context.setOffline(false);
  await chipSays(page, /Up to date/);
});

test('of a series of every day all move by their hours alone, and that is said', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await make(page, '2027-01-12', 'Morning call', { Start: '2027-01-12', 'Starts at': '09:00', Repeats: 'daily' });
  const dialog = page.getByRole('dialog', { name: 'Move event' });
  const moveAll = async (day, time) => {
    await look(page, 'day', '2027-01-13');
    await event(page, 'Morning call').click();
    await button(page, 'Move…').click();
    await dialog.getByLabel('Day', { exact: true }).fill(day);
    await dialog.getByLabel('Starts at', { exact: true }).fill(time);
    await dialog.getByRole('button', { name: 'All', exact: true }).click();
  };
  await moveAll('2027-01-15', '09:00');
  await see(page, '“Morning call” stays as it is: what comes every day or weekday changes its hours alone.');
  await moveAll('2027-01-15', '11:00');
  await see(page, '“Morning call” is moved to 11:00 AM – 11:30 AM.');
  await look(page, 'day', '2027-01-12');
  await saysHours(page, 'Morning call', '11:00 AM – 11:30 AM');
});

test('nine o’clock stays nine o’clock on both sides of a change of the clocks', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  // In New York the clocks change on 14 March 2027.
  await make(page, '2027-03-12', 'Every morning', { Start: '2027-03-12', 'Starts at': '09:00', Repeats: 'daily' });
  await make(page, '2027-03-14', 'At night', { Start: '2027-03-14', 'Starts at': '02:30' });
  for (const day of ['2027-03-13', '2027-03-14', '2027-03-15']) {
    await look(page, 'day', day);
    await saysHours(page, 'Every morning', '9:00 AM – 9:30 AM');
  }
  await look(page, 'day', '2027-03-14');
  await saysHours(page, 'At night', '2:30 AM – 3:00 AM');
});

test('a note keeps the hour at which it was written, in winter and in summer and in another time zone', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.make('north', { name: 'Evening House' });
  for (const written of ['2025-01-15T03:30:00.000Z', '2025-07-15T03:30:00.000Z']) {
    const set = { text: 'They called late', account, written };
    await web.push([{ id: randomUUID(), kind: 'note', op: { create: 'north' }, base: 0, set }]);
  }
  const { page } = await world.newPhoneOf(REP1, { timezoneId: undefined });
  await travel(page, 'America/Denver');
  await openAccount(page, 'Evening House');
  await see(page, 'Jan 14, 2025, 8:30 PM');
  await see(page, 'Jul 14, 2025, 9:30 PM');
  await travel(page, 'America/Chicago');
  await openAccount(page, 'Evening House');
  await see(page, 'Jan 14, 2025, 9:30 PM');
  await see(page, 'Jul 14, 2025, 10:30 PM');
});

test('what is at an hour that the clocks left out is told at that hour', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.make('north', { name: 'Night House' });
  // In New York 2:30 did not exist on 9 March 2025.
  const set = { subject: 'Night round', account, type: 'Visit', status: 'done', start: '2025-03-09T02:30' };
  await web.push([{ id: randomUUID(), kind: 'event', op: { create: 'north' }, base: 0, set }]);
  const { page } = await world.newPhoneOf(REP1);
  await openAccount(page, 'Night House');
  await see(page, 'Mar 9, 2025, 2:30 AM');
});

test('a phone that goes into another time zone tells days and hours as the wall there does', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1, { timezoneId: undefined });
  await travel(page, 'America/Denver');
  await make(page, '2027-01-12', 'Early round', { Start: '2027-01-12', 'Starts at': '09:00' });
  const pulledAt = async () => {
    await go(page, 'Home');
    const [, hour, minute] = (await seen(page, /as of /).first().innerText()).match(/(\d+):(\d+)\s[AP]M/);
    return Number(hour) * 60 + Number(minute);
  };
  const before = await pulledAt();
  await travel(page, 'America/Chicago');
  await go(page, 'Calendar');
  // A pull that comes by itself may be a few minutes younger.
  const later = ((await pulledAt()) - before + 12 * 60) % (12 * 60);
  assert.ok(later >= 60 && later < 65, `an hour later on the wall, not ${later} minutes`);
  await go(page, 'Calendar');
  await field(page, 'Go to day').fill('2027-01-12');
  await see(page, 'Tuesday, January 12, 2027');
  await saysHours(page, 'Early round', '9:00 AM – 9:30 AM');
});

test('an end before its start is told beside its field, and an event without a name is known by its place', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north', 2);
  await page.goto(`${world.origin}/events/new?account=${account.id}&day=2027-01-12&start=14:00`);
  await field(page, 'End').fill('2027-01-11');
  await button(page, 'Save').click();
  await see(page, 'This is before it begins. Choose a later time.');
  await field(page, 'End').fill('2027-01-12');
  await field(page, 'Repeats').selectOption('weekly');
  await field(page, 'Until').fill('2027-01-11');
  await button(page, 'Save').click();
  await until('it is told', async () => (await wrongWith(page, 'Until')).startsWith('This is before it begins.'));
  await field(page, 'Until').fill('2027-01-12');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: `Visit: ${account.fields.name}`, exact: true }).waitFor();
});

/** Makes an event on the web, and opens its form. */
async function openForm(world, page, set) {
  const web = await world.onWeb();
  const id = randomUUID();
  await web.push([{ id, kind: 'event', op: { create: 'north' }, base: 0, set }]);
  await syncNow(page);
  await page.goto(`${world.origin}/events/${id}/edit`);
  await field(page, 'Subject').waitFor();
}

/** Types into a field of days or times, as a keyboard does: part by part, from the first one. */
async function type(page, label, keys) {
  await field(page, label).blur();
  await field(page, label).focus();
  await page.keyboard.type(keys);
}

/** Waits until the fields of the form hold this. */
async function holds(page, texts) {
  for (const [label, text] of Object.entries(texts)) {
    const box = field(page, label);
    await until(`${label} holds ${text}`, async () => (await box.inputValue()) === text);
  }
}

test('a day and an hour are typed part by part, and the end goes along', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newDesktopOf(REP1);
  await openForm(world, page, { subject: 'Two hours', start: '2027-01-12T10:00', end: '2027-01-12T12:00' });
  await type(page, 'Start', '03');
  await holds(page, { Start: '2027-03-12', 'Starts at': '10:00', End: '2027-03-12', 'Ends at': '12:00' });
  await type(page, 'Starts at', '09');
  await holds(page, { Start: '2027-03-12', 'Starts at': '09:00', End: '2027-03-12', 'Ends at': '11:00' });
  assert.equal(await field(page, 'All day').isChecked(), false);
  // A time that is emptied and typed anew.
  await field(page, 'Starts at').fill('');
  await type(page, 'Starts at', '0230PM');
  await holds(page, { Start: '2027-03-12', 'Starts at': '14:30', End: '2027-03-12', 'Ends at': '16:30' });
  assert.equal(await field(page, 'All day').isChecked(), false);
  await button(page, 'Save').click();
  await see(page, '2:30 PM – 4:30 PM');
});

test('a day that is half typed is not saved, and stays in sight', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newDesktopOf(REP1);
  await openForm(world, page, { subject: 'Round', start: '2027-01-30T10:00', end: '2027-01-30T10:30' });
  // There is no 30 February.
  await type(page, 'Start', '02');
  await holds(page, { Start: '', 'Starts at': '10:00', End: '2027-01-30' });
  await button(page, 'Save').click();
  await see(page, '“Start” is not complete. Fill in the rest, or empty it.');
  await page.keyboard.type('0215');
  await holds(page, { Start: '2027-02-15', 'Starts at': '10:00', End: '2027-02-15', 'Ends at': '10:30' });
  await button(page, 'Save').click();
  await see(page, /Feb 15, 2027/);
  await button(page, 'Move…').click();
  await type(page, 'Day', '0230');
  await button(page, 'Move').click();
  await see(page, 'Choose a day, and the time at which it starts.');
  await type(page, 'Day', '0216');
  await button(page, 'Move').click();
  await see(page, /Feb 16, 2027/);
});

test('a time without a day waits for its day', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newDesktopOf(REP1);
  await openForm(world, page, { subject: 'Bring the forms', type: 'Follow-up' });
  await type(page, 'Starts at', '0930AM');
  await button(page, 'Save').click();
  await until('it is told', async () => (await wrongWith(page, 'Start')) === 'Start needs a day of the calendar. Choose one.');
  await holds(page, { 'Starts at': '09:30' });
  await type(page, 'Start', '01122027');
  await holds(page, { Start: '2027-01-12', 'Starts at': '09:30' });
  await button(page, 'Save').click();
  await see(page, '9:30 AM – 10:00 AM');

  await openForm(world, page, { subject: 'No end yet', start: '2027-01-12T09:00' });
  await type(page, 'Ends at', '1030AM');
  await button(page, 'Save').click();
  await until('it is told', async () => (await wrongWith(page, 'End')) === 'End needs a day of the calendar. Choose one.');
  await type(page, 'End', '01122027');
  await button(page, 'Save').click();
  await see(page, '9:00 AM – 10:30 AM');
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on the screens of the calendar: ${colorScheme}`, async (t) => {
    const world = await newWorld(t);
    const web = await world.onWeb();
    const account = await web.anAccount('north', 1);
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    const sets = [
      { subject: 'Visit the ward', account: account.id, type: 'Visit', start: '2027-01-12T10:00', end: '2027-01-12T11:00' },
      { subject: 'x'.repeat(300), start: '2027-01-12T10:30', status: 'cancelled' },
      { subject: 'Fair', start: '2027-01-12', end: '2027-01-13', repeat: 'yearly' },
    ];
    for (const [at, set] of sets.entries()) {
      await web.push([{ id: ids[at], kind: 'event', op: { create: 'north' }, base: 0, set }]);
    }
    const wrong = [];
    for (const device of ['newPhone', 'newDesktop']) {
      const { page } = await world[device]({ colorScheme, reducedMotion: 'reduce' });
      await signIn(page, REP1);
      await syncNow(page);
      const places = ['day', 'week', 'list'].map((view) => `/calendar?view=${view}&day=2027-01-12`);
      places.push('/calendar?view=day&day=2031-01-01', `/events/${ids[0]}`, `/events/${ids[2]}`, `/events/${ids[0]}/edit`);
      for (const place of places) {
        await page.goto(world.origin + place);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.evaluate(axe.source);
        const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
        for (const { id, nodes } of violations) wrong.push(`${device} ${place}: ${id} ${nodes[0].target}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}
