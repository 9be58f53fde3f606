// What Satchel is measured beside: IndexedDB written by hand, in plain JavaScript, on a page of the same origin and
// against the same server. `rows` keeps a row a record, `pages` keeps 500 records as the bytes of one row.
// `bench.mjs` lays this file beside the built app and calls it through `globalThis.peers`.

const ROWS_PER_TRANSACTION = 1_000;
const RECORDS_PER_PAGE = 500;
const ROWS_ON_SCREEN = 15;
const STORE = 'records';
const STATE = 'state';

// --- the wire ---

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function signIn(email, password) {
  await post('/api/session', { email, password });
}

/** Every page after these cursors, in turn; the next one is asked for when the last one was dealt with. */
async function* pull(cursors) {
  const device = crypto.randomUUID();
  for (;;) {
    const page = await post('/api/pull', { device, epoch: 0, schema: 1, cursors, limit: 0 });
    for (const feed of page.feeds) cursors[feed.territory] = feed.cursor;
    yield { records: page.feeds.flatMap((feed) => feed.records), cursors };
    if (page.remaining === 0) return;
  }
}

// --- the disk ---

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

async function open(kind) {
  const request = indexedDB.open(`peer-${kind}`, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE, kind === 'rows' ? { keyPath: 'id' } : { autoIncrement: true });
    request.result.createObjectStore(STATE);
  };
  return settled(request);
}

function clear(kind) {
  return settled(indexedDB.deleteDatabase(`peer-${kind}`));
}

/** Stores one page of the wire; when this answers it is as durable as Satchel's pulled pages are. */
const write = {
  async rows(db, { records, cursors }) {
    for (let start = 0; start < records.length || start === 0; start += ROWS_PER_TRANSACTION) {
      const transaction = db.transaction([STORE, STATE], 'readwrite', { durability: 'relaxed' });
      const store = transaction.objectStore(STORE);
      for (const record of records.slice(start, start + ROWS_PER_TRANSACTION)) {
        if (record.deleted) store.delete(record.id);
        else store.put(record);
      }
      transaction.objectStore(STATE).put(cursors, 'cursors');
      await completed(transaction);
    }
  },
  async pages(db, { records, cursors }) {
    const transaction = db.transaction([STORE, STATE], 'readwrite', { durability: 'relaxed' });
    const store = transaction.objectStore(STORE);
    const encoder = new TextEncoder();
    for (let start = 0; start < records.length; start += RECORDS_PER_PAGE) {
      store.add(encoder.encode(JSON.stringify(records.slice(start, start + RECORDS_PER_PAGE))));
    }
    transaction.objectStore(STATE).put(cursors, 'cursors');
    await completed(transaction);
  },
};

const read = {
  rows(db) {
    return settled(db.transaction(STORE).objectStore(STORE).getAll());
  },
  async pages(db) {
    const decoder = new TextDecoder();
    const byId = new Map();
    for (const bytes of await settled(db.transaction(STORE).objectStore(STORE).getAll())) {
      for (const record of JSON.parse(decoder.decode(bytes))) {
        if (record.deleted) byId.delete(record.id);
        else byId.set(record.id, record);
      }
    }
    return [...byId.values()];
  },
};

// --- the workloads; each answers milliseconds ---

/** All that the user may see, from nothing until the last transaction is complete. */
async function firstPull(kind) {
  await clear(kind);
  const db = await open(kind);
  const start = performance.now();
  let records = 0;
  for await (const page of pull({})) {
    await write[kind](db, page);
    records += page.records.length;
  }
  const ms = performance.now() - start;
  db.close();
  return { ms, records };
}

/** The same questions to the server, and nothing stored: what all first pulls have in common. */
async function fetchOnly() {
  const start = performance.now();
  let records = 0;
  for await (const page of pull({})) records += page.records.length;
  return { ms: performance.now() - start, records };
}

/** What changed since the last pull. */
async function nextPull(kind) {
  const db = await open(kind);
  const start = performance.now();
  const cursors = await settled(db.transaction(STATE).objectStore(STATE).get('cursors'));
  let records = 0;
  for await (const page of pull(cursors)) {
    await write[kind](db, page);
    records += page.records.length;
  }
  const ms = performance.now() - start;
  db.close();
  return { ms, records };
}

/** One save of the rep's own words: one strict transaction with one put. */
async function save(kind) {
  const db = await open(kind);
  const id = crypto.randomUUID();
  const fields = { account: crypto.randomUUID(), text: 'Left a folder at the front desk.', written: new Date().toISOString() };
  const record = { id, kind: 'note', territory: 'bench', version: 0, fields };
  const start = performance.now();
  const transaction = db.transaction(STORE, 'readwrite', { durability: 'strict' });
  if (kind === 'rows') transaction.objectStore(STORE).put(record);
  else transaction.objectStore(STORE).add(new TextEncoder().encode(JSON.stringify([record])));
  await completed(transaction);
  const ms = performance.now() - start;
  db.close();
  return ms;
}

let held = [];

/** From the start of the navigation to the first screen of the list, sorted by name. */
async function coldOpen(kind) {
  const db = await open(kind);
  held = prepared(await read[kind](db));
  draw(held);
  const ms = performance.now();
  db.close();
  return ms;
}

function prepared(records) {
  const accounts = records.filter((record) => record.kind === 'account');
  const collator = new Intl.Collator('en');
  const rows = accounts.map(({ id, fields }) => ({
    id,
    name: fields.name,
    text: [fields.city, fields.state].filter(Boolean).join(', '),
    words: [fields.name, fields.city, fields.state, fields.phone].filter(Boolean).join('\n').toLowerCase(),
  }));
  return rows.sort((a, b) => collator.compare(a.name, b.name));
}

function draw(rows) {
  document.querySelector('p').textContent = `${rows.length} accounts`;
  const items = rows.slice(0, ROWS_ON_SCREEN).map(({ id, name, text }) => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `#${id}`;
    const [title, line] = [document.createElement('b'), document.createElement('span')];
    title.textContent = name;
    line.textContent = text;
    link.append(title, line);
    item.append(link);
    return item;
  });
  document.querySelector('ul').replaceChildren(...items);
}

/** Answers the search box from memory, or, as `getall`, from the disk at every key. */
function searchFrom(source) {
  document.querySelector('input').oninput = async ({ target }) => {
    const words = target.value.toLowerCase().split(' ').filter(Boolean);
    let rows = held;
    if (source === 'getall') {
      const db = await open('rows');
      rows = prepared(await read.rows(db));
      db.close();
    }
    draw(rows.filter((row) => words.every((word) => row.words.includes(word))));
  };
}

globalThis.peers = { signIn, firstPull, fetchOnly, nextPull, save, coldOpen, searchFrom };

const [, kind] = location.hash.match(/^#open-(rows|pages)$/) ?? [];
if (kind) {
  coldOpen(kind).then((ms) => {
    globalThis.openedAfter = ms;
  });
}
