// The installed app: it opens without a signal and updates without losing a word.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  REP1,
  addNote,
  button,
  chipSays,
  comeBack,
  field,
  go,
  goFigures,
  newWorld,
  noteSays,
  openAccount,
  recordsHere,
  row,
  search,
  see,
  seeNote,
  signIn,
  syncNow,
  typeNote,
} from './acts.mjs';
import { buildOf, newerApp } from './builds.mjs';
import { until } from './until.mjs';

test('only the place that is open is told as the current one, and no way back is', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const account = await (await world.onWeb()).anAccount('north', 1);
  const current = () => page.evaluate(() =>
    [...document.querySelectorAll('a[aria-current]')]
      .filter((link) => link.checkVisibility())
      .map((link) => link.textContent.trim()));
  await go(page, 'Accounts');
  assert.deepEqual(await current(), ['Accounts', 'Accounts'], 'the place, and the list of its two');
  await openAccount(page, account.fields.name);
  assert.deepEqual(await current(), ['Accounts']);
});

test('a cold start without a signal opens the app with everything in it', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const records = await recordsHere(phone.page);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.switchOff();
  await world.server.kill();

  await phone.switchOn({ offline: true });
  await phone.open();
  assert.equal(await recordsHere(phone.page), records);
  await openAccount(phone.page, account.fields.name);
  await see(phone.page, account.fields.city);
  const address = new URL(phone.page.url()).pathname;
  await phone.page.close();
  await phone.open(address);
  await phone.page.getByRole('heading', { level: 1, name: account.fields.name, exact: true }).waitFor();
});

test('the service worker keeps the shell and never the API', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const kept = await phone.page.evaluate(async () => {
    const names = await caches.keys();
    const lists = names.map(async (name) => (await (await caches.open(name)).keys()).map((request) => request.url));
    return (await Promise.all(lists)).flat();
  });
  const paths = kept.map((url) => new URL(url).pathname);
  assert.ok(paths.includes('/'), 'the page itself');
  assert.ok(paths.some((path) => path.endsWith('.wasm')), 'the app');
  assert.deepEqual(paths.filter((path) => path.startsWith('/api')), []);
  world.proxy.forget();
  await syncNow(phone.page);
  assert.equal(world.proxy.count('POST /api/pull'), 1, 'the API is asked through the wire');
});

test('an update is offered, and taken with a note half written: no word is lost', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  await phone.keepsShell();
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await typeNote(page, 'Half a sentence, and then');
  await world.server.restart({ app: await newerApp(world.dir, 'second') });

  await comeBack(page);
  await button(page, 'New version: reload').waitFor();
  assert.equal(await buildOf(page), 'first', 'nothing is replaced before the rep says so');
  await field(page, 'Note').fill('Half a sentence, and then the rest');
  await button(page, 'New version: reload').click();
  await until('the new version runs', () => buildOf(page).then((build) => build === 'second', () => false));
  await field(page, 'Note').waitFor();
  assert.equal(await field(page, 'Note').inputValue(), 'Half a sentence, and then the rest');
  await button(page, 'Save').click();
  await noteSays(page, 'Half a sentence, and then the rest', 'On the web');
  await (await world.onWeb()).hasNote('Half a sentence, and then the rest');
  await button(page, 'New version: reload').waitFor({ state: 'hidden' });
});

test('an update that is not taken comes with the next cold start, and works offline', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  const records = await recordsHere(phone.page);
  await world.server.restart({ app: await newerApp(world.dir, 'second') });
  await comeBack(phone.page);
  await button(phone.page, 'New version: reload').waitFor();
  await phone.switchOff();
  await phone.switchOn();
  await phone.open();
  await phone.switchOff();
  await phone.switchOn({ offline: true });
  await phone.open();
  assert.equal(await recordsHere(phone.page), records);
  assert.equal(await buildOf(phone.page), 'second');
});

test('a hotel’s page in place of a new version is not taken for one', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.keepsShell();
  await world.server.restart({ app: await newerApp(world.dir, 'second') });
  world.proxy.forget();
  world.proxy.fail('captive', { path: '/' });
  await comeBack(phone.page);
  await world.proxy.sees('GET /sw.js');
  await phone.page.reload();
  await phone.page.getByRole('navigation', { name: 'Main' }).waitFor();
  assert.equal(await buildOf(phone.page), 'first');
  await phone.switchOff();
  await phone.switchOn({ offline: true });
  await phone.open();
  await phone.page.getByRole('navigation', { name: 'Main' }).waitFor();
});

