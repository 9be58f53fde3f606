// For everybody: no accessibility violation on any screen, targets for a thumb, all of it by keyboard.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import axe from 'axe-core';

import { REP1, addNote, button, field, go, newWorld, openAccount, row, see } from './acts.mjs';
import { everyScreen } from './tour.mjs';
import { until } from './until.mjs';

/** Smaller than this a thumb misses. CSS pixels. */
const TARGET_PX = 48;
/** The longest note, bytes; as crates/protocol's limits say. */
const NOTE_BYTES_MAX = 65_536;

for (const colorScheme of ['light', 'dark']) {
  for (const device of ['phone', 'desktop']) {
    test(`every screen on a ${device} in the ${colorScheme}: axe finds nothing, targets are large`, async (t) => {
      const world = await newWorld(t);
      const options = { colorScheme, reducedMotion: 'reduce' };
      const place = device === 'phone' ? await world.newPhone(options) : await world.newDesktop(options);
      const wrong = [];
      await everyScreen(world, place, async (screen, page) => {
        for (const line of await violations(page)) wrong.push(`${screen}: ${line}`);
        if (device === 'phone') {
          for (const line of await smallTargets(page)) wrong.push(`${screen}: ${line}`);
        }
      });
      assert.deepEqual(wrong, []);
    });
  }
}

async function violations(page) {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id} (${help}): ${node.target.join(' ')} ${node.any[0]?.message ?? ''}`),
  );
}

/** What can be pressed and is smaller than a thumb; links within running text may be. */
function smallTargets(page) {
  return page.evaluate((least) => {
    const wanted = 'button, nav a, main a, header a, input, select, textarea, [role="button"]';
    const small = [];
    let measured = 0;
    for (const element of document.querySelectorAll(wanted)) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      if (element.closest('p')) continue;
      measured += 1;
      // A tick is pressed by its words too.
      const label = ['checkbox', 'radio'].includes(element.type) ? element.closest('label') : null;
      const { width, height } = (label ?? element).getBoundingClientRect();
      const name = element.getAttribute('aria-label') || element.textContent.trim() || element.name;
      if (height < least - 0.5 || width < least - 0.5) {
        small.push(`${element.tagName.toLowerCase()} “${name}” is ${Math.round(width)}×${Math.round(height)} px`);
      }
    }
    return measured > 0 ? small : ['nothing to press was found'];
  }, TARGET_PX);
}

test('a narrow phone, and text of twice the size: nothing runs out of the page', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhone({ viewport: { width: 320, height: 640 } });
  const wide = [];
  await everyScreen(world, phone, async (screen, page) => {
    for (const size of ['100%', '200%']) {
      await page.evaluate((size) => (document.documentElement.style.fontSize = size), size);
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      // A phone widens its window to what stands in it: what it was opened with counts.
      const over = (await page.evaluate(() => document.scrollingElement.scrollWidth)) - page.viewportSize().width;
      if (over > 0) wide.push(`${screen} at ${size}: ${over} px too wide`);
      for (const line of await widerThanItsPlace(page)) wide.push(`${screen} at ${size}: ${line}`);
    }
    await page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
  });
  assert.deepEqual(wide, []);
});

test('names without end, emoji, right to left, a note of 64 KiB: nothing runs out of the page', async (t) => {
  const world = await newWorld(t);
  const web = await world.onWeb();
  const names = ['A'.repeat(300), 'Saint Bartholomew '.repeat(16).trim(), '🏥👩‍⚕️ “Klinik” 🧑🏽‍🦽', 'مستشفى السلام العام'];
  for (const name of names) {
    const fields = { name, city: name, owner: name, address: name };
    const id = await web.make('north', fields);
    await web.note({ id, territory: 'north' }, 'x'.repeat(NOTE_BYTES_MAX - 6) + ' word.');
  }
  const phone = await world.newPhoneOf(REP1, { viewport: { width: 320, height: 640 } });
  const { page } = phone;
  const wide = [];
  const measure = async (screen) => {
    for (const line of await widerThanItsPlace(page)) wide.push(`${screen}: ${line}`);
  };
  for (const name of names) {
    await openAccount(page, name);
    await see(page, /word\.$/);
    await measure(`the account ${name.slice(0, 20)}`);
    await button(page, 'Edit').click();
    await field(page, 'Name').waitFor();
    await measure('its form');
    await button(page, 'Cancel').click();
    await go(page, 'Accounts');
    await measure('its row');
  }
  assert.deepEqual(wide, []);
  const direction = await row(page, names[3]).getByText(names[3]).first();
  assert.equal(await direction.evaluate((one) => getComputedStyle(one).direction), 'rtl', 'Arabic runs from right to left');
});

/** The page, and the parts of it that scroll down, where they hold something wider than themselves. */
function widerThanItsPlace(page) {
  return page.evaluate(() => {
    // A table that scrolls sideways in its own place is as high as it is.
    const isLow = (one) => one.tagName === 'MAIN' || one.scrollHeight > one.clientHeight + 1;
    const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowY) && isLow(one);
    const places = [document.scrollingElement, ...[...document.querySelectorAll('main, main *')].filter(scrolls)];
    const wide = places.filter((place) => place.clientWidth > 0 && place.scrollWidth > place.clientWidth + 1);
    return wide.map((place) => `${place.tagName.toLowerCase()} ${place.scrollWidth} px in ${place.clientWidth}`);
  });
}

test('a call note is written with the keyboard alone', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newDesktop();
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await tabTo(page, field(page, 'Email'));
  await page.keyboard.type(REP1);
  await tabTo(page, field(page, 'Password'));
  await page.keyboard.type('practice');
  await page.keyboard.press('Enter');
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await tabTo(page, button(page, 'Sync now'));
  await page.keyboard.press('Enter');
  await page.getByText(/as of /).first().waitFor();

  await tabTo(page, page.getByRole('link', { name: 'Accounts', exact: true }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('searchbox', { name: 'Search accounts' }));
  await page.keyboard.type(account.fields.name);
  await tabTo(page, page.getByRole('list', { name: 'Accounts' }).getByRole('link').first());
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: account.fields.name, exact: true }).waitFor();
  await tabTo(page, button(page, 'Add note'));
  await page.keyboard.press('Enter');
  await field(page, 'Note').waitFor();
  await tabTo(page, field(page, 'Note'));
  await page.keyboard.type('Written without a mouse.');
  await tabTo(page, button(page, 'Save'));
  await page.keyboard.press('Enter');
  await web.hasNote('Written without a mouse.');
});

async function tabTo(page, target) {
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const outline = await target.evaluate((element) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      });
      assert.ok(outline, `the focus is seen on ${target}`);
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${target}`);
}

