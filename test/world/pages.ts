/** The release pages as a list of edits in time, and what a moment sees of them. */
import { type Instant, plusMs } from '../../src/core/time.ts';
import { DELAY, ISO_DIGESTS, RELEASES, type RecordedRelease, startOf } from './history.ts';
import { sha256 } from './images.ts';
import { notesOf, placeholder } from './notes.ts';
import { PUBLICATIONS } from './publications.ts';

export interface Asset {
  readonly name: string;
  readonly size: number;
  readonly digest: string;
  readonly at: Instant;
}

export interface Page {
  readonly version: string;
  readonly createdAt: Instant;
  readonly publishedAt: Instant;
  readonly updatedAt: Instant;
  readonly body: string;
  readonly assets: readonly Asset[];
}

export interface Pages {
  /** The pages published by `now`, newest tag first as the REST API lists them. */
  at(now: Instant): readonly Page[];
  /** Replaces the notes of a page. Throws when there is no such page at that moment. */
  edit(version: string, body: string, at: Instant): void;
}

interface Edit {
  readonly version: string;
  readonly at: Instant;
  readonly body: string;
}

/** The files beside each ISO since v3.7. */
const SIDE_FILES = ['.sha256', '.sha256.sig', '.sha256.pem', '.sha256.bundle'] as const;

function assetsOf(version: string): readonly Asset[] {
  return PUBLICATIONS.filter((publication) => publication.version === version).flatMap(({ iso, at }) =>
    iso === null
      ? []
      : [
          { name: iso, size: 1_150_000_000, digest: ISO_DIGESTS[iso] === undefined ? sha256(iso) : `sha256:${ISO_DIGESTS[iso]}`, at },
          ...SIDE_FILES.map((suffix) => ({ name: `${iso}${suffix}`, size: 128, digest: sha256(`${iso}${suffix}`), at })),
        ],
  );
}

function editsOf(recorded: RecordedRelease): readonly Edit[] {
  const { version } = recorded;
  const publishedAt = plusMs(startOf(recorded), DELAY.page);
  return [
    { version, at: publishedAt, body: placeholder(version) },
    { version, at: plusMs(startOf(recorded), DELAY.notes), body: notesOf(recorded) },
  ];
}

export function recordedPages(): Pages {
  const edits: Edit[] = RELEASES.flatMap(editsOf);

  function pageOf({ version, taggedAt }: RecordedRelease, now: Instant): Page | null {
    const seen = edits.filter((edit) => edit.version === version && edit.at <= now).sort((a, b) => a.at.localeCompare(b.at));
    const first = seen[0];
    const last = seen.at(-1);
    if (first === undefined || last === undefined) {
      return null;
    }
    const assets = assetsOf(version).filter(({ at }) => at <= now);
    return { version, createdAt: taggedAt, publishedAt: first.at, updatedAt: last.at, body: last.body, assets };
  }

  const at = (now: Instant): readonly Page[] =>
    RELEASES.flatMap((recorded) => pageOf(recorded, now) ?? []).sort(
      (a, b) => b.createdAt.localeCompare(a.createdAt) || b.publishedAt.localeCompare(a.publishedAt),
    );

  return {
    at,
    edit: (version, body, when) => {
      if (!at(when).some((page) => page.version === version)) {
        throw new Error(`no release page ${version} at ${when}`);
      }
      edits.push({ version, at: when, body });
    },
  };
}
