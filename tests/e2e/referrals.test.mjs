// Referrals: made without a signal and seen at once wherever they count, moved with the reason in one tap, and found
// behind the figures.

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
  goFigures,
  newWorld,
  openAccount,
  see,
  signIn,
  syncNow,
} from './acts.mjs';
import { until } from './until.mjs';

/** The referrals on the web, by the patient's initials. */
async function onWeb(web, patient) {
  return (await web.records()).filter(({ kind, fields }) => kind === 'referral' && fields.patient === patient);
}

/** Makes a referral on the web. */
function refer(web, set) {
  return web.push([{ id: randomUUID(), kind: 'referral', op: { create: 'north' }, base: 0, set }]);
}

/** A stage of the pipeline; its name ends with how many stand there. */
function stage(page, name) {
  return page.getByRole('region', { name: new RegExp(`^${name}, \\d+$`) });
}

/** The card of a patient, in a stage. */
function card(page, name, patient) {
  return stage(page, name).getByRole('listitem').filter({ has: page.getByText(patient, { exact: true }) });
}

/** Opens the question where to move a patient. */
async function askMove(page, patient) {
  await button(page, `Move to…, ${patient}`).click();
  const dialog = page.getByRole('dialog', { name: `Move ${patient} to…` });
  await dialog.waitFor();
  return dialog;
}

test('a referral made without a signal is in the pipeline, the history and the chart at once, goes up once, and a second browser pulls it', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await page.getByRole('main').getByRole('link', { name: 'New referral', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'New referral' }).waitFor();
  assert.equal(await field(page, 'Referred on').inputValue(), daysAgo(0));
  await field(page, 'Patient (initials)').fill('Jane Doe');
  await button(page, 'Save').click();
  await see(page, 'Only the patient\'s initials, four letters at most.');
  await field(page, 'Patient (initials)').fill('Q.Z.');
  await field(page, 'Line of business').selectOption('Hospice');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Q.Z.', exact: true }).waitFor();
  await accountSays(page, 'On this phone');

  await go(page, 'Referrals');
  await card(page, 'New', 'Q.Z.').getByText('Today').waitFor();
  await card(page, 'New', 'Q.Z.').getByText('Rep: Rep One', { exact: true }).waitFor();
  await page.getByRole('searchbox', { name: 'Search referrals' }).fill(`qz ${account.fields.name}`);
  await card(page, 'New', 'Q.Z.').getByText('On this phone').waitFor();
  await openAccount(page, account.fields.name);
  await page.getByRole('listitem').filter({ hasText: 'Q.Z.' }).first().waitFor();
  await page.getByText(/patients? referred, \d+ admitted\.$/).waitFor();
  await goFigures(page);
  await page.getByRole('link', { name: /^0 to 2 days/ }).click();
  await card(page, 'New', 'Q.Z.').waitFor();

  await phone.context.setOffline(false);
  await chipSays(page, /Up to date/);
  await until('the referral is on the web', async () => (await onWeb(web, 'Q.Z.')).length > 0);
  assert.equal((await onWeb(web, 'Q.Z.')).length, 1);
  const desk = await world.newDesktop();
  await signIn(desk.page, REP1);
  await syncNow(desk.page);
  await go(desk.page, 'Referrals');
  await card(desk.page, 'New', 'Q.Z.').getByRole('link').click();
  await accountSays(desk.page, 'On the web');
});

test('a referral is moved by its button, with the reason in one tap, and moved back', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  await refer(web, { patient: 'X.K.', referred: daysAgo(4) });
  const { page } = await world.newPhoneOf(REP1);
  await go(page, 'Referrals');
  await card(page, 'New', 'X.K.').getByText('4 days').waitFor();
  // A double tap asks, and does not answer: its second tap falls on what the question has put there.
  await button(page, 'Move to…, X.K.').dblclick();
  const dialog = page.getByRole('dialog', { name: 'Move X.K. to…' });
  await dialog.waitFor();
  assert.ok(await dialog.getByRole('button', { name: /^New/ }).isDisabled(), 'it is there already');
  await dialog.getByRole('button', { name: 'Non-admit', exact: true }).click();
  await page.getByRole('dialog', { name: 'Why was the patient not admitted?' }).waitFor();
  await page.getByRole('button', { name: 'No staff for it', exact: true }).click();
  await card(page, 'Non-admit', 'X.K.').getByText('No staff for it').waitFor();
  await see(page, 'X.K. moved to “Non-admit”.');
  await until('the reason is on the web', async () => (await onWeb(web, 'X.K.'))[0].fields.reason === 'staffing');
  await button(page, 'Undo').click();
  await card(page, 'New', 'X.K.').waitFor();
  await until('all is as before on the web', async () => {
    const [{ fields }] = await onWeb(web, 'X.K.');
    return !fields.reason && !fields.decided && (fields.stage ?? 'new') === 'new';
  });

  const again = await askMove(page, 'X.K.');
  await again.getByRole('button', { name: 'Admitted', exact: true }).click();
  // Half a day is no day: not the one that stood there, and none either.
  await field(page, 'Start of care').focus();
  await page.keyboard.press('Backspace');
  await button(page, 'Admit').click();
  await see(page, /^“Start of care” is not complete/);
  await field(page, 'Start of care').fill(daysAgo(1));
  await button(page, 'Admit').click();
  await card(page, 'Admitted', 'X.K.').waitFor();
  await until('the start of care is on the web', async () => {
    const [{ fields }] = await onWeb(web, 'X.K.');
    return fields.stage === 'admitted' && fields.soc === daysAgo(1);
  });
});

