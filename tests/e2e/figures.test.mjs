// The figures: every number leads to as many records, by finger and by keyboard; a chart goes along as a file and on
// paper; and all of it without a signal.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import axe from 'axe-core';

import { REP1, button, daysAgo, go, goFigures, newWorld, openAccount, see } from './acts.mjs';
import { until } from './until.mjs';

/** Whether anything runs out of the page, px. */
const SLACK_PX = 0;

/** Makes a referral on the web. */
function refer(web, set) {
  return web.push([{ id: randomUUID(), kind: 'referral', op: { create: 'north' }, base: 0, set }]);
}

/** A chart, by its heading. */
function figure(page, title) {
  return page.getByRole('figure').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
}

/** Unfolds a table of a chart and answers it. */
async function unfold(page, title, caption = title) {
  await figure(page, title).locator('summary').filter({ hasText: caption }).click();
  const table = page.getByRole('table', { name: caption, exact: true });
  await table.waitFor();
  return table;
}

/** Waits until the list of referrals says that it shows so many and shows as many, and answers what it says it shows. */
async function listed(page, count) {
  await page.getByText(new RegExp(`^${count} of [\\d,]+ referrals$`)).waitFor();
  await until(`${count} cards`, async () => (await page.locator('.board__card').count()) === Number(count));
  return page.getByRole('banner').last().innerText();
}

/** Referrals of two payers, two reps, a contact and a physician; what the payers are called is no formula. */
async function fill(web) {
  const account = await web.anAccount('north', 1);
  for (const [days, more] of [
    [5, { stage: 'admitted', soc: daysAgo(3), payer: '=Aurora Plan', owner: 'Ana Ruiz', physician: 'Dr. Ode' }],
    [6, { stage: 'nonadmit', reason: 'staffing', payer: '=aurora  plan', owner: 'ana ruiz', physician: 'dr. ode' }],
    [7, { stage: 'nonadmit', reason: 'chose_other', payer: '=Aurora Plan', owner: 'Ben Ode' }],
    [8, { payer: 'Bell & Sons', owner: 'Ben Ode', account: '' }],
  ]) {
    await refer(web, { patient: 'F.G.', referred: daysAgo(days), account: account.id, ...more });
  }
  return account;
}

test('a rate by payer, by rep and by account leads to as many referrals, without a signal', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await fill(web);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.context.setOffline(true);
  for (const [by, title, name, says, count] of [
    ['By payer', 'Admission by payer, 90 days', /^=Aurora Plan/i, '1 of 3 admitted', 3],
    ['By payer', 'Admission by payer, 90 days', /^Bell & Sons/, '0 of 1 admitted', 1],
    ['By rep', 'Admission by rep, 90 days', /^Ana Ruiz/i, '1 of 2 admitted', 2],
    ['By rep', 'Admission by rep, 90 days', /^Ben Ode/, '0 of 2 admitted', 2],
  ]) {
    await goFigures(page);
    await page.getByRole('radio', { name: by }).check();
    const line = page.getByRole('list', { name: title }).getByRole('link', { name });
    await line.getByText(says, { exact: true }).waitFor();
    await line.click();
    await listed(page, count);
  }
  await goFigures(page);
  const table = await unfold(page, 'Admission by account, 90 days');
  const row = table.getByRole('row').filter({ hasText: account.fields.name });
  const counts = (await row.getByRole('cell').allInnerTexts()).map(Number);
  await row.getByRole('cell').nth(2).getByRole('link').click();
  await listed(page, counts[2]);
  await see(page, new RegExp(`Admitted · ${account.fields.name}`));
});

test('who refers most, and what could be changed, lead to as many referrals', async (t) => {
  const world = await newWorld(t);
  await fill(await world.onWeb());
  const { page } = await world.newPhoneOf(REP1);
  await goFigures(page);
  await page.getByRole('radio', { name: 'Physicians' }).check();
  const physician = page.getByRole('list', { name: /^Physicians who refer most/ }).getByRole('link');
  await physician.getByText('1 of 2 admitted', { exact: true }).waitFor();
  await physician.click();
  await listed(page, 2);
  await goFigures(page);
  await page.getByRole('radio', { name: 'Contacts' }).check();
  const contact = page.getByRole('list', { name: /^Contacts who refer most/ }).getByRole('link').first();
  // A contact is told from others of the name by the account.
  assert.match(await contact.innerText(), /^.+ · .+/);
  const [, number] = (await contact.innerText()).split('\n').map((text) => text.trim()).filter(Boolean);
  await contact.click();
  await listed(page, Number(number));
  for (const name of [/^We can change it/, /^Not in our hands/]) {
    await goFigures(page);
    const line = page.getByRole('list', { name: 'What we can change' }).getByRole('link', { name });
    const [count] = (await line.innerText()).match(/\d+(?= of )/);
    await line.click();
    await listed(page, Number(count));
  }
});

