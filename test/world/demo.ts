/**
 * npm run demo: the main job on a recorded upstream, with no account, no network and no server.
 * Herald runs as it does in life; the releases, their dates and their tags are the real ones of June to September 2026.
 */
import { createLog } from '../../src/adapters/observe/log.ts';
import { startGithub, startSlack } from '../support/emulators.ts';
import { count, countLine } from './count.ts';
import { PLACES, startWorldHerald } from './herald.ts';
import { createNarrator } from './narrator.ts';
import { BASELINE_AT, play, TIMELINE } from './timeline.ts';
import { startUpstream } from './upstream.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const stay = process.argv.includes('--stay');
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const upstream = await startUpstream({ now: BASELINE_AT });
const slack = await startSlack({ channels: [PLACES.releases, PLACES.weekly, PLACES.operations] });
const github = await startGithub({ repositories: [PLACES.repository] });
const herald = await startWorldHerald({ upstream, slack, github, log: createLog('error') });
const narrator = createNarrator({ slack, github, say });

narrator.begin(upstream.at);
await herald.look();
await narrator.tell('the first look: everything that exists is recorded, and nothing is announced');
for (const step of TIMELINE) {
  play(upstream, step);
  narrator.day(step.at);
  await herald.look();
  await narrator.tell(step.says);
}
await narrator.showFinal();

const counted = await count({ upstream, slack, github });
const { verified = 0, unsigned = 0, rejected = 0 } = await herald.serving.store.verdictCounts();
if (stay) {
  say(
    `\nStill running. Upstream ${upstream.origin} · Slack ${slack.apiUrl} · GitHub ${github.apiUrl} · Herald ${herald.serving.url ?? ''}`,
  );
  say('Stop with Ctrl-C.');
  await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()));
}
await herald.stop();
await Promise.all([slack.close(), github.close(), upstream.close()]);

say(`\nverdicts: ${verified} verified · ${unsigned} unsigned · ${rejected} rejected`);
say(countLine(counted));
process.exitCode = counted.lost + counted.repeated === 0 ? 0 : 1;
