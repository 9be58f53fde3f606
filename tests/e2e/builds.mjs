// Other builds of the app, for what happens between two versions.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { appDir } from './server.mjs';

/** The built app once more, as a newer build: other bytes, and a service worker that lists them. */
export async function newerApp(dir, mark) {
  const app = join(dir, `app-${mark}`);
  await cp(appDir, app, { recursive: true });
  const page = join(app, 'index.html');
  const html = (await readFile(page, 'utf8')).replace('</head>', `<meta name="build" content="${mark}"></head>`);
  await writeFile(page, html);
  const hash = createHash('sha256').update(html).digest('hex').slice(0, 16);
  const worker = join(app, 'sw.js');
  const script = await readFile(worker, 'utf8');
  const build = script.match(/BUILD = '([^']+)'/)[1];
  const newer = script.replace(/\["\/","[0-9a-f]{16}"\]/, `["/","${hash}"]`).replaceAll(build, mark);
  assert.notEqual(newer, script, 'the worker lists the page');
  await writeFile(worker, newer);
  for (const file of [page, worker]) {
    for (const form of ['.br', '.gz']) await rm(file + form, { force: true });
  }
  return app;
}

/** Which build a window runs. */
export function buildOf(page) {
  return page.evaluate(() => document.querySelector('meta[name="build"]')?.content ?? 'first');
}