test('an open referral says who works on it and what is next, in the list and in the figures', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.make('north', { name: 'Quiet House', owner: 'Ana Ruiz' });
  const promised = await refer(web, { patient: 'N.S.', referred: daysAgo(4), account });
  await refer(web, { patient: 'N.O.', referred: daysAgo(5) });
  const note = randomUUID();
  const north = { op: { create: 'north' }, base: 0 };
  await web.push([{ ...north, id: note, kind: 'note', set: { text: 'They wait for the papers.', referral: promised } }]);
  const event = { subject: 'Send the papers', type: 'Follow-up', follows: note, start: daysAgo(-2), account };
  await web.push([{ ...north, id: randomUUID(), kind: 'event', set: event }]);
  const { page } = await world.newPhoneOf(REP1);
  await go(page, 'Referrals');
  const card = (patient) => page.getByRole('listitem').filter({ has: page.getByText(patient, { exact: true }) });
  await card('N.S.').getByText('Rep: Ana Ruiz', { exact: true }).waitFor();
  await card('N.S.').getByText(/^Next: .+ · Send the papers$/).waitFor();
  await card('N.O.').getByText(/^No rep named; .+ wrote it last$/).waitFor();
  await card('N.O.').getByText('Next: nothing promised or planned', { exact: true }).waitFor();
  await goFigures(page);
  const table = await unfold(page, 'How long open referrals wait', 'Open referrals with rep and next step');
  const row = table.getByRole('row').filter({ has: page.getByRole('link', { name: 'N.S.', exact: true }) });
  await row.getByText(/Send the papers$/).waitFor();
  await row.getByRole('link', { name: 'N.S.', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'N.S.', exact: true }).waitFor();
});

test('by keyboard a bar and a point say what they count and lead there', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  await fill(web);
  const desk = await world.newDesktop();
  const { page } = desk;
  await page.getByLabel('Email').fill(REP1);
  await page.getByLabel('Password').fill('practice');
  await page.keyboard.press('Enter');
  await page.getByText(/as of /).first().waitFor();
  for (const [chart, name] of [
    [/referrals in 13 weeks/, /^Week of .+: (\d+) referrals?$/],
    [/referred in the last 90 days/, /^90 days to .+: \d+% of (\d+) referrals?$/],
  ]) {
    await goFigures(page);
    const links = page.getByRole('group', { name: chart }).getByRole('link', { name });
    await links.first().waitFor();
    const last = (await links.count()) - 1;
    assert.ok(last > 3, 'the practice book has referrals in most weeks');
    await links.nth(last - 1).focus();
    await page.keyboard.press('Tab');
    const here = links.nth(last);
    assert.ok(await here.evaluate((link) => link === document.activeElement), 'Tab goes from one to the next');
    const ring = await here.locator('rect').evaluate((rect) => getComputedStyle(rect).stroke);
    assert.notEqual(ring, 'none', 'where the keyboard is can be seen');
    const [, count] = (await here.getAttribute('aria-label')).match(name);
    await page.keyboard.press('Enter');
    await listed(page, count);
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Figures' }).waitFor();
  }
});

test('the table of a chart is a file without formulas, and the chart is printed alone', async (t) => {
  const world = await newWorld(t);
  await fill(await world.onWeb());
  const phone = await world.newPhoneOf(REP1, { acceptDownloads: true });
  const { page } = phone;
  await phone.context.setOffline(true);
  await goFigures(page);
  await page.getByRole('radio', { name: 'By payer' }).check();
  const title = 'Admission by payer, 90 days';
  const table = await unfold(page, title);
  const seen = await table.getByRole('row').count();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    button(page, `Save as CSV, ${title}`).click(),
  ]);
  assert.match(download.suggestedFilename(), /^satchel-admission-by-payer-90-days-\d{4}-\d\d-\d\d\.csv$/);
  const file = join(world.dir, 'payers.csv');
  await download.saveAs(file);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
  assert.equal(lines.length, seen);
  assert.equal(lines[0], '\ufeff"Payer","Referred","Accepted","Admitted","%"');
  assert.ok(lines.includes('"\'=Aurora Plan","3","1","1","33%"') || lines.includes('"\'=aurora  plan","3","1","1","33%"'), lines.join('\n'));

  await page.evaluate(() => (window.print = () => (document.title = 'printed')));
  await button(page, `Print, ${title}`).click();
  await until('it is printed', async () => (await page.title()) === 'printed');
  await page.emulateMedia({ media: 'print' });
  assert.deepEqual(
    await page.getByRole('figure').filter({ visible: true }).getByRole('heading').allInnerTexts(),
    [title],
    'nothing else is on the paper',
  );
  await table.getByText('Bell & Sons').waitFor();
  assert.equal(await page.getByRole('navigation', { name: 'Main' }).isVisible(), false);
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
});

