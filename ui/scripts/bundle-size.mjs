// Fails when what the first page needs before it shows anything grows past its bound, gzipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const LIMIT = 400 * 1024;
const root = join(import.meta.dirname, '../target/classes/ui');
const html = readFileSync(join(root, 'index.html'), 'utf8');
const files = [...html.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map((match) => match[1]);
if (files.length < 3) throw new Error(`index.html names only ${files.join(', ')}: is it the built page?`);

const sizes = files.map((file) => ({ file, bytes: gzipSync(readFileSync(join(root, file))).length }));
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;
for (const { file, bytes } of sizes) console.log(`${kib(bytes).padStart(10)}  ${file}`);
console.log(`${kib(total).padStart(10)}  the first page, gzipped; the bound is ${kib(LIMIT)}`);
if (total > LIMIT) {
  console.error(
    'The first page is too heavy: load lazily what it does not show at once, or drop a dependency.',
  );
  process.exit(1);
}
