// The service worker: keeps the app's shell on the phone, so that Satchel opens without a signal.
// It never touches /api: what the rep knows is in IndexedDB, and the page alone looks after it.
// `cargo xtask precache` fills the three places below when the app is built.

const VERSION = '/*VERSION*/';
const BUILD = '/*BUILD*/';
// Each file of the shell: its address, and the first 16 digits of the SHA-256 of its bytes.
const SHELL = [/*SHELL*/];

const PREFIX = 'satchel-shell-';
const CACHE = `${PREFIX}${VERSION}-${BUILD}`;
const ADDRESSES = new Set(SHELL.map(([url]) => url));

self.addEventListener('install', (event) => {
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener('message', (event) => {
  // Only the page asks for this, when the rep said "reload".
  if (event.data && event.data.type === 'SKIP_WAITING') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (url.pathname === '/api' || url.pathname.startsWith('/api/')) return;
  if (request.mode === 'navigate') {
    if (isPage(url.pathname)) event.respondWith(shellFirst('/', request));
    return;
  }
  if (ADDRESSES.has(url.pathname)) event.respondWith(shellFirst(url.pathname, request));
});

// All files or none: one that is missing or is not ours fails the installation, and the old build stays.
async function fill() {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(SHELL.map((file) => keep(cache, file)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

// A file that the last build had too is taken from there: a new version costs little over a weak signal.
async function keep(cache, [url, hash]) {
  const held = await caches.match(url, { ignoreVary: true });
  if (held && (await hashOf(held.clone())) === hash) return cache.put(url, held);
  const response = await fetch(url, { cache: 'reload', credentials: 'same-origin' });
  // A hotel's sign-in page has status 200, so the bytes themselves must be the ones that were built.
  const isOurs = response.ok && !response.redirected && (await hashOf(response.clone())) === hash;
  if (!isOurs) throw new Error(`${url} is not the file of build ${BUILD}`);
  return cache.put(url, response);
}

async function hashOf(response) {
  const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
  const digits = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0'));
  return digits.join('').slice(0, 16);
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // At the very first installation the page that is open has no worker yet; from now on it has.
  if (old.length === 0) await self.clients.claim();
}

// The response goes out as it was kept: rebuilding it would lose the browser's compiled wasm.
async function shellFirst(url, request) {
  const cache = await caches.open(CACHE);
  const held = await cache.match(url, { ignoreVary: true });
  return held || fetch(request);
}

// Addresses of pages have no ending; one with an ending is a file.
function isPage(path) {
  return path === '/index.html' || !path.slice(path.lastIndexOf('/')).includes('.');
}