test('a chart is saved as a picture of all that is seen of it, in its colours', async (t) => {
  const world = await newWorld(t);
  await fill(await world.onWeb());
  for (const colorScheme of ['light', 'dark']) {
    const phone = await world.newPhoneOf(REP1, { acceptDownloads: true, colorScheme });
    const { page } = phone;
    await phone.context.setOffline(true);
    await goFigures(page);
    const title = 'Referrals by week';
    await unfold(page, title);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, `Save as picture, ${title}`).click(),
    ]);
    assert.match(download.suggestedFilename(), /^satchel-referrals-by-week-\d{4}-\d\d-\d\d\.png$/);
    const file = join(world.dir, `weeks-${colorScheme}.png`);
    await download.saveAs(file);
    const seen = await figure(page, title).evaluate((figure) => {
      const part = (name, what) => getComputedStyle(figure.querySelector(name))[what];
      return {
        width: Math.floor(figure.getBoundingClientRect().width * 3),
        heading: part('h2', 'color'),
        summary: part('.chart__summary', 'color'),
        admitted: part('.chart__part--full', 'fill'),
        'open, hatched': part('.chart__ground', 'fill'),
        'small print': part('.chart__note', 'color'),
        paper: getComputedStyle(figure).backgroundColor,
      };
    });
    const { width, ...colors } = seen;
    const picture = await page.evaluate(async ([base64, colors]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const paper = new OffscreenCanvas(image.width, image.height).getContext('2d');
      paper.drawImage(image, 0, 0);
      const { data } = paper.getImageData(0, 0, image.width, image.height);
      const counts = new Map();
      for (let at = 0; at < data.length; at += 4) {
        const color = `rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`;
        counts.set(color, (counts.get(color) ?? 0) + 1);
      }
      const missing = Object.entries(colors).filter(([, color]) => (counts.get(color) ?? 0) < 200);
      return { width: image.width, missing };
    }, [readFileSync(file).toString('base64'), colors]);
    assert.deepEqual(picture, { width, missing: [] }, `in the ${colorScheme}`);
  }
});

test('an account tells effort against result, and its admissions lead to the patients', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const id = await web.make('north', { name: 'Busy House' });
  await web.note({ id, territory: 'north' }, 'Saw the planner.');
  await refer(web, { patient: 'E.R.', referred: daysAgo(30), account: id, stage: 'admitted', soc: daysAgo(1) });
  const { page } = await world.newPhoneOf(REP1);
  await openAccount(page, 'Busy House');
  await see(page, '1 visit and 0 other contacts in 13 weeks; 1 patient referred, 1 admitted.');
  const began = page.getByRole('group', { name: 'Admissions by week' }).getByRole('link', { name: /: 1 admitted$/ });
  await began.click();
  await listed(page, 1);
  await see(page, /^Care began .+ · Admitted · Busy House$/);
});

test('axe finds nothing on the figures with all tables open, and a narrow phone with large text holds them', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const account = await web.make('north', { name: 'Saint Bartholomew '.repeat(16).trim(), rating: 'A', frequency: 'weekly' });
  await fill(web);
  await refer(web, { patient: 'L.O.', referred: daysAgo(3), account, payer: 'Aaaaaaaaaa'.repeat(20), owner: 'B'.repeat(200) });
  for (const colorScheme of ['light', 'dark']) {
    const { page } = await world.newPhoneOf(REP1, { colorScheme, viewport: { width: 320, height: 640 }, reducedMotion: 'reduce' });
    await goFigures(page);
    for (const summary of await page.getByRole('figure').locator('summary').all()) await summary.click();
    await page.getByRole('table', { name: 'Accounts seen in time' }).waitFor();
    assert.deepEqual(await violations(page), [], `the figures in the ${colorScheme}`);
    for (const size of ['100%', '200%']) {
      await page.evaluate((size) => (document.documentElement.style.fontSize = size), size);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      const over = (await page.evaluate(() => document.scrollingElement.scrollWidth)) - 320;
      assert.ok(over <= SLACK_PX, `the figures at ${size}: ${over} px too wide`);
    }
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
    await openAccount(page, 'Saint Bartholomew '.repeat(16).trim());
    await page.getByRole('heading', { name: 'Effort and result' }).waitFor();
    assert.deepEqual(await violations(page), [], `the account in the ${colorScheme}`);
  }
});

async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}
