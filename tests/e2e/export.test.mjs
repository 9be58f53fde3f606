// Everything on the phone as one file, made without a signal: it opens, it is complete, and no cell is a formula.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import axe from 'axe-core';

import { REP1, addNote, button, go, newAccount, newWorld, recordsHere } from './acts.mjs';

test('everything is in one file that other programs open', async (t) => {
  const world = await newWorld(t);
  const phone = await world.newPhoneOf(REP1, { acceptDownloads: true });
  const { page } = phone;
  await phone.context.setOffline(true);
  await newAccount(page, { Name: '=HYPERLINK("http://x.example")' });
  await addNote(page, '+1 said, with "quotes"\nand a second line é');
  await go(page, 'More');
  await page.getByRole('link', { name: 'Export', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor();
  await page.getByText(/not yet on the web/).waitFor();
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(found.violations.map(({ id }) => id), []);
  await button(page, 'Make the file').click();
  const link = page.getByRole('link', { name: /^Save the file/ });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.match(download.suggestedFilename(), /^satchel-\d{4}-\d\d-\d\d\.zip$/);
  const file = join(world.dir, 'export.zip');
  await download.saveAs(file);
  const out = join(world.dir, 'export');
  // Python's reader checks the sums of all files.
  execFileSync('python3', ['-m', 'zipfile', '-t', file]);
  execFileSync('python3', ['-m', 'zipfile', '-e', file, out]);
  const text = (name) => readFileSync(join(out, name), 'utf8');
  const records = text('records.jsonl').trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.equal(records.length, await recordsHere(page), 'as many as Home says are on this phone, the unsent ones too');
  for (const [kind, name] of [['account', 'accounts'], ['contact', 'contacts'], ['referral', 'referrals'], ['event', 'events'], ['note', 'notes']]) {
    const script = 'import csv,sys,json; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline="")))))';
    const rows = JSON.parse(execFileSync('python3', ['-c', script, join(out, `${name}.csv`)], { maxBuffer: 1 << 28 }));
    assert.equal(rows.length - 1, records.filter((record) => record.kind === kind).length, name);
    const formulas = rows.flat().filter((cell) => /^[=+@\t\r]/.test(cell) || /^-(?![\d.]+$)/.test(cell));
    assert.deepEqual(formulas, [], name);
  }
  assert.match(text('accounts.csv'), /"'=HYPERLINK/);
  const cards = text('contacts.vcf').match(/BEGIN:VCARD/g) ?? [];
  assert.equal(cards.length, records.filter(({ kind }) => kind === 'contact').length);
  assert.match(text('calendar.ics'), /^BEGIN:VCALENDAR[^]*END:VCALENDAR\r\n$/);
  assert.match(text('README.txt'), /accounts\.csv: \d+/);
});
