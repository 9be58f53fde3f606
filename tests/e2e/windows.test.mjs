// Several windows of one browser: each works at any time, all show the same, and none holds up another.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  REP1,
  REP2,
  addNote,
  button,
  chipSays,
  comeBack,
  crash,
  field,
  go,
  newWorld,
  noteSays,
  openAccount,
  pulled,
  search,
  see,
  seeNote,
  signIn,
  syncNow,
  typeNote,
} from './acts.mjs';
import { buildOf, newerApp } from './builds.mjs';
import { until } from './until.mjs';
import { endSession } from './web.mjs';

/** A desktop with an account open in two windows. The first one leads. */
async function twoWindows(t, options = {}) {
  const world = await newWorld(t);
  const desk = await world.newDesktop(options);
  const first = desk.page;
  await signIn(first, REP1);
  await syncNow(first);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(first, account.fields.name);
  const second = await desk.open();
  await openAccount(second, account.fields.name);
  return { world, desk, first, second, web, account };
}

test('what is saved in one window is seen in both, and so is where it is', async (t) => {
  const { desk, first, second, web } = await twoWindows(t);
  await desk.context.setOffline(true);
  await addNote(first, 'From the first.');
  await noteSays(second, 'From the first.', 'On this phone');
  await addNote(second, 'From the second.');
  await noteSays(first, 'From the second.', 'On this phone');
  for (const page of [first, second]) await chipSays(page, 'Waiting for signal (2)');
  await addNote(first, 'And from the first again.');
  await desk.context.setOffline(false);
  for (const page of [first, second]) {
    await noteSays(page, 'From the first.', 'On the web');
    await noteSays(page, 'From the second.', 'On the web');
    await noteSays(page, 'And from the first again.', 'On the web');
    await chipSays(page, 'Up to date');
  }
  for (const text of ['From the first.', 'From the second.', 'And from the first again.']) await web.hasNote(text);
});

test('a pull in one window is the pull of both, with its news', async (t) => {
  const { world, first, second, web, account } = await twoWindows(t);
  await web.note(account, 'From the office.');
  await comeBack(first);
  for (const page of [first, second]) await chipSays(page, 'Updates ready (1)');
  world.proxy.forget();
  await go(second, 'Home');
  await pulled(second, () => button(second, 'Sync now').click());
  await seeNote(first, 'From the office.');
  for (const page of [first, second]) {
    await see(page, '1 new');
    await chipSays(page, 'Up to date');
  }
  assert.equal(world.proxy.count('POST /api/pull'), 1, 'one window asks');
});

test('one window talks to the server, however many there are', async (t) => {
  const { world, desk, first, web } = await twoWindows(t);
  const third = await desk.open();
  await chipSays(third, 'Up to date');
  world.proxy.forget();
  await addNote(first, 'Sent once.');
  await web.hasNote('Sent once.');
  await chipSays(third, 'Up to date');
  assert.equal(world.proxy.count('POST /api/push'), 1);
});

test('a save does not wait for a leading window that is frozen', async (t) => {
  const { desk, first, second, web } = await twoWindows(t);
  await addNote(first, 'Before the frost.');
  await noteSays(second, 'Before the frost.', 'On the web');
  const session = await desk.context.newCDPSession(first);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  await addNote(second, 'During the frost.');
  await noteSays(second, 'During the frost.', 'On the web');
  await web.hasNote('During the frost.');
  await session.send('Page.setWebLifecycleState', { state: 'active' });
  await noteSays(first, 'During the frost.', 'On the web');
  await addNote(first, 'After the frost.');
  await noteSays(second, 'After the frost.', 'On the web');
});

test('a leading window that stops in the middle of its work holds up nobody', async (t) => {
  const { world, desk, first, second, web } = await twoWindows(t);
  world.proxy.fail('hang', { path: '/api/push' });
  await addNote(first, 'On its way when the window stopped.');
  await world.proxy.sees('POST /api/push');
  const session = await desk.context.newCDPSession(first);
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  world.proxy.pass();
  await addNote(second, 'Saved beside it.');
  await noteSays(second, 'Saved beside it.', 'On the web');
  await noteSays(second, 'On its way when the window stopped.', 'On the web');
  await session.send('Debugger.resume');
  await session.send('Debugger.disable');
  await noteSays(first, 'Saved beside it.', 'On the web');
  for (const text of ['On its way when the window stopped.', 'Saved beside it.']) await web.hasNote(text);
});

test('a window that stops is missed by the others even when nobody acts', async (t) => {
  const { world, desk, first, second, web } = await twoWindows(t);
  world.proxy.fail('hang', { path: '/api/push' });
  await addNote(first, 'Waiting in a window that stopped.');
  await noteSays(second, 'Waiting in a window that stopped.', 'On this phone');
  await world.proxy.sees('POST /api/push');
  const session = await desk.context.newCDPSession(first);
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  world.proxy.pass();
  await web.hasNote('Waiting in a window that stopped.', 30_000);
  await noteSays(second, 'Waiting in a window that stopped.', 'On the web');
  await session.send('Debugger.resume');
  await session.send('Debugger.disable');
  await noteSays(first, 'Waiting in a window that stopped.', 'On the web');
});

