// node scripts/when-changed.mjs STAMP INPUT... -- COMMAND...
// Runs the command only when an input (file or folder) differs from what the stamp recorded after the last success.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const dashes = process.argv.indexOf('--');
const [stamp, ...inputs] = process.argv.slice(2, dashes);
const [command, ...args] = process.argv.slice(dashes + 1);
if (dashes < 0 || !stamp || !command) {
  console.error('usage: node scripts/when-changed.mjs STAMP INPUT... -- COMMAND...');
  process.exit(64);
}

function* filesOf(path) {
  if (!statSync(path).isDirectory()) yield path;
  else for (const name of readdirSync(path).sort()) yield* filesOf(join(path, name));
}

const hash = createHash('sha256').update([process.version, command, ...args].join('\0'));
for (const input of inputs)
  for (const file of filesOf(input)) hash.update(`\0${file}\0`).update(readFileSync(file));
const state = hash.digest('hex');

if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) {
  console.log(`Unchanged since the last time: ${[command, ...args].join(' ')}`);
  process.exit(0);
}
rmSync(stamp, { force: true });
const { status, error } = spawnSync(command, args, { stdio: 'inherit' });
if (error) {
  console.error(`${command} cannot be run: ${error.message}`);
  process.exit(1);
}
if (status !== 0) process.exit(status ?? 1);
mkdirSync(dirname(stamp), { recursive: true });
writeFileSync(stamp, state);
