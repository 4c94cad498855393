/** An announcement as the data of an event, for programs. The shapes are documented in docs/webhook.md and only ever grow. */
import { plainLine } from '../core/message.ts';
import type { ReleaseNotes } from '../core/news.ts';
import { GRAVE_SECTIONS } from '../core/notes-model.ts';
import type { DigestFacts, Facts, PublishedImage, ReleaseFacts } from '../core/release.ts';
import type { Announcement, Payload } from '../ports.ts';

type WebhookPayload = Extract<Payload, { kind: 'webhook' }>;

/** Receivers and their proxies commonly take a megabyte; half of that leaves room for a digest's other releases. */
const MAX_IMAGES = 1_000;

const TYPES: Readonly<Record<Facts['kind'], string>> = {
  release: 'io.kairos.herald.release.v1',
  digest: 'io.kairos.herald.digest.v1',
  notice: 'io.kairos.herald.notice.v1',
};

/** `facts`: the reader's view of what is announced. A pure function of what is stored: a replay gives the same event. */
export function renderCloudEvent({ subject, revision, createdAt }: Omit<Announcement, 'facts' | 'id'>, facts: Facts): WebhookPayload {
  return { kind: 'webhook', type: TYPES[facts.kind], subject, time: createdAt, revision, data: { revision, ...dataOf(facts) } };
}

function dataOf(facts: Facts): Readonly<Record<string, unknown>> {
  switch (facts.kind) {
    case 'release':
      return releaseData(facts);
    case 'digest':
      return digestData(facts);
    case 'notice': {
      const { kind: _, ...notice } = facts;
      return notice;
    }
  }
}

function releaseData(facts: ReleaseFacts): Readonly<Record<string, unknown>> {
  const {
    project,
    version,
    channel,
    classification,
    images,
    page,
    supersededBy,
    completeness,
    withdrawn,
    retracted,
    notes = [],
    packages = [],
  } = facts;
  const { bump, components, previous, backport, latest, reasons } = classification;
  const expected = completeness?.images ?? [];
  return {
    project,
    version,
    channel,
    bump,
    components,
    previous,
    backport,
    latest,
    reasons,
    images: images.slice(0, MAX_IMAGES).map(imageData),
    imagesLeftOut: Math.max(0, images.length - MAX_IMAGES),
    page: page === null ? null : { url: page.url, title: page.title, publishedAt: page.publishedAt, files: page.assets },
    supersededBy,
    expectedImages: expected.length,
    missingImages: expected.filter(({ status }) => status !== 'present'),
    withdrawn: withdrawn ?? null,
    retracted: retracted === true,
    warnings: notes.flatMap(warningsOf),
    packages,
  };
}

/** Of notes only what nobody may miss, as text: all of them would make the event too large, and the page is named. */
function warningsOf({ version, notes }: ReleaseNotes) {
  return GRAVE_SECTIONS.flatMap((section) => notes.sections[section].map(({ text }) => ({ version, section, text: plainLine(text) })));
}

function imageData({ reference, digest, size, pushedAt, removedAt, verdict }: PublishedImage) {
  return { reference, digest, size, pushedAt, removedAt, verdict: verdict ?? null };
}

function digestData({ from, to, releases }: DigestFacts): Readonly<Record<string, unknown>> {
  return { from, to, releases: releases.map(releaseData) };
}
