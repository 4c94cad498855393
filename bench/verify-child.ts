/** Started by verify.ts: has one bundle checked in a thread and prints the largest resident size of this process, in kilobytes. */
import { readFileSync } from 'node:fs';
import { createEvidenceChecker } from '../src/adapters/sigstore/checker.ts';

const [bundle = '', root = ''] = process.argv.slice(2);
const digest = `sha256:${'ab'.repeat(32)}`;
const checker = createEvidenceChecker({ trustRoot: readFileSync(root), heapMb: 512, timeoutMs: 120_000 });
const piece = { kind: 'bundle', id: 'bench', name: 'bench', beside: digest, bytes: readFileSync(bundle) } as const;
const checked = await checker.check({
  digest,
  form: 'image',
  platforms: [],
  pieces: [piece],
  broken: [],
  statements: [],
  attachedSbom: false,
  requests: 0,
});
if (checked.pieces[0]?.kind !== 'sound') throw new Error('the evidence of the benchmark does not stand');
process.stdout.write(String(process.resourceUsage().maxRSS));
