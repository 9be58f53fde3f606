// Pictures of every screen, to be looked at:
//
//   node tests/e2e/screens.mjs DIR       each screen as DIR/SIZE-SCHEME/NN-NAME.png
//   node tests/e2e/screens.mjs --store   public/screenshots/, which the manifest shows before an installation
//
// It needs what the tests need: SATCHEL_SERVER, SATCHEL_APP and, where it is elsewhere, CHROMIUM.

import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { REP1, addNote, chipSays, go, newWorld, openAccount, row, search } from './acts.mjs';
import { everyScreen } from './tour.mjs';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };

const [where] = process.argv.slice(2);
if (!where) {
  console.error('Say where the pictures go: node tests/e2e/screens.mjs DIR, or --store.');
  process.exit(2);
}
await (where === '--store' ? forTheStore() : ofEverything(resolve(where)));

async function ofEverything(dir) {
  for (const viewport of [PHONE, DESKTOP]) {
    for (const colorScheme of ['light', 'dark']) {
      const place = join(dir, `${viewport.width}x${viewport.height}-${colorScheme}`);
      await mkdir(place, { recursive: true });
      const world = await newWorld(null);
      try {
        const device = await open(world, viewport, colorScheme);
        let number = 0;
        await everyScreen(world, device, async (screen, page) => {
          number += 1;
          const path = join(place, `${String(number).padStart(2, '0')}-${screen}.png`);
          await page.screenshot({ path, animations: 'disabled' });
        });
        console.log(`${place}: ${number} pictures`);
      } finally {
        await world.close();
      }
    }
  }
}

async function forTheStore() {
  const dir = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'public', 'screenshots');
  await mkdir(dir, { recursive: true });
  const world = await newWorld(null);
  try {
    const web = await world.onWeb();
    const noted = (await web.records()).find((record) => record.kind === 'note' && record.territory === 'north');
    const account = await web.account(noted.fields.account);

    const phone = await world.newPhoneOf(REP1, { reducedMotion: 'reduce' });
    await phone.context.setOffline(true);
    await openAccount(phone.page, account.fields.name);
    await addNote(phone.page, 'Left a folder at the front desk.');
    await addNote(phone.page, 'They would like an in-service on wound care.');
    await chipSays(phone.page, 'Waiting for signal (2)');
    await go(phone.page, 'Home');
    await phone.page.screenshot({ path: join(dir, 'phone.png'), animations: 'disabled' });
    await phone.switchOff();

    const desktop = await open(world, DESKTOP, 'light');
    const { page } = desktop;
    await page.getByLabel('Email').fill(REP1);
    await page.getByLabel('Password').fill('practice');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(/as of /).first().waitFor();
    await openAccount(page, account.fields.name);
    await search(page, account.fields.name.split(' ').at(-1));
    await row(page, account.fields.name).first().waitFor();
    await page.screenshot({ path: join(dir, 'desktop.png'), animations: 'disabled' });
    console.log(`${dir}: phone.png, desktop.png`);
  } finally {
    await world.close();
  }
}

function open(world, viewport, colorScheme) {
  const options = { viewport, colorScheme, reducedMotion: 'reduce' };
  return viewport === PHONE ? world.newPhone(options) : world.newDesktop(options);
}