for (const [how, end] of [
  ['closed', (page) => page.close()],
  ['killed', crash],
]) {
  test(`saves that wait in a window that is ${how} are sent by the other one`, async (t) => {
    const { world, first, second, web } = await twoWindows(t);
    world.proxy.fail('hang', { path: '/api/push' });
    await addNote(first, `Waiting when the window was ${how}.`);
    await world.proxy.sees('POST /api/push');
    world.proxy.pass();
    await end(first);
    await noteSays(second, `Waiting when the window was ${how}.`, 'On the web');
    await web.hasNote(`Waiting when the window was ${how}.`);
  });
}

test('a pull that was begun in a window that is closed ends in the other one', async (t) => {
  const { world, first, second, web, account } = await twoWindows(t);
  await web.note(account, 'Pulled by the other window.');
  world.proxy.fail('hang', { path: '/api/pull' });
  await go(first, 'Home');
  await button(first, 'Sync now').click();
  await world.proxy.sees('POST /api/pull');
  await chipSays(second, 'Sending');
  world.proxy.pass();
  await first.close();
  await seeNote(second, 'Pulled by the other window.');
  await chipSays(second, 'Up to date');
});

test('what is typed in two windows at once is kept twice', async (t) => {
  const { desk, first, second, web, account } = await twoWindows(t);
  await typeNote(first, 'Typed in the first');
  await button(second, 'Add note').click();
  await field(second, 'Note').waitFor();
  assert.equal(await field(second, 'Note').inputValue(), '', 'the first window has these words');
  await field(second, 'Note').fill('Typed in the second');
  await field(second, 'Note').blur();
  await first.reload();
  await field(first, 'Note').waitFor();
  assert.equal(await field(first, 'Note').inputValue(), 'Typed in the first');

  await button(second, 'Save').click();
  await noteSays(second, 'Typed in the second', 'On the web');
  assert.equal(await field(first, 'Note').inputValue(), 'Typed in the first');
  await first.reload();
  await field(first, 'Note').waitFor();
  assert.equal(await field(first, 'Note').inputValue(), 'Typed in the first', 'the save took only its own draft');

  await typeNote(second, 'Typed and left in the second');
  await field(second, 'Note').blur();
  await until('both drafts are on disk', async () => (await draftsOf(second)).length === 2);
  await first.close();
  await second.close();
  const later = await desk.open();
  await later.getByText('Unfinished', { exact: true }).waitFor();
  const lines = later.getByRole('link', { name: `Note for ${account.fields.name}` });
  await until('both are listed', async () => (await lines.count()) === 2);
  const words = [];
  for (const _ of [1, 2]) {
    await openAccount(later, account.fields.name);
    await button(later, 'Add note').click();
    await see(later, 'Restored what you typed.');
    words.push(await field(later, 'Note').inputValue());
    await button(later, 'Save').click();
    await noteSays(later, words.at(-1), 'On the web');
  }
  assert.deepEqual(words.sort(), ['Typed and left in the second', 'Typed in the first']);
  for (const text of words) await web.hasNote(text);
  assert.deepEqual(await draftsOf(later), []);
});

test('typing goes on in both windows while each saves', async (t) => {
  const { first, second, web } = await twoWindows(t);
  await typeNote(first, 'Slowly written');
  for (const text of ['One.', 'Two.', 'Three.']) await addNote(second, text);
  await field(first, 'Note').fill('Slowly written, and finished');
  await button(first, 'Save').click();
  await noteSays(second, 'Slowly written, and finished', 'On the web');
  for (const text of ['One.', 'Two.', 'Three.', 'Slowly written, and finished']) await web.hasNote(text);
});

test('signing out in one window signs out all, and whoever signs in next is in all', async (t) => {
  const { first, second, web, account } = await twoWindows(t);
  const south = await web.anAccount('south');
  await chipSays(second, 'Up to date');
  await go(second, 'More');
  await button(second, 'Sign out').click();
  for (const page of [first, second]) await button(page, 'Sign in').waitFor();
  await signIn(first, REP2);
  await syncNow(first);
  await go(second, 'Accounts');
  await search(second, account.fields.name);
  await see(second, `No account matches “${account.fields.name}”.`);
  await openAccount(second, south.fields.name);
  await addNote(second, 'By the second user.');
  await web.hasNote('By the second user.');
});

test('an ended session is known to every window, and the password is typed once', async (t) => {
  const { desk, first, second, web, world } = await twoWindows(t);
  await endSession(world.server.origin, await desk.cookie());
  await addNote(first, 'After the end of the session.');
  for (const page of [first, second]) await chipSays(page, 'Sign in to send');
  await button(second, 'Sign in again').click();
  const dialog = second.getByRole('dialog', { name: 'Sign in to send' });
  await dialog.getByLabel('Password', { exact: true }).fill('practice');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  for (const page of [first, second]) await chipSays(page, 'Up to date');
  await web.hasNote('After the end of the session.');
});