test('signing out takes the records off the phone, and another user sees none of them', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await go(phone.page, 'More');
  await button(phone.page, 'Sign out').click();
  await button(phone.page, 'Sign in').waitFor();
  await until('the session is over', async () => (await phone.cookie()) === '');
  const left = await phone.page.evaluate(async (name) => {
    const found = [];
    for (const { name: database } of await indexedDB.databases()) {
      const db = await new Promise((resolve, reject) => {
        const request = indexedDB.open(database);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise((resolve, reject) => {
          const request = db.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
        for (const row of rows) {
          const text = row instanceof Uint8Array ? new TextDecoder().decode(row) : JSON.stringify(row);
          if (text?.includes(name)) found.push(`${database}/${store}`);
        }
      }
      db.close();
    }
    return found;
  }, account.fields.name);
  assert.deepEqual(left, [], 'no record stays on disk');

  await signIn(phone.page, 'rep2@practice.example');
  await syncNow(phone.page);
  await go(phone.page, 'Accounts');
  await search(phone.page, account.fields.name);
  await see(phone.page, `No account matches “${account.fields.name}”.`);
});

test('signing out with unsent saves is refused, and says how many there are', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await addNote(page, 'Unsent one.');
  await addNote(page, 'Unsent two.');
  await go(page, 'More');
  await button(page, 'Sign out').click();
  const dialog = page.getByRole('dialog', { name: '2 saves are not on the web yet' });
  await dialog.getByRole('button', { name: 'Keep working' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await openAccount(page, account.fields.name);
  await seeNote(page, 'Unsent one.');
  await phone.context.setOffline(false);
  await web.hasNote('Unsent one.');
  await web.hasNote('Unsent two.');

  await chipSays(page, 'Up to date');
  await go(page, 'More');
  await button(page, 'Sign out').click();
  await button(page, 'Sign in').waitFor();
});

test('saves that are given up on purpose need two answers', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await addNote(page, 'To be lost.');
  await go(page, 'More');
  await button(page, 'Sign out').click();
  await button(page, 'Sign out and lose them').click();
  await button(page, 'Delete 1 save and sign out').click();
  await button(page, 'Sign in').waitFor();
  await phone.context.setOffline(false);
  await signIn(page, REP1);
  await syncNow(page);
  await openAccount(page, account.fields.name);
  assert.equal(await page.getByText('To be lost.').count(), 0);
  assert.equal((await web.notes('To be lost.')).length, 0);
});

test('the manifest is read without an error, and the app can be installed', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhone();
  await phone.keepsShell();
  const session = await phone.context.newCDPSession(phone.page);
  const { errors, data } = await session.send('Page.getAppManifest');
  assert.deepEqual(errors, [], 'errors of the manifest');
  const manifest = JSON.parse(data);
  for (const name of ['id', 'name', 'short_name', 'start_url', 'display', 'theme_color', 'background_color']) {
    assert.ok(manifest[name], `the manifest says ${name}`);
  }
  for (const purpose of ['any', 'maskable']) {
    for (const sizes of ['192x192', '512x512']) {
      const icon = manifest.icons.find((one) => one.purpose === purpose && one.sizes === sizes);
      assert.ok(icon, `an icon ${purpose} ${sizes}`);
    }
  }
  for (const { src, sizes, type } of [...manifest.icons, ...manifest.screenshots]) {
    const answer = await fetch(world.server.origin + src);
    assert.equal(answer.status, 200, src);
    assert.equal(answer.headers.get('content-type'), type, src);
    if (type === 'image/png') {
      const png = Buffer.from(await answer.arrayBuffer());
      assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, sizes, src);
    }
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors, []);
});

test('every answer carries the policy, and files the right type, caching and compression', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhone();
  await button(page, 'Sign in').waitFor();
  const addresses = await page.evaluate(() => performance.getEntriesByType('resource').map((entry) => entry.name));
  const paths = ['/', ...new Set(addresses.map((address) => new URL(address).pathname))];
  assert.ok(paths.some((path) => path.endsWith('.wasm')));
  const types = { wasm: 'application/wasm', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  for (const path of paths) {
    const answer = await fetch(world.server.origin + path, {
      headers: { 'accept-encoding': 'br', accept: path === '/' ? 'text/html' : '*/*' },
    });
    await answer.arrayBuffer();
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'self'/, path);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'/, path);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path);
    const type = types[path.split('.').pop()];
    if (type) assert.ok(answer.headers.get('content-type').startsWith(type), `${path}: ${type}`);
    const isHashed = /-[0-9a-f]{16}/.test(path.split('/').at(-1));
    const caching = answer.headers.get('cache-control') ?? '';
    if (isHashed) assert.match(caching, /immutable/, path);
    else assert.match(caching, /no-cache|no-store/, path);
    if (/\.(wasm|js|css)$/.test(path)) assert.equal(answer.headers.get('content-encoding'), 'br', path);
  }
  const html = await (await fetch(world.server.origin)).text();
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/, 'no inline script or style');
});

