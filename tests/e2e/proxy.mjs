// The bad network: an HTTP proxy of our own between the browser and the server. It counts what passes, and on
// demand loses it in the ways that networks do. The browser knows only the proxy's address.

import { createServer, request as forward } from 'node:http';

import { until } from './until.mjs';

/**
 * What the network can do to a request:
 * - `pass`: nothing.
 * - `refuse`: the connection breaks before the server hears anything.
 * - `hang`: no answer, ever.
 * - `drop-answer`: the server does what it was asked, and the answer is lost.
 * - `captive`: a hotel's sign-in page, status 200, HTML.
 * - `cut`: the first `bytes` of the answer's body, then nothing.
 * - `replay`: the answer that the server gave to the same question before.
 */
export async function startProxy(serverPort) {
  const proxy = new Proxy(serverPort);
  await proxy.listen();
  return proxy;
}

class Proxy {
  /** Every request that came: method, path, body as JSON where it is JSON, and the bytes that went back. */
  requests = [];
  #fault = null;
  #sockets = new Set();
  #answers = new Map();

  constructor(serverPort) {
    this.serverPort = serverPort;
    this.http = createServer((request, response) => this.#take(request, response));
    this.http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
  }

  async listen() {
    await new Promise((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.origin = `http://127.0.0.1:${this.http.address().port}`;
  }

  /** From now on this happens to every request below `path`, after `after` of them have passed, `times` times. */
  fail(mode, { path = '/api/', after = 0, times = Infinity, bytes = 100 } = {}) {
    this.#fault = { mode, path, after, times, bytes, hit: 0 };
  }

  /** The network is well again. What hangs goes on hanging: lost is lost. */
  pass() {
    this.#fault = null;
  }

  /** How many requests such as `POST /api/pull` came since the start or the last `forget`. */
  count(call) {
    return this.requests.filter((seen) => seen.call === call).length;
  }

  /** The requests such as `POST /api/pull`. */
  all(call) {
    return this.requests.filter((seen) => seen.call === call);
  }

  /** Bytes of the answers' bodies as they travelled. */
  bytesBack(call) {
    return this.all(call).reduce((sum, seen) => sum + seen.bytesBack, 0);
  }

  forget() {
    this.requests = [];
  }

  /** The answers kept for `replay` are another user's from now on. */
  forgetAnswers() {
    this.#answers.clear();
  }

  /** Waits until at least `count` such requests came. */
  async sees(call, count = 1, deadline = undefined) {
    await until(`${count} × ${call} on the wire`, () => this.count(call) >= count, deadline);
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.http.close(resolve));
  }

  async #take(request, response) {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const path = request.url.split('?')[0];
    const seen = { call: `${request.method} ${path}`, path, body: json(body), bytesBack: 0, at: Date.now() };
    this.requests.push(seen);
    this.#perform(this.#modeFor(path), request, body, response, seen);
  }

  #modeFor(path) {
    const fault = this.#fault;
    if (!fault || !path.startsWith(fault.path)) return { mode: 'pass' };
    fault.hit += 1;
    const strikes = fault.hit > fault.after && fault.hit <= fault.after + fault.times;
    return strikes ? fault : { mode: 'pass' };
  }

  #perform({ mode, bytes }, request, body, response, seen) {
    switch (mode) {
      case 'refuse':
        return void request.socket.destroy();
      case 'hang':
        return;
      case 'captive':
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
        return void response.end('<!doctype html><title>Hotel</title><form>Room number <input></form>');
      case 'replay':
        return this.#replay(request, body, response, seen);
      default:
        return this.#forward(request, body, (answer) => {
          if (mode === 'pass') return this.#give(answer, response, seen);
          if (mode === 'cut') return this.#cut(answer, bytes, request, response);
          // drop-answer: the server has answered in full, and nobody hears it.
          answer.resume();
          answer.on('end', () => request.socket.destroy());
        });
    }
  }

  #forward(request, body, onAnswer) {
    const headers = { ...request.headers, connection: 'close' };
    if (body.length > 0) headers['content-length'] = body.length;
    const { method, url: path } = request;
    const onward = forward({ host: '127.0.0.1', port: this.serverPort, method, path, headers }, onAnswer);
    onward.on('error', () => request.socket.destroy());
    onward.end(body);
  }

  #give(answer, response, seen) {
    response.writeHead(answer.statusCode, headersOf(answer));
    answer.on('data', (chunk) => (seen.bytesBack += chunk.length));
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  }

  #cut(answer, bytes, request, response) {
    response.writeHead(answer.statusCode, headersOf(answer));
    let left = bytes;
    answer.on('data', (chunk) => {
      if (left <= 0) return;
      response.write(chunk.subarray(0, left), () => {
        if (left <= 0) request.socket.destroy();
      });
      left -= chunk.length;
    });
    answer.on('end', () => request.socket.destroy());
  }

  #replay(request, body, response, seen) {
    const question = json(body) ?? {};
    const key = JSON.stringify([request.url, question.cursors, question.limit]);
    const kept = this.#answers.get(key);
    if (kept) {
      seen.bytesBack = kept.body.length;
      response.writeHead(kept.status, kept.headers);
      return void response.end(kept.body);
    }
    this.#forward(request, body, async (answer) => {
      const chunks = [];
      for await (const chunk of answer) chunks.push(chunk);
      const whole = { status: answer.statusCode, headers: headersOf(answer), body: Buffer.concat(chunks) };
      if (whole.status === 200) this.#answers.set(key, whole);
      seen.bytesBack = whole.body.length;
      response.writeHead(whole.status, whole.headers);
      response.end(whole.body);
    });
  }
}

function headersOf(answer) {
  const headers = { ...answer.headers };
  delete headers.connection;
  return headers;
}

function json(body) {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
