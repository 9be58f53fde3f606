// Accounts in bulk: real rows of the public CMS files where they are at hand, otherwise invented ones of that shape.

import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const shared = resolve(repository, '..', 'shared', 'data');

/** The public files, or `null` where they are not beside the checkout. */
export const publicFiles = ['cms-hospital-general-information.csv.gz', 'cms-nursing-homes.csv.gz', 'tx-assisted-living.csv']
  .map((name) => join(shared, name))
  .reduce((files, file) => (files && existsSync(file) ? [...files, file] : null), []);

/** The public files that name people, or `null`. */
export const publicPeople = ['tx-assisted-living.csv', 'nppes-npidata-small.csv.gz']
  .map((name) => join(shared, name))
  .reduce((files, file) => (files && existsSync(file) ? [...files, file] : null), []);

/** Why a test that needs them is skipped. */
export const NO_PUBLIC_FILES = 'the public CMS files are not beside the checkout (../shared/data)';

const COLUMNS = ['ccn', 'name', 'type', 'address', 'city', 'state', 'zip', 'county', 'phone', 'stars'];

/** The `--map` for the files that `writeAccounts` writes. */
export const MAP = COLUMNS.map((name) => `${name}=${name}`).join(',');

/** Writes a CSV file of so many accounts; `prefix` keeps two files of one organisation apart. */
export async function writeAccounts(file, count, prefix = 'A', rows = inventedRows()) {
  const lines = [COLUMNS.join(',')];
  for (let number = 0; number < count; number += 1) {
    const row = rows[number % rows.length];
    const round = Math.floor(number / rows.length);
    const name = round === 0 ? row.name : `${row.name} ${round + 1}`;
    const ccn = `${prefix}${String(number).padStart(6, '0')}`;
    lines.push(COLUMNS.map((column) => quoted({ ...row, name, ccn }[column] ?? '')).join(','));
  }
  await writeFile(file, `${lines.join('\n')}\n`);
}

/** The real rows of the CMS files: hospitals, then nursing homes. */
export function realRows() {
  const [hospitals, homes] = publicFiles.map((file) => (file.endsWith('.gz') ? gunzipSync(readFileSync(file)) : null));
  const ofHospital = (row) => ({
    name: row['Hospital Name'],
    type: row['Hospital Type'],
    address: row.Address,
    city: row.City,
    state: row.State,
    zip: row['ZIP Code'],
    county: row['County Name'],
    phone: row['Phone Number'],
    stars: row['Hospital overall rating'],
  });
  const ofHome = (row) => ({
    name: row.name,
    type: 'Nursing home',
    city: row.city,
    state: row.state,
    county: row.county,
    stars: row.overall_rating,
  });
  return [
    ...csv(hospitals.toString('latin1')).map(ofHospital),
    ...csv(homes.toString('utf8')).map(ofHome),
  ];
}

/** Rows of the same shape and length as the real ones; the same at every call. */
export function inventedRows(count = 19_566) {
  const dice = new Dice(7);
  return Array.from({ length: count }, (_, number) => {
    const [first, second] = [dice.of(FIRST), dice.of(SECOND)];
    const hospital = number % 4 === 0;
    return {
      name: `${first} ${second} ${hospital ? dice.of(HOSPITAL) : dice.of(HOME)} ${number}`,
      type: hospital ? 'Acute Care Hospitals' : 'Nursing home',
      address: hospital ? `${dice.below(9900) + 100} ${dice.of(FIRST)} ${dice.of(STREET)}` : '',
      city: `${dice.of(FIRST)}${dice.of(TOWN)}`,
      state: dice.of(STATES),
      zip: hospital ? String(dice.below(90_000) + 10_000) : '',
      county: dice.of(SECOND),
      phone: hospital ? String(2_000_000_000 + dice.below(999_999_999)) : '',
      stars: String(dice.below(5) + 1),
    };
  });
}

/** Linear congruential: small, and the same everywhere. */
class Dice {
  constructor(seed) {
    this.state = seed;
  }
  below(limit) {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }
  of(list) {
    return list[this.below(list.length)];
  }
}

const FIRST = ['CEDAR', 'MAPLE', 'RIVER', 'LAKE', 'SUMMIT', 'VALLEY', 'PRAIRIE', 'HARBOR', 'GRAND', 'SPRING', 'UNION'];
const SECOND = ['HILL', 'GROVE', 'FALLS', 'CREEK', 'MEADOW', 'RIDGE', 'PARK', 'WOODS', 'BEND', 'CROSSING', 'POINT'];
const HOSPITAL = ['MEDICAL CENTER', 'REGIONAL HOSPITAL', 'COMMUNITY HOSPITAL', 'MEMORIAL HOSPITAL'];
const HOME = ['REHABILITATION AND HEALTHCARE CENTER', 'CARE CENTER', 'NURSING AND REHAB', 'LIVING CENTER'];
const STREET = ['STREET', 'AVENUE', 'ROAD', 'BOULEVARD', 'DRIVE'];
const TOWN = ['VILLE', 'TON', 'BURG', 'FIELD', ' CITY'];
const STATES = ['AL', 'CA', 'DE', 'FL', 'GA', 'IL', 'KY', 'MA', 'NM', 'NY', 'OH', 'TX', 'VT', 'WI'];

function quoted(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Enough of RFC 4180 for these files: quotes, doubled quotes, line ends of both kinds. */
function csv(text) {
  const rows = [];
  let row = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[(at += 1)];
      else isQuoted = false;
    } else if (letter === '"') {
      isQuoted = true;
    } else if (letter === ',' || letter === '\n') {
      row.push(cell.replace(/\r$/, ''));
      cell = '';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else {
      cell += letter;
    }
  }
  const [header, ...body] = rows;
  return body.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at]])));
}
