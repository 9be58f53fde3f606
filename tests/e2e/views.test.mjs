// The list of accounts, narrowed and ordered as the rep wants it, and views of it that are kept under a name.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import axe from 'axe-core';

import {
  MANAGER,
  REP1,
  REP2,
  button,
  chipSays,
  field,
  go,
  newAccount,
  newWorld,
  row,
  search,
  see,
  signIn,
  syncNow,
} from './acts.mjs';
import { until } from './until.mjs';

const ACCOUNTS = [
  ['Alder Hospital', { type: 'Hospital', rating: 'A', city: 'Saint Johns' }],
  ['Birch Hospital', { type: 'Hospital', rating: 'B', city: 'ST. JOHNS' }],
  ['Cedar Clinic', { type: 'Clinic', rating: 'A', city: 'Quillmere' }],
  ['Dogwood Clinic', { type: 'Clinic', rating: 'A', city: 'Quillmere', frequency: 'weekly' }],
];

/** A world whose northern territory has these accounts beside those of the practice. */
async function newForest(t, more = []) {
  const world = await newWorld(t);
  const web = await world.onWeb();
  for (const [name, fields] of [...ACCOUNTS, ...more]) await web.make('north', { name, ...fields });
  return world;
}

/** The names that the list shows, in its order. */
async function names(page) {
  const rows = page.getByRole('list', { name: 'Accounts', exact: true }).getByRole('listitem').getByRole('link');
  return (await rows.allInnerTexts()).map((text) => text.split('\n')[0].trim());
}

async function shows(page, wanted) {
  await until(`the list shows ${wanted}`, async () => (await names(page)).join() === wanted.join()).catch(async (error) => {
    assert.deepEqual(await names(page), wanted, String(error));
  });
}

const sheet = (page) => page.getByRole('dialog', { name: 'Filter accounts' });
const opens = (page) => page.getByRole('button', { name: /^Filter( \(\d+\))?$/ });
const isOn = (page) => page.getByRole('list', { name: 'What is on' }).getByRole('button');
const takeOff = (page, what) => button(page, `Take off: ${what}`);
const views = (page) => page.getByRole('navigation', { name: 'Your views' });
const view = (page, name) => views(page).getByRole('link', { name, exact: true });

/** A choice of the sheet, by what it says before its count. */
function choice(page, group, value) {
  const words = new RegExp(`^${value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*\\d`);
  return sheet(page).getByRole('group', { name: group }).getByRole('checkbox', { name: words });
}

/** Narrows the list; `[group, value]` each. */
async function filter(page, ...choices) {
  await opens(page).click();
  for (const [group, value] of choices) await choice(page, group, value).check();
  await sheet(page).getByRole('button', { name: /^Show \d+/ }).click();
  await sheet(page).waitFor({ state: 'hidden' });
}

async function saveView(page, name) {
  await button(page, 'Save this view').click();
  await field(page, 'Name of the view').fill(name);
  await page.getByRole('dialog', { name: 'Save this view' }).getByRole('button', { name: 'Save', exact: true }).click();
}

/** Gives the view that is shown another name. */
async function renameView(page, name) {
  await button(page, 'Rename view').click();
  await field(page, 'Name of the view').fill(name);
  await button(page, 'Save').click();
  await view(page, name).waitFor();
}

/** Leaves a form half typed: Home tells it, and nothing of the views. */
async function onlyTheFormIsUnfinished(page) {
  await button(page, 'New account').click();
  await field(page, 'Name').fill('Half typed');
  await go(page, 'Home');
  const unfinished = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Unfinished' }) });
  await unfinished.getByRole('link').first().waitFor();
  assert.equal(await unfinished.getByRole('link').count(), 1);
}

