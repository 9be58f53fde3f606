// Two devices with one image: a phone restored from a backup of another that is still in use.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REP1, addNote, chipSays, newWorld, noteEntry, openAccount, seeNote, syncNow } from './acts.mjs';

test('two phones with one restored image lose nothing and double nothing', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1);
  const web = await world.onWeb();
  const account = await web.anAccount('north');
  await phone.keepsShell();
  await openAccount(phone.page, account.fields.name);
  await addNote(phone.page, 'Sent before the copy.');
  await web.hasNote('Sent before the copy.');
  await phone.context.setOffline(true);
  await addNote(phone.page, 'Waiting in both images.');
  await phone.switchOff();
  const twin = await world.copyOf(phone);

  const told = ['Sent before the copy.', 'Waiting in both images.'];
  for (const [device, name] of [
    [phone, 'the phone'],
    [twin, 'its twin'],
  ]) {
    await device.switchOn({ offline: true });
    await device.open();
    await openAccount(device.page, account.fields.name);
    for (const number of [1, 2]) {
      await addNote(device.page, `Number ${number} of ${name}.`);
      told.push(`Number ${number} of ${name}.`);
    }
    await chipSays(device.page, 'Waiting for signal (3)');
  }
  for (const device of [phone, twin]) await device.context.setOffline(false);
  for (const text of told) await web.hasNote(text);

  // Both go on, each under a number of its own.
  for (const [device, text] of [
    [twin, 'Later, on the twin.'],
    [phone, 'Later, on the phone.'],
  ]) {
    await addNote(device.page, text);
    told.push(text);
    await web.hasNote(text);
  }
  for (const { page } of [phone, twin]) {
    await chipSays(page, /Up to date|Updates ready/);
    await syncNow(page);
    await openAccount(page, account.fields.name);
    for (const text of told) await seeNote(page, text);
    for (const text of told) assert.equal(await noteEntry(page, text).count(), 1, `${text} once`);
  }
  for (const text of told) await web.hasNote(text);
  const devices = new Set(world.proxy.all('POST /api/push').map(({ body }) => body.device));
  assert.equal(devices.size, 2, 'one of them has taken another name');
});
