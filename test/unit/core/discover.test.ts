import { describe, expect, it } from 'vitest';
import { discoverTags, type KnownTag, type TagEvent, type TagRow } from '../../../src/core/discover.ts';
import { instant } from '../../../src/core/time.ts';

const TAG = 'v0.5.1-core-amd64-generic-v4.3.0';

/** A row of a tag; days are days of September 2026. */
function row(digest: string | null, since: number | null, until: number | null = null, tag = TAG): TagRow {
  const day = (n: number | null) => (n === null ? null : instant(Date.UTC(2026, 8, n)));
  return { kind: 'tag', tag, digest, size: null, since: day(since), until: day(until) };
}

function known(...tags: readonly (readonly [digest: string | null, removed?: number | undefined, tag?: string])[]): Map<string, KnownTag> {
  return new Map(
    tags.map(([digest, removed, tag = TAG]) => [
      tag,
      { tag, digest, removedAt: removed === undefined ? null : instant(Date.UTC(2026, 8, removed)) },
    ]),
  );
}

describe('what a poll finds of one tag', () => {
  const [a8, a8to9, b9, b9to10, c10] = [row('a', 8), row('a', 8, 9), row('b', 9), row('b', 9, 10), row('c', 10)];

  it.each<[what: string, known: Map<string, KnownTag>, rows: TagRow[], complete: boolean, expected: TagEvent[]]>([
    ['a tag never seen', known(), [a8], false, [{ kind: 'added', row: a8, history: [] }]],
    [
      'a new tag that was re-pushed before the first look',
      known(),
      [c10, b9to10, a8to9],
      false,
      [{ kind: 'added', row: c10, history: [a8to9, b9to10] }],
    ],
    ['nothing new', known(['a']), [a8], true, []],
    ['a re-push', known(['a']), [b9, a8to9], false, [{ kind: 'moved', row: b9, from: 'a', history: [] }]],
    [
      'several re-pushes since the last poll',
      known(['a']),
      [c10, b9to10, a8to9],
      false,
      [{ kind: 'moved', row: c10, from: 'a', history: [b9to10] }],
    ],
    [
      'a re-push whose old row lies behind the watermark',
      known(['a']),
      [c10, b9to10],
      false,
      [{ kind: 'moved', row: c10, from: 'a', history: [b9to10] }],
    ],
    [
      're-pushes known already are not told again',
      known(['b']),
      [c10, b9to10, a8to9],
      true,
      [{ kind: 'moved', row: c10, from: 'b', history: [] }],
    ],
    ['a re-push and back again', known(['a']), [row('a', 10), b9to10, a8to9], true, []],
    ['rows out of order', known(['a']), [a8to9, c10, b9to10], false, [{ kind: 'moved', row: c10, from: 'a', history: [b9to10] }]],
    ['the same row listed twice', known(), [a8, a8], false, [{ kind: 'added', row: a8, history: [] }]],
    [
      'an old row listed twice',
      known(['a']),
      [c10, b9to10, b9to10, a8to9],
      false,
      [{ kind: 'moved', row: c10, from: 'a', history: [b9to10] }],
    ],
    ['a deletion', known(['a']), [a8to9], false, [{ kind: 'vanished', tag: TAG, at: instant('2026-09-09') }]],
    ['a re-push and then a deletion', known(['a']), [a8to9, b9to10], false, [{ kind: 'vanished', tag: TAG, at: instant('2026-09-10') }]],
    ['a deletion already known', known(['a', 9]), [a8to9], true, []],
    ['a tag missing from a complete listing', known(['a']), [], true, [{ kind: 'vanished', tag: TAG, at: null }]],
    ['a tag missing from a partial listing', known(['a']), [], false, []],
    ['a tag missing and known to be gone', known(['a', 9]), [], true, []],
    ['a tag that came back as it was', known(['a', 9]), [row('a', 10), a8to9], false, [{ kind: 'restored', row: row('a', 10) }]],
    ['a tag that came back as something else', known(['a', 9]), [c10, a8to9], false, [{ kind: 'moved', row: c10, from: 'a', history: [] }]],
    ['a tag that came and went unseen', known(), [a8to9], true, []],
    ['a plain tag list, first time', known(), [row(null, null)], true, [{ kind: 'added', row: row(null, null), history: [] }]],
    ['a plain tag list, next time', known([null]), [row(null, null)], true, []],
    ['a plain tag list says nothing about digests', known(['a']), [row(null, null)], true, []],
    ['a digest learnt later is no move', known([null]), [a8], true, [{ kind: 'identified', row: a8 }]],
    ['a digest that is not told this time', known(['a']), [row(null, null)], true, []],
    ['a tag back in a plain tag list', known(['a', 9]), [row(null, null)], true, [{ kind: 'restored', row: row(null, null) }]],
  ])('%s', (_what, knownTags, rows, complete, expected) => {
    expect(discoverTags(knownTags, rows, complete)).toEqual(expected);
  });
});

describe('what a poll finds of many tags', () => {
  it('is told in the order it happened, undated last and by name', () => {
    const rows = [row('a', 9, null, 'later'), row('a', null, null, 'undated-b'), row('a', 8, null, 'b'), row('a', 8, null, 'a')];
    const events = discoverTags(known(['x', undefined, 'undated-a'], ['x', undefined, 'dead']), [...rows, row('x', 1, 5, 'dead')], true);
    expect(events.map((event) => (event.kind === 'vanished' ? `-${event.tag}` : `+${event.row.tag}`))).toEqual([
      '-dead',
      '+a',
      '+b',
      '+later',
      '-undated-a',
      '+undated-b',
    ]);
  });
});