async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.any[0]?.message ?? ''}`));
}

test('filters are combined, counted and taken off one by one, without a signal, and the address says them', async (t) => {
  const world = await newForest(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.keepsShell();
  await phone.context.setOffline(true);
  await go(page, 'Accounts');

  await opens(page).click();
  // One city however it is written, under the spelling that a person would choose.
  assert.match(await choice(page, 'City', 'Saint Johns').evaluate((one) => one.closest('label').innerText), /2$/);
  assert.equal(await sheet(page).getByText('ST. JOHNS').count(), 0);
  await choice(page, 'Rating', 'A').check();
  assert.match(await choice(page, 'City', 'Saint Johns').evaluate((one) => one.closest('label').innerText), /1$/);
  await choice(page, 'City', 'Saint Johns').check();
  await choice(page, 'City', 'Quillmere').check();
  await sheet(page).getByRole('button', { name: /^Show 3 accounts/ }).click();
  await shows(page, ['Alder Hospital', 'Cedar Clinic', 'Dogwood Clinic']);
  await see(page, /^3 of [\d,]+ accounts$/);
  await button(page, 'Filter (3)').waitFor();

  await page.getByRole('radio', { name: 'Never visited', exact: true }).check();
  await shows(page, ['Alder Hospital', 'Cedar Clinic', 'Dogwood Clinic']);
  await search(page, 'clinic');
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await search(page, '');
  assert.match(page.url(), /\/accounts\?show=never&rating=A&city=Quillmere&city=Saint%20Johns$/);
  const address = page.url();

  await takeOff(page, 'Quillmere').click();
  await shows(page, ['Alder Hospital']);
  await takeOff(page, 'Saint Johns').click();
  await takeOff(page, 'Never visited').click();
  assert.deepEqual(await isOn(page).allInnerTexts(), ['Rating A']);
  await button(page, 'Clear filters').click();
  await until('nothing is on', async () => (await isOn(page).count()) === 0);
  await until('the address says nothing', () => new URL(page.url()).search === '');
  assert.ok((await names(page)).length > 4);

  // An address is a view, also in the words of a chart, in another spelling, and with no signal.
  await page.goto(address);
  await shows(page, ['Alder Hospital', 'Cedar Clinic', 'Dogwood Clinic']);
  await page.goto(`${world.origin}/accounts?rating=A&show=due&city=QUILLMERE`);
  await shows(page, ['Dogwood Clinic']);
  await row(page, 'Dogwood Clinic').click();
  await page.getByRole('heading', { level: 1, name: 'Dogwood Clinic' }).waitFor();
  await page.goBack();
  await shows(page, ['Dogwood Clinic']);

  // Nothing is all of it: why, and the way out.
  await page.goto(`${world.origin}/accounts?rating=B&city=Quillmere&sort=longest`);
  await see(page, 'No account is all of this: Rating B, Quillmere');
  await page.getByRole('main').getByRole('button', { name: 'Clear filters', exact: true }).last().click();
  await row(page, 'Alder Hospital').waitFor();
});

test('the list that was left narrowed is one step in the history, and an account closes what it asked', async (t) => {
  const world = await newForest(t);
  const { page } = await world.newPhoneOf(REP1);
  const isSaid = () => until('the address says the filter', () => page.url().endsWith('/accounts?city=Quillmere'));
  await go(page, 'Accounts');
  await filter(page, ['City', 'Quillmere']);
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await go(page, 'Home');
  await go(page, 'Accounts');
  await isSaid();
  // Whoever presses where they are goes nowhere.
  await go(page, 'Accounts');
  await isSaid();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await page.goForward();
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);

  await row(page, 'Cedar Clinic').click();
  await page.getByRole('heading', { level: 1, name: 'Cedar Clinic' }).waitFor();
  await page.goBack();
  await opens(page).click();
  await sheet(page).waitFor();
  await page.goForward();
  await page.getByRole('heading', { level: 1, name: 'Cedar Clinic' }).waitFor();
  await until('nothing is asked', () => page.evaluate(() => document.querySelector('dialog[open]') === null));
  await go(page, 'Home');
});

test('a value with a percent sign outlives a reload', async (t) => {
  const city = 'Ward %41';
  const world = await newForest(t, [['Hazel Clinic', { city }], ['Holly Clinic', { city }]]);
  const { page } = await world.newPhoneOf(REP1);
  await go(page, 'Accounts');
  await filter(page, ['City', city]);
  await shows(page, ['Hazel Clinic', 'Holly Clinic']);
  await until('the address says the city', () => page.url().includes('?city='));
  await page.reload();
  await takeOff(page, city).waitFor();
  await shows(page, ['Hazel Clinic', 'Holly Clinic']);
});

test('what somebody adds is theirs, and an empty list of mine says how an account becomes so', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(MANAGER);
  const { page } = phone;
  await phone.context.setOffline(true);
  await go(page, 'Accounts');
  await page.getByRole('radio', { name: 'Mine', exact: true }).check();
  await see(page, /^An account is yours when its owner is your name/);
  await button(page, 'New account').click();
  assert.equal(await page.getByLabel('Owner', { exact: true }).inputValue(), 'Practice Manager');
  // Nobody has typed it: there is nothing to keep.
  await button(page, 'Cancel').click();
  await newAccount(page, { Name: 'Larkspur Clinic' });
  await go(page, 'Accounts');
  await shows(page, ['Larkspur Clinic']);
});

test('the longest not visited come first, and near me goes with every filter', async (t) => {
  const world = await newForest(t, [
    ['Elm Clinic', { type: 'Clinic', rating: 'A', city: 'Nearby', lat: '39.53', lon: '-119.81' }],
    ['Fir Clinic', { type: 'Clinic', rating: 'A', city: 'Nearby', lat: '40.83', lon: '-119.81' }],
    ['Gum Clinic', { type: 'Clinic', rating: 'B', city: 'Nearby', lat: '39.54', lon: '-119.81' }],
  ]);
  const web = await world.onWeb();
  await web.note(await web.account('Cedar Clinic'), 'Was there.');
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await go(page, 'Accounts');
  await filter(page, ['Type', 'Clinic'], ['City', 'Quillmere']);
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await opens(page).click();
  await sheet(page).getByRole('radio', { name: 'Longest not visited first' }).check();
  await page.keyboard.press('Escape');
  await shows(page, ['Dogwood Clinic', 'Cedar Clinic']);
  await row(page, 'Cedar Clinic').getByText(/Visited (today|\d+ days ago|yesterday)/).waitFor();
  await until('the address says the order', () => page.url().endsWith('sort=longest'));

  await phone.context.grantPermissions(['geolocation']);
  await phone.context.setGeolocation({ latitude: 39.5296, longitude: -119.81 });
  await page.goto(`${world.origin}/accounts?rating=A&city=Nearby&city=Quillmere&sort=near`);
  // Nobody has pressed anything: the phone is not asked.
  await see(page, 'The phone is asked where it is only when you say so.');
  await button(page, 'Use where I am').click();
  await shows(page, ['Elm Clinic', 'Fir Clinic']);
  await see(page, /^2 of 4 accounts have a place on the map$/);
  await opens(page).click();
  await sheet(page).getByRole('button', { name: 'Show 2 accounts' }).click();
  await page.getByRole('checkbox', { name: 'Near me', exact: true }).uncheck();
  await until('the order is by name again', async () => (await names(page))[0] === 'Cedar Clinic');
});

test('a view is saved, found in every window, renamed, replaced, deleted and brought back, without a signal', async (t) => {
  const world = await newForest(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const other = await phone.open('/accounts');
  await phone.keepsShell();
  await phone.context.setOffline(true);
  await page.bringToFront();
  await go(page, 'Accounts');
  await filter(page, ['Rating', 'A'], ['City', 'Quillmere']);
  await saveView(page, '  Tuesday   run ');
  await see(page, '“Tuesday run” is saved on this phone');
  assert.equal(await view(page, 'Tuesday run').getAttribute('aria-current'), 'page');
  await view(other, 'Tuesday run').waitFor();
  await view(other, 'Tuesday run').click();
  await shows(other, ['Cedar Clinic', 'Dogwood Clinic']);

  // The same name asks before it replaces, and that can be taken back.
  await button(page, 'Clear filters').click();
  await filter(page, ['City', 'Saint Johns']);
  await saveView(page, 'TUESDAY RUN');
  await see(page, 'You have a view called “Tuesday run”. Put this one in its place?');
  await button(page, 'Replace it').click();
  await see(page, '“TUESDAY RUN” shows something else now');
  await view(other, 'TUESDAY RUN').waitFor();
  await button(page, 'Undo').click();
  await view(page, 'Tuesday run').waitFor();
  await view(page, 'Tuesday run').click();
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);

  await button(page, 'Rename view').click();
  assert.equal(await field(page, 'Name of the view').inputValue(), 'Tuesday run');
  await field(page, 'Name of the view').fill('Wednesday');
  await button(page, 'Save').click();
  await view(page, 'Wednesday').waitFor();
  await view(other, 'Wednesday').waitFor();
  assert.equal(await view(page, 'Tuesday run').count(), 0);

  // Home leads to all of it in one tap, it outlives a reload, and it is no unfinished form.
  await search(page, 'cedar');
  await shows(page, ['Cedar Clinic']);
  await onlyTheFormIsUnfinished(page);
  await view(page, 'Wednesday').click();
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await page.reload();
  await view(page, 'Wednesday').waitFor();
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await page.goto(`${world.origin}/accounts?rating=A&city=QUILLMERE`);
  await until('the view is the one shown, however its city is spelled', async () =>
    (await view(page, 'Wednesday').getAttribute('aria-current')) === 'page');

  await button(page, 'Delete view').click();
  await see(page, '“Wednesday” is deleted.');
  await until('the other window has it no more', async () => (await view(other, 'Wednesday').count()) === 0);
  await button(page, 'Undo').click();
  await view(page, 'Wednesday').waitFor();
  await view(other, 'Wednesday').waitFor();

  // The disk has it: the browser ends without a word, and starts without a signal.
  await phone.kill();
  await phone.switchOn({ offline: true });
  await phone.open('/accounts');
  await view(phone.page, 'Wednesday').waitFor();
});

test('a bad name is told, and the text stays', async (t) => {
  const world = await newForest(t);
  const { page } = await world.newPhoneOf(REP1, { viewport: { width: 320, height: 640 } });
  await page.goto(`${world.origin}/accounts?rating=A`);
  const dialog = page.getByRole('dialog', { name: 'Save this view' });
  for (const [typed, said] of [
    ['', 'Give the view a name.'],
    ['   ', 'Give the view a name.'],
    ['A long name '.repeat(25), 'A name has 60 characters at most, and this one has 299.'],
    ['\u200b', 'This holds a character that cannot be shown. Type it again.'],
  ]) {
    if (!(await dialog.isVisible())) await button(page, 'Save this view').click();
    await field(page, 'Name of the view').fill(typed);
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await see(page, said);
    assert.equal(await field(page, 'Name of the view').inputValue(), typed);
    assert.equal(await field(page, 'Name of the view').getAttribute('aria-invalid'), 'true');
  }
  assert.equal(await views(page).count(), 0);
});

test('more filters than a view can keep are told, and the name stays', async (t) => {
  const world = await newForest(t);
  const { page } = await world.newPhoneOf(REP1);
  const cities = Array.from({ length: 200 }, (_, n) => `city=Saint+Somewhere+${n}`);
  await page.goto(`${world.origin}/accounts?${cities.join('&')}`);
  await saveView(page, 'All of them');
  await see(page, 'These are more filters than a view can keep. Take some off first.');
  assert.equal(await field(page, 'Name of the view').inputValue(), 'All of them');
  assert.equal(await views(page).count(), 0);
});

test('a view is on every device of its rep and on nobody else\'s, and a sign-out loses none', async (t) => {
  const world = await newForest(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.keepsShell();
  await phone.context.setOffline(true);
  await go(page, 'Accounts');
  await filter(page, ['Rating', 'A'], ['City', 'Quillmere']);
  await saveView(page, 'Tuesday run');
  await view(page, 'Tuesday run').waitFor();
  await page.goto(`${world.origin}/more/outbox`);
  await see(page, /^New saved view Tuesday run, /);
  await phone.context.setOffline(false);
  await see(page, 'Everything you saved is on the web.');

  const { page: desk } = await world.newDesktopOf(REP1);
  await go(desk, 'Accounts');
  await view(desk, 'Tuesday run').click();
  await shows(desk, ['Cedar Clinic', 'Dogwood Clinic']);
  const { page: colleague } = await world.newPhoneOf(MANAGER);
  await go(colleague, 'Accounts');
  await search(colleague, 'cedar');
  await row(colleague, 'Cedar Clinic').waitFor();
  assert.equal(await views(colleague).count(), 0);

  // Both give it a name without knowing of each other: the later one stands, and whoever wrote it hears of the other.
  await renameView(desk, 'Wednesday run');
  await chipSays(desk, /^\s*Up to date/);
  await go(page, 'Accounts');
  await view(page, 'Tuesday run').click();
  await renameView(page, 'Thursday run');
  await page.goto(`${world.origin}/more/outbox`);
  await see(page, /Name: you replaced “Wednesday run” by .+ with “Thursday run”/);
  await syncNow(desk);
  await go(desk, 'Accounts');
  await view(desk, 'Thursday run').waitFor();
  assert.equal(await views(desk).getByRole('link').count(), 1);

  await go(page, 'More');
  await button(page, 'Sign out').click();
  await signIn(page, REP2);
  await syncNow(page);
  await go(page, 'Accounts');
  assert.equal(await views(page).count(), 0);
  await go(page, 'More');
  await button(page, 'Sign out').click();
  await signIn(page, REP1);
  await syncNow(page);
  await go(page, 'Accounts');
  await view(page, 'Thursday run').waitFor();
});

test('a view that an earlier version kept on the phone alone comes to the web once', async (t) => {
  const world = await newForest(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.page.evaluate(keepAsBefore, ['view:tuesday', '{"name":"Tuesday","wanted":[["city","Quillmere"]]}']);
  await phone.page.evaluate(keepAsBefore, ['view:later', '{"name":7}']);
  await Promise.all([phone.open('/accounts'), phone.open('/accounts')]);
  const { page } = phone;
  await page.reload();
  await view(page, 'Tuesday').click();
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  await chipSays(page, /^\s*Up to date/);
  const { page: desk } = await world.newDesktopOf(REP1);
  await go(desk, 'Accounts');
  await view(desk, 'Tuesday').waitFor();
  assert.equal(await views(desk).getByRole('link').count(), 1);

  // One that stays is no unfinished form.
  await onlyTheFormIsUnfinished(page);
});

test('a view that two devices have made is one, and is renamed and deleted as one', async (t) => {
  const world = await newForest(t);
  const phone = await world.newPhoneOf(REP1);
  const desk = await world.newDesktopOf(REP1);
  for (const { page } of [phone, desk]) {
    await page.goto(`${world.origin}/accounts?city=Quillmere`);
    await saveView(page, 'Tuesday');
    await view(page, 'Tuesday').waitFor();
    await chipSays(page, /^\s*Up to date/);
  }
  const { page } = phone;
  await syncNow(page);
  await go(page, 'Accounts');
  await view(page, 'Tuesday').click();
  assert.equal(await views(page).getByRole('link').count(), 1);
  await renameView(page, 'Wednesday');
  assert.equal(await views(page).getByRole('link').count(), 1);
  await chipSays(page, /^\s*Up to date/);
  await syncNow(desk.page);
  await go(desk.page, 'Accounts');
  await view(desk.page, 'Wednesday').click();
  await button(desk.page, 'Delete view').click();
  await until('no view is left', async () => (await views(desk.page).count()) === 0);
});

/** Writes a text where versions before kept saved views: beside the drafts. Runs in the page. */
async function keepAsBefore([key, text]) {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const { name } = (await indexedDB.databases()).find((found) => found.name.startsWith('satchel:'));
  const db = await settled(indexedDB.open(name));
  await settled(db.transaction('drafts', 'readwrite').objectStore('drafts').put(new TextEncoder().encode(text), key));
  db.close();
}

test('filters and views are used with the keyboard alone', async (t) => {
  const world = await newForest(t);
  const { page } = await world.newDesktop();
  await signIn(page, REP1);
  await syncNow(page);
  await go(page, 'Accounts');
  const tabTo = async (target) => {
    await target.waitFor();
    for (let presses = 0; presses < 80; presses += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`the keyboard does not reach ${target}`);
  };
  await tabTo(opens(page));
  await page.keyboard.press('Enter');
  await tabTo(choice(page, 'Rating', 'A'));
  await page.keyboard.press('Space');
  await tabTo(choice(page, 'City', 'Quillmere'));
  await page.keyboard.press('Space');
  await tabTo(sheet(page).getByRole('button', { name: 'Show 2 accounts' }));
  await page.keyboard.press('Enter');
  await shows(page, ['Cedar Clinic', 'Dogwood Clinic']);
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  assert.equal(await focused(), 'Filter (2)', 'the keyboard is where it was');
  await tabTo(takeOff(page, 'Quillmere'));
  await page.keyboard.press('Enter');
  await until('the keyboard is on the page', async () => (await focused()) === 'Filter (1)');
  await tabTo(button(page, 'Save this view'));
  await page.keyboard.press('Enter');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await view(page, 'By keyboard').waitFor();
  await tabTo(view(page, 'By keyboard'));
  await page.keyboard.press('Enter');
  assert.equal(await view(page, 'By keyboard').getAttribute('aria-current'), 'page');

  // What is pressed goes away, and the keyboard stays in the dialog.
  await tabTo(opens(page));
  await page.keyboard.press('Enter');
  await tabTo(sheet(page).getByRole('button', { name: 'Clear filters' }));
  await page.keyboard.press('Enter');
  await until('the keyboard is in the sheet', async () => /^Show [\d,]+ accounts$/.test(await focused()));
  await tabTo(choice(page, 'City', 'Quillmere'));
  await page.keyboard.press('Space');
  await tabTo(sheet(page).getByRole('button', { name: 'Show 2 accounts' }));
  await page.keyboard.press('Enter');
  await tabTo(button(page, 'Save this view'));
  await page.keyboard.press('Enter');
  await page.keyboard.type('BY KEYBOARD');
  const dialog = page.getByRole('dialog', { name: 'Save this view' });
  await tabTo(dialog.getByRole('button', { name: 'Save', exact: true }));
  await page.keyboard.press('Enter');
  const isAtName = () => field(page, 'Name of the view').evaluate((name) => name === document.activeElement);
  await until('the keyboard is at the name', isAtName);
  await tabTo(dialog.getByRole('button', { name: 'Replace it' }));
  await page.keyboard.press('Enter');
  await view(page, 'BY KEYBOARD').waitFor();
});

for (const colorScheme of ['light', 'dark']) {
  test(`forty cities in the ${colorScheme}: axe finds nothing, and nothing runs out of a narrow page`, async (t) => {
    const city = (n) => [`Place ${n}`, { city: `${n % 2 ? 'Upper' : 'Lower'} Town ${n}`, type: 'Clinic', rating: 'C' }];
    const world = await newForest(t, Array.from({ length: 40 }, (_, n) => city(n)));
    const phone = await world.newPhoneOf(REP1, { colorScheme, viewport: { width: 320, height: 640 } });
    const { page } = phone;
    const wide = [];
    const measure = async (screen) => {
      for (const size of ['100%', '200%']) {
        await page.evaluate((size) => (document.documentElement.style.fontSize = size), size);
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
        const over = await page.evaluate(() => {
          const dialog = document.querySelector('dialog[open]');
          const places = [document.scrollingElement, ...(dialog ? [dialog, ...dialog.querySelectorAll('*')] : [])];
          const scrolls = (one) => one === document.scrollingElement || ['auto', 'scroll'].includes(getComputedStyle(one).overflowY);
          return places.filter(scrolls).map((one) => one.scrollWidth - one.clientWidth).filter((px) => px > 1);
        });
        if (over.length > 0) wide.push(`${screen} at ${size}: ${over} px too wide`);
        // What cannot be reached by scrolling is not there.
        for (const end of await page.locator('dialog[open] button').all()) await end.scrollIntoViewIfNeeded();
      }
      await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
      assert.deepEqual(await violations(page), [], screen);
    };
    await go(page, 'Accounts');
    await measure('the list');
    await opens(page).click();
    await measure('the sheet');
    await sheet(page).getByRole('searchbox', { name: 'Find a city' }).fill('lower');
    await until('the cities are fewer', async () => (await choice(page, 'City', 'Quillmere').count()) === 0);
    await choice(page, 'City', 'Lower Town 0').check();
    await sheet(page).getByRole('searchbox', { name: 'Find a city' }).fill('nowhere');
    await see(page, 'Nothing of that name on this phone.');
    await sheet(page).getByRole('button', { name: 'Show 1 account' }).click();
    await measure('what is on');
    await button(page, 'Save this view').click();
    await measure('the name');
    await page.keyboard.type('A name of as many as sixty characters, of which all are here');
    await page.keyboard.press('Enter');
    await views(page).waitFor();
    await measure('a saved view');
    await page.goto(`${world.origin}/accounts?rating=A&city=Lower%20Town%200`);
    await see(page, /No account is all of this/);
    await measure('nothing');
    assert.deepEqual(wide, []);
  });
}