test('a browser without locks or channels still mixes nothing', async (t) => {
  const world = await newWorld(t);
  const desk = await world.newDesktop();
  await desk.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    delete globalThis.BroadcastChannel;
  });
  const first = await desk.open();
  await signIn(first, REP1);
  await syncNow(first);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await openAccount(first, account.fields.name);
  const second = await desk.open();
  await openAccount(second, account.fields.name);
  for (const round of [1, 2, 3]) {
    await addNote(first, `First, ${round}.`);
    await addNote(second, `Second, ${round}.`);
  }
  for (const round of [1, 2, 3]) {
    await web.hasNote(`First, ${round}.`);
    await web.hasNote(`Second, ${round}.`);
  }
  for (const page of [first, second]) {
    await until('a window that comes to the front shows everything', async () => {
      await comeBack(page);
      return (await page.getByRole('listitem').filter({ hasText: /(First|Second), [123]\./ }).count()) === 6;
    });
  }
});

test('two builds of one format work side by side while an update is taken', async (t) => {
  const { world, desk, first, second, web } = await twoWindows(t);
  await desk.keepsShell();
  await typeNote(first, 'Begun in the old build');
  await world.server.restart({ app: await newerApp(world.dir, 'second') });
  await comeBack(second);
  await button(second, 'New version: reload').click();
  await until('the new build runs', () => buildOf(second).then((build) => build === 'second', () => false));
  await addNote(second, 'From the new build.');
  assert.equal(await buildOf(first), 'first', 'a window that did not ask is not reloaded');
  await field(first, 'Note').fill('Begun in the old build, and ended there');
  await button(first, 'Save').click();
  await noteSays(first, 'From the new build.', 'On the web');
  await noteSays(second, 'Begun in the old build, and ended there', 'On the web');
  for (const text of ['From the new build.', 'Begun in the old build, and ended there']) await web.hasNote(text);
});

for (const [how, upgrade] of [
  ['says so on the channel', () => new BroadcastChannel('satchel').postMessage(['{"format":1000,"said":{}}', []])],
  ['has written the disk', writeAsNewer],
  ['has upgraded the database', upgradeAsNewer],
]) {
  test(`once a newer version ${how}, the older one writes nothing and loses no word`, async (t) => {
    const { world, desk, first, second, web } = await twoWindows(t);
    await second.close();
    await typeNote(first, 'Typed in the older version');
    await field(first, 'Note').blur();
    await until('the draft is on disk', async () => (await draftsOf(first)).length === 1);
    const newer = await desk.context.newPage();
    await newer.goto(`${world.origin}/manifest.webmanifest`);
    await newer.evaluate(upgrade);
    const before = await outboxOf(newer);

    await field(first, 'Note').fill('Typed in the older version, and more');
    await button(first, 'Save').click();
    await see(first, /NOT saved\. A newer version of Satchel works in another window\./);
    await see(first, 'A newer version of Satchel works in another window.');
    assert.equal(await field(first, 'Note').inputValue(), 'Typed in the older version, and more');
    assert.deepEqual(await outboxOf(newer), before, 'nothing was written');
    assert.equal((await web.notes('Typed in the older version, and more')).length, 0);
    await button(first, 'Reload').waitFor();
  });
}

/** What a newer version's window does at its start: rows in its own format, and one commit. */
async function writeAsNewer() {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('satchel:'));
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const bytes = (value) => new TextEncoder().encode(JSON.stringify(value));
  const transaction = db.transaction(['meta'], 'readwrite');
  const meta = transaction.objectStore('meta');
  const done = new Promise((resolve) => (transaction.oncomplete = resolve));
  meta.get('mark').onsuccess = ({ target }) => {
    const { number } = JSON.parse(new TextDecoder().decode(target.result));
    meta.put(bytes({ number: number + 1, by: 'a newer version' }), 'mark');
    meta.put(bytes({ format: 1000, whatever: 'else' }), 'state');
  };
  await done;
  db.close();
}

async function upgradeAsNewer() {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('satchel:'));
  await new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1000);
    request.onblocked = () => reject(new Error('the older window holds up the newer one'));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result.close());
  });
}

/** The keys of the drafts on disk. */
function draftsOf(page) {
  return page.evaluate(keysIn, 'drafts');
}

/** The keys of the outbox on disk. */
function outboxOf(page) {
  return page.evaluate(keysIn, 'outbox');
}

async function keysIn(store) {
  const { name } = (await indexedDB.databases()).find(({ name }) => name.startsWith('satchel:'));
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const keys = await new Promise((resolve, reject) => {
    const request = db.transaction(store).objectStore(store).getAllKeys();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  db.close();
  return keys;
}
