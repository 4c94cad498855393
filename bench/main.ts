/** Runs the benchmarks and prints one line each: `npm run bench`. */
import { benchMatch } from './match.ts';
import { benchParse } from './parse.ts';
import { benchPlan } from './plan.ts';
import { benchReaders, benchWeek } from './requests.ts';
import { benchSbom, benchSbomMemory } from './sbom.ts';
import { benchStart } from './start.ts';
import { benchVerify, benchVerifyMemory } from './verify.ts';

const { name, count, perSecond } = benchParse();
process.stdout.write(`${name}: ${perSecond.toLocaleString('en')} a second (${count.toLocaleString('en')} measured; budget 300,000)\n`);

const { tags, releases, totalMs, parseMs, discoverMs, classifyMs } = benchPlan();
const parts = [`parse ${parseMs.toFixed(1)}`, `discover ${discoverMs.toFixed(1)}`, `classify ${classifyMs.toFixed(1)}`].join(', ');
process.stdout.write(`plan ${tags.toLocaleString('en')} tags, ${releases} releases: ${totalMs.toFixed(1)} ms (${parts}; budget 100 ms)\n`);

const { subscriptions, matchMs, images, latestP95Ms } = benchMatch();
process.stdout.write(`match ${subscriptions.toLocaleString('en')} subscriptions: ${matchMs.toFixed(1)} ms (budget 50 ms)\n`);
process.stdout.write(`latest from ${images.toLocaleString('en')} images: p95 ${latestP95Ms.toFixed(1)} ms (budget 50 ms)\n`);

const { firstMs, restartMs } = await benchStart();
process.stdout.write(
  `start to ready, embedded: ${restartMs.toFixed(0)} ms (the first time ${firstMs.toFixed(0)} ms; budget 2,000 ms after it)\n`,
);

for (const megabytes of [1, 5, 20]) {
  const { plainMs, checkedMs } = benchVerify(megabytes);
  const ratio = (checkedMs / plainMs).toFixed(2);
  process.stdout.write(
    `verify an attested SBOM of ${megabytes} MB: ${checkedMs.toFixed(0)} ms, ${ratio} times parsing and hashing the same bytes (${plainMs.toFixed(0)} ms; budget 3)\n`,
  );
}
process.stdout.write(`verify one of 40 MB in a thread: ${(await benchVerifyMemory(40)).toFixed(0)} MB at most (budget 600 MB)\n`);

for (const megabytes of [1, 5, 20]) {
  const { packages, parseMs, totalMs, storedBytes } = benchSbom(megabytes);
  const more = ((totalMs - parseMs) / megabytes).toFixed(2);
  process.stdout.write(
    `read, sum up and compare an SBOM of ${megabytes} MB, ${packages} packages: ${totalMs.toFixed(1)} ms, ${(totalMs / parseMs).toFixed(2)} times JSON.parse of it (${parseMs.toFixed(1)} ms), ${more} ms more a MB; ${(storedBytes / 1_000).toFixed(0)} KB are kept\n`,
  );
}
process.stdout.write(`read one of 40 MB from a file: ${(await benchSbomMemory(40)).toFixed(0)} MB at most (budget 600 MB)\n`);

process.stdout.write('\nrequests of a simulated week in which a release came out (budget: one a routine poll)\n');
for (const { targetId, source, every, firstRequests, polls, requests, larger } of await benchWeek()) {
  const average = (requests / polls).toFixed(2);
  process.stdout.write(
    `  ${targetId.padEnd(16)} ${source.padEnd(16)} ${every.padEnd(13)} first look ${String(firstRequests).padStart(3)}, then ${polls} polls: ${requests} requests (${average} a poll; ${larger} polls took more than one)\n`,
  );
}
const [one, many] = [await benchReaders(1), await benchReaders(10_000)];
process.stdout.write(`requests of a release day with 1 subscription: ${one}; with 10,000: ${many}\n`);
