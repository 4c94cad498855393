/** A release as a message: what moved, which images there are, what to pull. Short first; the details have the higher ranks. */
import type { Inline, Line, Message, RankedSection } from '../core/message.ts';
import { aggregate } from '../core/notes-aggregate.ts';
import { artifactOf, type ChangedFile, type PublishedImage, type ReleaseFacts } from '../core/release.ts';
import { isAlarming } from '../core/signature-alert.ts';
import type { Subscription } from '../core/subscription.ts';
import { day } from '../core/time.ts';
import { incomplete } from './completeness.ts';
import { footerOf } from './footer.ts';
import { flavorsOf, groupsOf, type ImageGroup, imageTable, kubernetesOf, newestReferences } from './images.ts';
import { notesSections } from './notes.ts';
import { packageSections } from './package-news.ts';
import { verdictRows, verdictSections } from './verdict.ts';
import { bumpWord, code, count, dotted, link, projectName, reasonWords, shortDigest, strong, toneOf } from './words.ts';

/** What a subscription is told of a release; `subscription` is null where there is none (a terminal, a page). */
export function releaseMessage(facts: ReleaseFacts, subscription: Subscription | null): Message {
  const groups = groupsOf(facts.images);
  const written = writtenSections(facts);
  return {
    tone: releaseTone(facts),
    title: releaseTitle(facts),
    summary: changesLine(facts),
    sections: [
      ...notes(facts),
      ...verdictSections(facts.images),
      ...incomplete(facts),
      ...written.filter(({ rank }) => rank <= GRAVE),
      ...(groups.length > 0 ? [{ rank: 2, section: imageTable(groups) }] : gone(facts)),
      { rank: 1, section: { kind: 'facts', rows: factRows(facts) } },
      ...written.filter(({ rank }) => rank > GRAVE),
      ...listOf(3, 'Pushed again with other content', facts.images.flatMap(rePushed)),
      ...packageSections(facts.packages ?? [], 3, facts.classification.previous ?? 'the release before'),
      ...listOf(4, 'Removed from the registry', facts.images.flatMap(removed)),
      ...fileChanges(facts.page?.changedFiles ?? []),
      ...pull(groups),
    ],
    footer: footerOf(facts.images, subscription),
    labels: labelsOf(facts),
  };
}

/** Sections of notes of this rank and better stand before the images: security, breaking changes, known issues. */
const GRAVE = 2;

/** What its page says, and the pages of the releases that this reader skipped. */
function writtenSections({ notes = [], page }: ReleaseFacts): readonly RankedSection[] {
  return notes.length === 0 ? [] : notesSections(aggregate(notes), { page: page?.url ?? null });
}

function releaseTone(facts: ReleaseFacts): Message['tone'] {
  const { images, withdrawn, supersededBy, classification } = facts;
  if (images.some(isAlarming) || facts.retracted === true) return 'alarm';
  if (withdrawn != null) return 'warning';
  return supersededBy === null ? toneOf(classification.bump) : 'neutral';
}

