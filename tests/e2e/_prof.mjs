import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { REP1, go, newWorld, search, syncNow } from './acts.mjs';
const world = await newWorld(null);
try {
  const web = await world.onWeb();
  const account = await web.anAccount('north', 2);
  for (let k = 0; k < 30; k++) {
    const edits = [];
    for (let i = 0; i < 100; i++) edits.push({ id: randomUUID(), kind: 'note', op: { create: 'north' }, base: 0, set: { account: account.id, text: `Note ${k}/${i} about wound care and the new wing, with words enough for two lines of text.`, channel: 'in_person', outcome: 'saw', written: new Date(Date.now() - (k * 100 + i) * 3600e3).toISOString() } });
    await web.push(edits);
  }
  const { page } = await world.newPhoneOf(REP1);
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 100 });
  const total = new Map(); const incl = new Map();
  const times = [];
  for (let run = 0; run < 12; run++) {
    await go(page, 'Accounts');
    await search(page, account.fields.name);
    const link = page.getByRole('list', { name: 'Accounts' }).locator(`a[href="/accounts/${account.id}"]`).first();
    const handle = await link.elementHandle();
    if (run >= 2) await session.send('Profiler.start');
    times.push(await handle.evaluate((a) => new Promise((resolve) => {
      const start = performance.now();
      const look = new MutationObserver(() => { if (document.querySelectorAll('main ol > li').length >= 20) { look.disconnect(); const made = performance.now() - start; document.body.getBoundingClientRect(); resolve([made, performance.now() - start]); } });
      look.observe(document.body, { childList: true, subtree: true });
      a.click();
    })));
    if (run >= 2) {
      const { profile } = await session.send('Profiler.stop');
      const nodes = new Map(profile.nodes.map((n) => [n.id, n]));
      const parent = new Map(); for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
      profile.samples.forEach((id, at) => {
        const dt = profile.timeDeltas[at] / 1000;
        let n = nodes.get(id); const self = n.callFrame.functionName || n.callFrame.url.slice(-20);
        total.set(self, (total.get(self) ?? 0) + dt);
        const seen = new Set(); let cur = id;
        while (cur !== undefined) { const name = nodes.get(cur).callFrame.functionName; if (!seen.has(name)) { seen.add(name); incl.set(name, (incl.get(name) ?? 0) + dt); } cur = parent.get(cur); }
      });
    }
    await page.goBack();
  }
  console.log(times.map((t) => t.map((x) => x.toFixed(1)).join('/')).join('  '));
  const show = (m, n) => [...m].sort((a, b) => b[1] - a[1]).slice(0, n).forEach(([k, v]) => console.log((v / 10).toFixed(2).padStart(8), k.slice(0, 150)));
  console.log('SELF'); show(total, 45); console.log('INCL'); show(incl, 110);
} finally { await world.close(); }
