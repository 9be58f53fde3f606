// A browser whose storage and network fail at a chosen call. Runs inside the page, before the app: every call that the
// app makes to IndexedDB, to cache storage and to `fetch` is counted while `strike.armed`, and the `at`-th fails.

/** Which ways of failing each call has. */
export const KINDS = {
  open: ['throws', 'errors', 'never'],
  transaction: ['closing'],
  get: ['throws', 'aborts'],
  getAll: ['throws', 'aborts'],
  getAllKeys: ['throws'],
  count: ['throws'],
  put: ['full', 'aborts', 'errors', 'throws'],
  delete: ['aborts', 'throws'],
  clear: ['throws'],
  commit: ['closing', 'full', 'aborts'],
  'caches.open': ['rejects'],
  'caches.has': ['rejects'],
  'cache.put': ['rejects'],
  'cache.delete': ['rejects'],
  'cache.keys': ['rejects'],
  fetch: ['rejects', '500', 'cut'],
};

/** What can go on failing: the whole of IndexedDB, its room, cache storage, the network. */
export const LASTING = { dead: 'closing', full: 'full', 'no caches': 'rejects', 'no network': 'rejects' };

/** Given to `page.addInitScript`. `lasting` names what fails from the `at`-th call on; without it one call fails. */
export function install({ armed = false, at = 0, kind = '', lasting = '' }) {
  // A reload of a page that was disarmed stays disarmed.
  armed &&= sessionStorage.getItem('disarmed') === null;
  const strike = { armed, count: 0, calls: [], hit: '' };
  window.strike = strike;

  const error = (name) => new DOMException(`struck: ${name}`, name);
  const told = (object, name) =>
    Object.defineProperty(object, 'error', { configurable: true, get: () => error(name) });

  function fails(call) {
    if (!strike.armed) return '';
    strike.count += 1;
    strike.calls.push(call);
    if (!lasting) {
      if (strike.count !== at) return '';
      strike.hit = `${call} ${kind}`;
      return kind;
    }
    if (strike.count < at) return '';
    const isCache = call.startsWith('cache');
    const way = {
      dead: isCache || call === 'fetch' ? '' : call === 'open' ? 'errors' : call === 'transaction' ? 'closing' : 'throws',
      // Deleting needs no room.
      full: call === 'put' ? 'full' : '',
      'no caches': isCache ? 'rejects' : '',
      'no network': call === 'fetch' ? 'rejects' : '',
    }[lasting];
    if (way) strike.hit ||= `${call} ${way}, and on`;
    return way;
  }

  function wrap(prototype, method, call, fail) {
    const original = prototype[method];
    prototype[method] = function (...words) {
      const way = fails(call);
      return way ? fail.call(this, way, original, words) : original.apply(this, words);
    };
  }

  // A request that answers by an error event, as the browser's own would.
  function erring(factory, open) {
    const request = open.call(factory, `struck-${Math.random()}`, 1);
    request.addEventListener('upgradeneeded', (event) => {
      event.stopImmediatePropagation();
      told(request, 'UnknownError');
      request.transaction.abort();
    });
    return request;
  }

  function silent(factory, open) {
    const request = open.call(factory, `struck-${Math.random()}`, 1);
    for (const name of ['upgradeneeded', 'success', 'error', 'blocked']) {
      request.addEventListener(name, (event) => event.stopImmediatePropagation());
    }
    return request;
  }

  wrap(IDBFactory.prototype, 'open', 'open', function (way, original) {
    if (way === 'never') return silent(this, original);
    if (way === 'errors') return erring(this, original);
    throw error('SecurityError');
  });

  wrap(IDBDatabase.prototype, 'transaction', 'transaction', () => {
    throw error('InvalidStateError');
  });

  const doomed = new WeakSet();

  function failRequest(way, original, words) {
    const { transaction } = this;
    if (way === 'full' || way === 'aborts') {
      // As in life: the request succeeds, and the transaction falls when it is to be committed.
      if (way === 'full') told(transaction, 'QuotaExceededError');
      doomed.add(transaction);
      return original.apply(this, words);
    }
    if (way === 'errors' && transaction.mode === 'readwrite') {
      const twin = { struck: true };
      this.add(twin, 'struck');
      return told(this.add(twin, 'struck'), 'UnknownError');
    }
    throw error('UnknownError');
  }
  for (const method of ['get', 'getAll', 'getAllKeys', 'count', 'put', 'delete', 'clear']) {
    wrap(IDBObjectStore.prototype, method, method, failRequest);
  }

  wrap(IDBTransaction.prototype, 'commit', 'commit', function (way) {
    if (way === 'closing' || way === 'throws') throw error('InvalidStateError');
    if (way === 'full') told(this, 'QuotaExceededError');
    this.abort();
  });
  const { commit } = IDBTransaction.prototype;
  IDBTransaction.prototype.commit = function () {
    return doomed.has(this) ? this.abort() : commit.call(this);
  };

  if (window.caches) {
    const rejects = (way) => Promise.reject(error(way === 'full' ? 'QuotaExceededError' : 'UnknownError'));
    for (const method of ['open', 'has']) wrap(CacheStorage.prototype, method, `caches.${method}`, rejects);
    for (const method of ['put', 'delete', 'keys']) wrap(Cache.prototype, method, `cache.${method}`, rejects);
  }

  const { fetch } = window;
  window.fetch = async function (...words) {
    const way = fails('fetch');
    if (way === 'rejects') throw new TypeError('struck: Failed to fetch');
    if (way === '500') return new Response('struck', { status: 500 });
    const answer = await fetch.apply(this, words);
    if (way !== 'cut') return answer;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return new Response(bytes.slice(0, bytes.length / 2), { status: answer.status, headers: answer.headers });
  };
}