test('by the keyboard the question goes on where it was answered, and a chosen account is taken away and found again', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north', 1);
  await refer(web, { patient: 'K.B.', referred: daysAgo(4) });
  await syncNow(page);
  await go(page, 'Referrals');
  const has = (name) => page.getByRole('button', { name, exact: true });
  const isHere = (place) => place.evaluate((element) => element === document.activeElement);
  const dialog = await askMove(page, 'K.B.');
  await dialog.getByRole('button', { name: 'Non-admit', exact: true }).focus();
  await page.keyboard.press('Enter');
  // The heading, and with it the name of the dialog, asks something else now.
  const first = page.getByRole('list', { name: 'Why was the patient not admitted?' }).getByRole('button').first();
  await until('the first reason has the focus', () => isHere(first));
  await has('Another stage').focus();
  await page.keyboard.press('Enter');
  await until('a stage has it', () => isHere(page.getByRole('button', { name: 'In review', exact: true })));
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });

  await button(page, 'New referral').click();
  const field = page.getByRole('combobox', { name: 'Account' });
  await field.fill(account.fields.name.slice(0, 12));
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  const clear = page.getByRole('button', { name: 'Clear', exact: true }).first();
  await until('what takes it away has the focus', () => isHere(clear));
  await page.keyboard.press('Enter');
  await until('the field has it again', () => isHere(field));
});

test('on a desk the heads of the stages are of one height, and a search that finds nothing leads on', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newDesktop();
  await signIn(page, REP1);
  await syncNow(page);
  await go(page, 'Referrals');
  await stage(page, 'Accepted, info missing').waitFor();
  const heads = await page.getByRole('main').getByRole('heading', { level: 2 }).all();
  const heights = await Promise.all(heads.map(async (head) => (await head.boundingBox()).height));
  assert.equal(new Set(heights).size, 1, heights.join(' '));
  await page.getByRole('searchbox', { name: 'Search referrals' }).fill('wnd care');
  await page.getByRole('link', { name: 'Search everything for “wnd care”' }).click();
  await page.getByRole('heading', { level: 1, name: 'Find' }).waitFor();
  assert.equal(await page.getByRole('searchbox', { name: 'Find', exact: true }).inputValue(), 'wnd care');
});

test('on a desk a card is dragged to another stage', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  await refer(web, { patient: 'D.R.', referred: daysAgo(2) });
  const { page } = await world.newDesktop();
  await signIn(page, REP1);
  await syncNow(page);
  await go(page, 'Referrals');
  await card(page, 'New', 'D.R.').dragTo(stage(page, 'In review'));
  await card(page, 'In review', 'D.R.').waitFor();
  await until('the stage is on the web', async () => (await onWeb(web, 'D.R.'))[0].fields.stage === 'review');
  await button(page, 'Undo').click();
  await card(page, 'New', 'D.R.').waitFor();
});

test('a number of a figure leads to as many referrals', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  for (const [days, more] of [
    [5, { stage: 'nonadmit', reason: 'staffing' }],
    [6, { stage: 'nonadmit', reason: 'staffing' }],
    [7, { stage: 'nonadmit', reason: 'insurance' }],
    [5, {}],
    [20, {}],
    [30, { stage: 'admitted' }],
  ]) {
    await refer(web, { patient: 'F.G.', referred: daysAgo(days), ...more });
  }
  const { page } = await world.newPhoneOf(REP1);
  for (const [list, label] of [
    ['Why patients were not admitted', /^No staff for it/],
    ['How long open referrals wait', /^3 to 7 days/],
    ['How long open referrals wait', /^15 to 30 days/],
  ]) {
    await goFigures(page);
    const line = page.getByRole('list', { name: list }).getByRole('link', { name: label });
    const count = Number((await line.innerText()).split('\n').find((text) => /^\d+$/.test(text.trim())));
    assert.ok(count > 0, `${list} ${label}`);
    await line.click();
    await page.getByText(new RegExp(`^${count} of [\\d,]+ referrals$`)).waitFor();
    await button(page, 'Show all').click();
    await page.getByText(/^[\d,]+ referrals$/).waitFor();
  }
});

test('axe finds nothing on the screens of referrals and figures', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.anAccount('north', 2);
  await refer(web, { patient: 'H.I.', referred: daysAgo(3), account: account.id });
  await refer(web, { patient: 'L.M.', referred: daysAgo(3), stage: 'nonadmit', reason: 'staffing' });
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await world.newPhoneOf(REP1, { colorScheme, reducedMotion: 'reduce' });
    const check = async (screen) => assert.deepEqual(await violations(page), [], `${screen} in the ${colorScheme}`);
    await go(page, 'Referrals');
    await card(page, 'New', 'H.I.').waitFor();
    await check('the pipeline');
    await askMove(page, 'H.I.');
    await check('where to');
    await button(page, 'Non-admit').click();
    await check('why not');
    await page.keyboard.press('Escape');
    await card(page, 'New', 'H.I.').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'H.I.' }).waitFor();
    await check('one referral');
    await button(page, 'Edit').click();
    await field(page, 'Patient (initials)').waitFor();
    await check('its form');
    await button(page, 'Cancel').click();
    await goFigures(page);
    await check('the figures');
    await openAccount(page, account.fields.name);
    await page.getByRole('heading', { name: 'Effort and result' }).waitFor();
    await check('the account with its trend');
  }
});

async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}