test('the first stop of the keyboard skips to the content, and each page has one heading and a title', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  await page.reload();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.textContent);
  assert.equal(first, 'Skip to content');
  await page.keyboard.press('Enter');
  await until('the content has the focus', () => page.evaluate(() => document.activeElement.closest('main') !== null));

  const titles = new Set();
  for (const place of ['Home', 'Accounts', 'More']) {
    await go(page, place);
    assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, place);
    await until(`a title that says ${place}`, async () => (await page.title()).startsWith(place));
    titles.add(await page.title());
    const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place, exact: true });
    assert.equal(await link.getAttribute('aria-current'), 'page', place);
  }
  assert.equal(titles.size, 3);
});

test('the sync chip is a live region that says what happens to a save', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await page.evaluate(() => {
    const chip = [...document.querySelectorAll('[role="status"]')].find((one) => one.textContent.trim() === 'Up to date');
    globalThis.said = [];
    const hear = () => {
      const words = chip.textContent.trim();
      if (globalThis.said.at(-1) !== words) globalThis.said.push(words);
    };
    new MutationObserver(hear).observe(chip, { childList: true, characterData: true, subtree: true });
  });
  await phone.context.setOffline(true);
  await addNote(page, 'Heard by everybody.');
  await until('the chip said that it waits', () => page.evaluate(() => globalThis.said.at(-1) === 'Waiting for signal (1)'));
  await phone.context.setOffline(false);
  await until('the chip said that all is well', () => page.evaluate(() => globalThis.said.at(-1) === 'Up to date'));
});
