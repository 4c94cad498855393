/** What Herald's operator should know: unknown tag formats, and sources that went blind or see again. Each is told once. */
import type { ReleaseOutline } from '../core/classify.ts';
import type { NoticeFacts, ReleaseKey } from '../core/release.ts';
import type { Target, TargetHealth } from '../core/target.ts';
import { type Instant, MS, msBetween } from '../core/time.ts';
import { compareVersions, parseVersion } from '../core/version.ts';
import type { StoreWriter } from '../ports.ts';
import { fanOutNotice } from './fan-out.ts';
import type { SeenFormat } from './record-observations.ts';

/** A source that fails now and then is weather; one that fails this long, or in a way that only a person can mend, is blind. */
const BLIND_AFTER_MS = 15 * MS.minute;

/** New formats of one poll that get a notice each; a registry full of nonsense must not flood the operator. */
const MAX_FORMATS = 5;

/** How many tags a notice shows as examples. */
const EXAMPLES = 3;

/** Notices of a successful poll: one a new unrecognised format, and "sees again" when the source was reported blind. */
export async function noticesAfterSuccess(
  writer: StoreWriter,
  target: Target,
  before: TargetHealth,
  newFormats: readonly SeenFormat[],
  now: Instant,
): Promise<readonly string[]> {
  const owed: string[] = [];
  for (const seen of atMost(newFormats, MAX_FORMATS)) {
    owed.push(...(await tellOnce(writer, `notice:unrecognised-format:${target.id}:${seen.format}`, unrecognisedFormat(target, seen), now)));
  }
  if (before.failingSince !== null && (await writer.announcement(blindSubject(target, before.failingSince))) !== null) {
    const facts: NoticeFacts = {
      kind: 'notice',
      notice: 'source-recovered',
      target: target.id,
      blindFor: msBetween(before.failingSince, now),
    };
    owed.push(...(await tellOnce(writer, `notice:source-recovered:${target.id}:${before.failingSince}`, facts, now)));
  }
  return owed;
}

/** The notice of a failed poll, once a streak. */
export async function noticesAfterFailure(
  writer: StoreWriter,
  target: Target,
  health: TargetHealth,
  now: Instant,
): Promise<readonly string[]> {
  const { failure, failingSince } = health;
  if (failure === null || failingSince === null) return [];
  if (failure.disposition === 'transient' && msBetween(failingSince, now) < BLIND_AFTER_MS) return [];
  const facts: NoticeFacts = { kind: 'notice', notice: 'source-blind', target: target.id, since: failingSince, error: failure.message };
  return tellOnce(writer, blindSubject(target, failingSince), facts, now);
}

/** A release that is held, once: whether it was a mistake upstream or a new way of counting is for a person to say. */
export function noticeOfHeld(
  writer: StoreWriter,
  target: Target,
  key: ReleaseKey,
  known: readonly ReleaseOutline[],
  now: Instant,
): Promise<readonly string[]> {
  const version = key.slice(key.indexOf('@') + 1);
  const highest =
    known
      .flatMap((outline) => parseVersion(outline.version) ?? [])
      .sort(compareVersions)
      .at(-1)?.text ?? null;
  const facts: NoticeFacts = { kind: 'notice', notice: 'release-held', target: target.id, project: target.project, version, highest };
  return tellOnce(writer, `notice:release-held:${key}`, facts, now);
}

async function tellOnce(writer: StoreWriter, subject: string, facts: NoticeFacts, now: Instant): Promise<readonly string[]> {
  return (await writer.announcement(subject)) === null ? fanOutNotice(writer, subject, facts, now) : [];
}

/** The first few formats, and the rest of them as one. */
function atMost(formats: readonly SeenFormat[], max: number): readonly SeenFormat[] {
  const [kept, rest] = [formats.slice(0, max), formats.slice(max)];
  const [first] = rest;
  if (first === undefined) return kept;
  const tags = rest.flatMap((seen) => seen.tags);
  return [...kept, { format: `${first.format} and ${rest.length - 1} more formats`, reason: first.reason, tags }];
}

function blindSubject(target: Target, since: Instant): string {
  return `notice:source-blind:${target.id}:${since}`;
}

function unrecognisedFormat(target: Target, seen: SeenFormat): NoticeFacts {
  return {
    kind: 'notice',
    notice: 'unrecognised-format',
    target: target.id,
    format: seen.format,
    reason: seen.reason,
    examples: seen.tags.slice(0, EXAMPLES),
    count: seen.tags.length,
  };
}
