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

/** Counts on the servers. Every place must show every release that has an image its readers want, once. */
export async function count({ upstream, slack, github }: Servers): Promise<Counted> {
  const releases = publishedReleases(upstream);
  const channel = await slack.messages(PLACES.releases);
  const weekly = await slack.messages(PLACES.weekly);
  const operations = await slack.messages(PLACES.operations);
  const issues = await github.issues(PLACES.repository);
  const places: readonly { readonly wants: RegExp; readonly texts: readonly string[] }[] = [
    { wants: /-(core|standard)-/, texts: channel.map(({ text }) => text) },
    { wants: /-standard-/, texts: weekly.map(({ blocks }) => JSON.stringify(blocks)) },
    { wants: /-standard-amd64-generic-.*-k3s-/, texts: issues.map(({ title }) => title) },
  ];
  const shown = releases.flatMap(({ version, tags }) =>
    places
      .filter(({ wants }) => tags.some((tag) => wants.test(tag)))
      .map(({ texts }) => texts.filter((text) => announces(text, version)).length),
  );
  return {
    releases: releases.map(({ version }) => version),
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

interface PublishedRelease {
  readonly version: string;
  readonly tags: readonly string[];
}

/** The stable releases whose Hadron tags all appeared after the first look: read off the registry, not off Herald. */
function publishedReleases(upstream: Pick<Upstream, 'liveTags'>): readonly PublishedRelease[] {
  const byVersion = new Map<string, { tags: string[]; first: Instant }>();
  for (const { tag, start } of upstream.liveTags('kairos/hadron')) {
    const reference = parseReference(`quay.io/kairos/hadron:${tag}`);
    if (!isArtifact(reference) || reference.channel !== 'stable' || reference.version.kind !== 'release' || reference.uki) continue;
    const { text } = reference.version.version;
    const seen = byVersion.get(text);
    byVersion.set(text, { tags: [...(seen?.tags ?? []), tag], first: seen === undefined || start < seen.first ? start : seen.first });
  }
  return [...byVersion].filter(([, { first }]) => first > BASELINE_AT).map(([version, { tags }]) => ({ version, tags }));
}

/** `Kairos v4.3.0 ·` is how every title and every entry of a digest begins; a version that is only compared with is followed by an arrow. */
function announces(text: string, version: string): boolean {
  return text.includes(`Kairos ${version} ·`);
}
