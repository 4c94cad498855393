/** What really stands on the emulated servers, held against what the recorded world published. Herald is not asked. */
import { isArtifact, parseReference } from '../../src/core/image.ts';
import type { Instant } from '../../src/core/time.ts';
import type { EmulatedGithub, EmulatedSlack } from '../support/emulators.ts';
import { PLACES } from './herald.ts';
import { BASELINE_AT } from './timeline.ts';
import type { Upstream } from './upstream.ts';

export interface Counted {
  /** Stable releases with Hadron images published after the first look. */
  readonly releases: readonly string[];
  readonly slackMessages: number;
  readonly issues: number;
  /** A release that a place should show and does not. */
  readonly lost: number;
  /** A release that a place shows more than once. */
  readonly repeated: number;
}

interface Servers {
  readonly upstream: Pick<Upstream, 'liveTags'>;
  readonly slack: EmulatedSlack;
  readonly github: EmulatedGithub;
}

/** Counts on the servers. Every place must show every release once: the channel, the weekly channel (in one digest) and the repository. */
export async function count({ upstream, slack, github }: Servers): Promise<Counted> {
  const releases = publishedReleases(upstream);
  const channel = await slack.messages(PLACES.releases);
  const weekly = await slack.messages(PLACES.weekly);
  const operations = await slack.messages(PLACES.operations);
  const issues = await github.issues(PLACES.repository);
  const shown = releases.flatMap((version) => [
    channel.filter((message) => announces(message.text, version)).length,
    weekly.filter((message) => announces(JSON.stringify(message.blocks), version)).length,
    issues.filter((issue) => announces(issue.title, version)).length,
  ]);
  return {
    releases,
    slackMessages: channel.length + weekly.length + operations.length,
    issues: issues.length,
    lost: shown.filter((times) => times === 0).length,
    repeated: shown.reduce((sum, times) => sum + Math.max(0, times - 1), 0),
  };
}

/** The line the demo ends with. */
export function countLine({ releases, slackMessages, issues, lost, repeated }: Counted): string {
  return `demo: ${releases.length} releases, ${slackMessages} slack messages, ${issues} issues, ${lost} lost, ${repeated} repeated`;
}

/** The stable versions among the live Hadron tags that were not there at the first look: read off the registry, not off Herald. */
export function publishedReleases(upstream: Pick<Upstream, 'liveTags'>): readonly string[] {
  const first = new Map<string, Instant>();
  for (const { tag, start } of upstream.liveTags('kairos/hadron')) {
    const reference = parseReference(`quay.io/kairos/hadron:${tag}`);
    if (!isArtifact(reference) || reference.channel !== 'stable' || reference.version.kind !== 'release') continue;
    const { text } = reference.version.version;
    const known = first.get(text);
    if (known === undefined || start < known) first.set(text, start);
  }
  return [...first].filter(([, start]) => start > BASELINE_AT).map(([text]) => text);
}

/** `Kairos v4.3.0 ·` is how every title and every entry of a digest begins; a version that is only compared with stands alone. */
function announces(text: string, version: string): boolean {
  return text.includes(`Kairos ${version} `);
}
