/** Runs the benchmarks and prints one line each: `npm run bench`. */
import { benchMatch } from './match.ts';
import { type BenchResult, benchParse } from './parse.ts';
import { benchPlan } from './plan.ts';

const BENCHES: readonly (() => BenchResult)[] = [benchParse];

for (const bench of BENCHES) {
  const { name, count, perSecond } = bench();
  process.stdout.write(`${name}: ${perSecond.toLocaleString('en')} a second (${count.toLocaleString('en')} measured)\n`);
}

const { tags, releases, totalMs, parseMs, discoverMs, classifyMs } = benchPlan();
const parts = [`parse ${parseMs.toFixed(1)}`, `discover ${discoverMs.toFixed(1)}`, `classify ${classifyMs.toFixed(1)}`].join(', ');
process.stdout.write(`plan ${tags.toLocaleString('en')} tags, ${releases} releases: ${totalMs.toFixed(1)} ms (${parts}; budget 100 ms)\n`);

const { subscriptions, matchMs, images, latestP95Ms } = benchMatch();
process.stdout.write(`match ${subscriptions.toLocaleString('en')} subscriptions: ${matchMs.toFixed(1)} ms (budget 50 ms)\n`);
process.stdout.write(`latest from ${images.toLocaleString('en')} images: p95 ${latestP95Ms.toFixed(1)} ms (budget 50 ms)\n`);
