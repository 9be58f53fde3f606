// The real server, as a process of its own: started, killed and started again on the same port.

import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const SERVER = process.env.SATCHEL_SERVER;
const APP = process.env.SATCHEL_APP;

if (!SERVER || !APP) {
  throw new Error('SATCHEL_SERVER and SATCHEL_APP must name the server and the built app: cargo xtask test e2e');
}

/** The built app. */
export const appDir = APP;

/** Starts the server and waits until it listens. */
export async function startServer({ db, practice = true, app = APP, args = [], port = 0 }) {
  const server = new Server({ db, practice, app, args });
  await server.start(port);
  return server;
}

/** Runs one of the admin's commands on a ledger and answers what it printed. */
export async function admin(db, ...words) {
  const { stdout } = await promisify(execFile)(SERVER, [...words, '--db', db], { maxBuffer: 1 << 26 });
  return stdout;
}

/** As `admin`, with a line on standard input. */
export async function adminTold(db, line, ...words) {
  const child = spawn(SERVER, [...words, '--db', db], { stdio: ['pipe', 'ignore', 'inherit'] });
  child.stdin.end(`${line}\n`);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`satchel-server ${words.join(' ')} ended with ${code}`);
}

class Server {
  #process = null;

  constructor(settings) {
    this.settings = settings;
  }

  get db() {
    return this.settings.db;
  }

  async start(port = this.port ?? 0) {
    const { db, practice, app, args } = this.settings;
    const words = ['serve', '--listen', `127.0.0.1:${port}`, '--db', db, '--app', app, ...args];
    if (practice) words.push('--practice');
    const child = spawn(SERVER, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const address = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = line.match(/listening on (http:\S+)/);
        if (found) resolve(new URL(found[1]));
      });
    });
    this.port = Number(address.port);
    this.origin = `http://127.0.0.1:${this.port}`;
  }

  /** Ends it as a power cut would. */
  async kill() {
    const child = this.#process;
    if (!child) return;
    this.#process = null;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.removeAllListeners('error');
    child.kill('SIGKILL');
    await gone;
  }

  /** Ends it and starts it again on the same port, perhaps with another app. */
  async restart(changes = {}) {
    await this.kill();
    Object.assign(this.settings, changes);
    await this.start();
  }
}
