// Makes the module of the bundle for Workers small: `npm run bundle` ends with it. That takes longer than all else of a build where
// little changed, so what came of the same module is kept.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { withoutMethods, withoutUnused } from './exports.mjs';

// Twice: what is small after the first round may be inlined in the second. A third would save 120 bytes of gzip and take as long
// as both.
const args = [
  '-Oz',
  '-Oz',
  '--enable-exception-handling',
  '--always-inline-max-function-size=0',
  '--flexible-inline-max-function-size=0',
  '--one-caller-inline-max-function-size=0',
  '--low-memory-unused',
  // Zeros in between cost gzip less than the heads of the segments that they are cut into.
  '--skip-pass=memory-packing',
  '--reorder-functions-by-name',
  '--strip-debug',
];
const module = 'target/workers-bundle/index_bg.wasm';
const script = 'target/workers-bundle/index.js';
const folder = 'target/workers-squeezed';

// All that the outcome follows from: binaryen by the version that is installed.
const needed = withoutUnused(readFileSync(module));
const inputs = [needed, readFileSync('node_modules/binaryen/package.json'), args.join(' ')];
const hash = createHash('sha256');
for (const input of inputs) hash.update(createHash('sha256').update(input).digest());
const kept = `${folder}/${hash.digest('hex')}.wasm`;

if (!existsSync(kept)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/needed`, needed);
  execFileSync('wasm-opt', [`${folder}/needed`, '-o', `${folder}/part`, ...args], { stdio: 'inherit' });
  renameSync(`${folder}/part`, kept);
}
copyFileSync(kept, module);
writeFileSync(script, withoutMethods(readFileSync(script, 'utf8')));