/** `Kairos v4.3.0 · minor · Hadron v0.5.1 · k3s/k0s 1.36.4, 1.35.8, 1.34.11`. */
export function releaseTitle(facts: ReleaseFacts): string {
  const groups = groupsOf(facts.images);
  const { bump, backport } = facts.classification;
  return [
    `${projectName(facts.project)} ${facts.version}`,
    ...(bump === 'none' ? [] : [bumpWord(bump)]),
    ...(backport ? ['backport'] : []),
    ...(facts.withdrawn == null ? [] : ['withdrawn']),
    ...(facts.retracted === true ? ['retracted'] : []),
    ...(facts.images.some(isAlarming) ? ['signature rejected'] : []),
    flavorsOf(groups),
    kubernetesOf(groups),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What moved, component by component. */
export function changesLine({ project, classification: { reasons } }: ReleaseFacts): Line {
  const compared = reasons.filter((reason) => reason.kind === 'compared');
  return dotted(
    (compared.length > 0 ? compared : reasons.filter((reason) => reason.kind === 'first-release')).map((reason) =>
      reasonWords(reason, project),
    ),
  );
}

/** What a reader must not miss, as sentences: that it is a backport, promoted, renumbered, rebuilt. Empty when there is nothing of the kind. */
export function notesLine({ classification }: ReleaseFacts): Line {
  const sentences = classification.reasons
    .filter(({ kind }) => kind !== 'compared' && kind !== 'first-release')
    .map((reason) => reasonWords(reason));
  return sentences.flatMap((sentence, index) => [...(index === 0 ? [] : [' ']), ...sentence, '.']);
}

function notes(facts: ReleaseFacts): readonly RankedSection[] {
  const superseded: Line = facts.supersededBy === null ? [] : [strong(`Superseded by ${facts.supersededBy}.`), ' Take that one instead.'];
  return [withdrawnLine(facts), superseded, notesLine(facts)]
    .filter((line) => line.length > 0)
    .map((line) => ({ rank: 1, section: { kind: 'text', line } }));
}

const WITHDRAWN = {
  all: 'Its page and all its images are gone.',
  images: 'All its images are gone from the registry.',
  page: 'Its release page is gone.',
};

/** A release that was taken back, sometimes days later and for a reason: nobody should go on to it. */
function withdrawnLine({ withdrawn }: ReleaseFacts): Line {
  return withdrawn == null ? [] : [strong('Withdrawn.'), ` ${WITHDRAWN[withdrawn]} Do not upgrade to it before you know why.`];
}

/** Who downloaded one of these before may have another file than who does so now. */
function fileChanges(changes: readonly ChangedFile[]): readonly RankedSection[] {
  const replaced = changes.flatMap(({ name, from, to, at }): readonly Line[] =>
    from === null || to === null ? [] : [[code(name), ` ${day(at)}: `, code(shortDigest(from)), ' → ', code(shortDigest(to))]],
  );
  const gone = changes.flatMap(({ name, to, at }): readonly Line[] => (to === null ? [[code(name), ` ${day(at)}`]] : []));
  return [...listOf(3, 'Files replaced after publication', replaced), ...listOf(4, 'Files removed after publication', gone)];
}

/** Somebody who was told of images that are all gone must read that they are gone. */
function gone({ project, images }: ReleaseFacts): readonly RankedSection[] {
  if (project !== 'kairos' && images.every((image) => artifactOf(image) === null)) return [];
  const line: Line =
    images.length > 0 ? [strong('None of these images is published any more.')] : ['No images of this release are in the registry yet.'];
  return [{ rank: 1, section: { kind: 'text', line } }];
}

function factRows({ page, images }: ReleaseFacts): readonly { label: string; value: Line }[] {
  const dates = [page?.publishedAt ?? null, ...images.map((image) => image.pushedAt)].filter((at) => at !== null).sort();
  const [first] = dates;
  return [
    { label: 'Release page', value: page === null ? ['none seen yet'] : [pageLink(page.url), ` (${count(page.assets, 'file')})`] },
    ...verdictRows(images),
    ...(first === undefined ? [] : [{ label: 'Published', value: [day(first)] }]),
  ];
}

/** The page's address without its scheme, so that the text says where the link leads. */
export function pageLink(url: string): Inline {
  const parsed = URL.parse(url);
  return link(parsed === null ? url : parsed.host + parsed.pathname, url);
}

function pull(groups: readonly ImageGroup[]): readonly RankedSection[] {
  const references = newestReferences(groups);
  if (references.length === 0) return [];
  return [{ rank: 5, section: { kind: 'code', title: 'Pull, newest Kubernetes of each', language: '', text: references.join('\n') } }];
}

/** Images are pushed twice while a release is being made; only what changed after Herald saw it is worth a line. */
function rePushed({ reference, digest, replaced, firstSeenAt, removedAt }: PublishedImage): readonly Line[] {
  const last = replaced.at(-1);
  if (last === undefined || last.until <= firstSeenAt || removedAt !== null) return [];
  const now = digest === null ? 'unknown' : shortDigest(digest);
  return [[code(tagOf(reference)), ` ${day(last.until)}: `, code(shortDigest(last.digest)), ' → ', code(now)]];
}

function removed({ reference, removedAt }: PublishedImage): readonly Line[] {
  return removedAt === null ? [] : [[code(tagOf(reference)), ` ${day(removedAt)}`]];
}

function tagOf(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}

function listOf(rank: number, title: string, items: readonly Line[]): readonly RankedSection[] {
  return items.length === 0 ? [] : [{ rank, section: { kind: 'list', title: `${title} (${items.length})`, items } }];
}

/** `kairos/release` and one for the bump; sinks that have labels create them when missing. */
function labelsOf(facts: ReleaseFacts): readonly string[] {
  const {
    images,
    classification: { bump, backport },
  } = facts;
  return [
    'kairos/release',
    ...(bump === 'none' ? [] : [`kairos/${bump}`]),
    ...(backport ? ['kairos/backport'] : []),
    ...(facts.retracted === true ? ['kairos/retracted'] : []),
    ...(images.some(isAlarming) ? ['kairos/rejected'] : []),
  ];
}