test('an address that leads nowhere says so, and the way Home works', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  await phone.page.goto(`${world.origin}/no/such/page`);
  await phone.page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
  await phone.page.getByRole('link', { name: 'Go to Home' }).click();
  await phone.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await phone.page.goto(`${world.origin}/accounts/00000000-0000-7000-8000-000000000000`);
  await phone.page.getByRole('heading', { level: 1, name: 'This account is not on this phone' }).waitFor();
});

test('back and forward go where a reader expects', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(page, account.fields.name);
  await addNote(page, 'And back again.');
  await page.goBack();
  await row(page, account.fields.name).waitFor();
  assert.equal(await page.getByRole('searchbox', { name: 'Search accounts' }).inputValue(), account.fields.name);
  await page.goForward();
  await seeNote(page, 'And back again.');
});

test('a form leaves nothing behind in the history, however it ends', async (t) => {
  const world = await newWorld(t);
  const { page } = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  const atAccount = () => page.getByRole('article').getByRole('heading', { name: account.fields.name }).waitFor();
  await openAccount(page, account.fields.name);
  const address = new URL(page.url()).pathname;

  await button(page, 'Add note').click();
  await button(page, 'Cancel').click();
  await atAccount();
  await button(page, 'Edit').click();
  await button(page, 'Save').click();
  await atAccount();
  await button(page, 'Add note').click();
  await page.getByRole('link', { name: 'Back', exact: true }).click();
  await atAccount();
  await button(page, 'Edit').click();
  await field(page, 'City').waitFor();
  await page.reload();
  await button(page, 'Cancel').click();
  await atAccount();
  await page.goBack();
  await row(page, account.fields.name).waitFor();

  await button(page, 'New account').click();
  await field(page, 'Name').fill('Made And Left');
  await button(page, 'Save').click();
  await page.getByRole('heading', { level: 1, name: 'Made And Left' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Accounts', exact: true }).click();
  await row(page, account.fields.name).waitFor();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();

  await page.goto(`${world.origin}${address}/note`);
  await field(page, 'Note').fill('Opened by its address.');
  await button(page, 'Save').click();
  await seeNote(page, 'Opened by its address.');
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
});

test('only the content scrolls, by the keyboard before anything was pressed too', async (t) => {
  const world = await newWorld(t);
  const { account } = await longAccount(world);
  for (const { page } of [await world.newPhoneOf(REP1), await world.newDesktopOf(REP1)]) {
    const stays = async (where) => {
      const over = await page.evaluate(() => document.scrollingElement.scrollHeight - innerHeight);
      assert.ok(over <= 0, `${where}: the document is ${over} px too high`);
      const tops = () =>
        page.evaluate(() => {
          const fixed = [...document.querySelectorAll('header, nav')];
          return fixed.filter((one) => !one.closest('main')).map((one) => one.getBoundingClientRect().top);
        });
      const before = await tops();
      await page.mouse.move(100, 20);
      await page.mouse.wheel(0, 2000);
      await page.evaluate(() => scrollTo(0, 5000));
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      assert.deepEqual(await tops(), before, where);
      assert.equal(before[0], 0, where);
    };
    await go(page, 'Home');
    await stays('Home');
    await goFigures(page);
    await stays('Figures');
    await openAccount(page, account.fields.name);
    await seeNote(page, 'Note 1.');
    await stays('an account');
    for (const key of ['PageDown', 'End', ' ']) {
      await page.reload();
      await seeNote(page, 'Note 1.');
      await page.keyboard.press(key);
      await until(`${key} scrolls`, async () => (await scrolledBy(page)) > 100);
      await stays(key);
    }
  }
});

test('a new page begins at its top, a step back finds the page as it was, and Home goes up', async (t) => {
  const world = await newWorld(t);
  const { account, other, person } = await longAccount(world);
  const isAt = (page, what, top) =>
    until(`${what} is scrolled by ${top} px`, async () => (await scrolledBy(page)) === top);
  const down = async (page, px) => {
    await page.mouse.move(page.viewportSize().width - 60, 400);
    await page.mouse.wheel(0, px);
    await isAt(page, 'what was scrolled', px);
  };
  const head = (page, name) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

  const { page } = await world.newPhoneOf(REP1, { isMobile: false });
  await openAccount(page, account.fields.name);
  await seeNote(page, 'Note 1.');
  await down(page, 900);
  const people = page.getByRole('list', { name: 'People' });
  await people.getByRole('link', { name: person }).evaluate((link) => link.click());
  await head(page, person);
  await isAt(page, 'the contact', 0);
  await page.goBack();
  await head(page, account.fields.name);
  await isAt(page, 'the account', 900);
  await page.goForward();
  await head(page, person);
  await page.goBack();
  await isAt(page, 'the account, once more', 900);

  await page.getByRole('link', { name: 'New event' }).evaluate((link) => link.click());
  await head(page, 'New event');
  await isAt(page, 'a form', 0);
  await go(page, 'Home');
  await isAt(page, 'Home', 0);
  await down(page, 200);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' }).click();
  await isAt(page, 'Home after Home', 0);

  const { page: desk } = await world.newDesktopOf(REP1);
  await go(desk, 'Accounts');
  await search(desk, 'Scrolled');
  await row(desk, account.fields.name).click();
  await head(desk, account.fields.name);
  await seeNote(desk, 'Note 1.');
  await down(desk, 700);
  await row(desk, other).click();
  await head(desk, other);
  await isAt(desk, 'the other account', 0);
  await desk.goBack();
  await head(desk, account.fields.name);
  await isAt(desk, 'the account', 700);
});

test('without a signal and with nothing unsent the chip does not say that all is up to date', async (t) => {
  const world = await newWorld(t);
  const { page, context } = await world.newPhoneOf(REP1);
  await chipSays(page, 'Up to date');
  await context.setOffline(true);
  await chipSays(page, /^\s*Offline · as of \d+:\d\d [AP]M\s*$/);
  await button(page, 'Sync now').click();
  await see(page, /^No signal\./);
  await chipSays(page, /^\s*Offline · as of /);
  await context.setOffline(false);
  await chipSays(page, 'Up to date');

  // The browser believes that there is a network, and nobody answers.
  world.proxy.fail('refuse');
  await button(page, 'Sync now').click();
  await chipSays(page, /^\s*Offline · as of /);
  world.proxy.pass();
  await syncNow(page);
  await chipSays(page, 'Up to date');
});

test('the header is one row, whatever the chip says and however narrow the phone', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const { page } = phone;
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  const height = () => page.getByRole('banner').evaluate((header) => header.getBoundingClientRect().height);
  const calm = await height();
  await phone.context.setOffline(true);
  await openAccount(page, account.fields.name);
  await addNote(page, 'It waits.');
  await chipSays(page, 'Waiting for signal (1)');
  for (const width of [320, 360, 390, 430]) {
    for (const size of ['100%', '200%']) {
      await page.setViewportSize({ width, height: 640 });
      await page.evaluate((size) => (document.documentElement.style.fontSize = size), size);
      assert.equal(await height(), calm, `${width} px at ${size}`);
      const find = await page.getByRole('banner').getByRole('link', { name: 'Find' }).boundingBox();
      assert.ok(find.x + find.width <= width, `Find is on the screen at ${width} px, ${size}`);
    }
  }
  await button(page, 'Edit').click();
  await field(page, 'City').waitFor();
  const main = page.getByRole('main');
  await until('Save does not take the room of the fields', async () => {
    const [save, place] = [await button(page, 'Save').boundingBox(), await main.boundingBox()];
    return save.y > place.y + place.height;
  });
  const { height: room } = await main.boundingBox();
  assert.ok(room > 400, `the form has ${room} px`);
});

/** An account with a long history and a contact, and another one. */
async function longAccount(world) {
  const web = await world.onWeb();
  const [name, other, person] = ['Scrolled Place', 'Scrolled Other', 'Ana Scrolled'];
  const id = await web.make('north', { name });
  const otherId = await web.make('north', { name: other });
  const op = { create: 'north' };
  await web.push([{ id: randomUUID(), kind: 'contact', op, base: 0, set: { name: person, account: id } }]);
  for (const [of, count] of [[id, 20], [otherId, 20]]) {
    for (let at = 1; at <= count; at += 1) {
      const text = at === 1 ? 'Note 1.' : `Note ${at}. ${'More was said. '.repeat(at)}`;
      await web.note({ id: of, territory: 'north' }, text);
    }
  }
  return { account: { fields: { name } }, other, person };
}

/** How far the page is scrolled: all of it, or beside its list. */
function scrolledBy(page) {
  return page.evaluate(() => {
    const places = [...document.querySelectorAll('main, main *')];
    const scrolls = (one) => getComputedStyle(one).overflowY === 'auto' && one.closest('section') === null;
    return Math.max(...places.filter(scrolls).map((one) => one.scrollTop));
  });
}
