import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discoverTags, type KnownTag, type TagEvent, type TagRow } from '../../src/core/discover.ts';
import { type Instant, instant } from '../../src/core/time.ts';

const TAGS = ['a', 'b', 'c', 'latest'];
const NOW = instant('2026-11-23T00:00:00Z');
const moments = fc.option(fc.integer({ min: 0, max: 6 }).map((hour): Instant => instant(Date.UTC(2026, 8, 8, hour))));
const digests = fc.option(fc.constantFrom('sha256:1', 'sha256:2', 'sha256:3'));

const rows = fc.array(
  fc.record({
    kind: fc.constant('tag' as const),
    tag: fc.constantFrom(...TAGS),
    digest: digests,
    size: fc.option(fc.nat(2)),
    since: moments,
    until: moments,
  }) satisfies fc.Arbitrary<TagRow>,
  { maxLength: 16 },
);
const knownTags = fc
  .uniqueArray(fc.record({ tag: fc.constantFrom(...TAGS), digest: digests, removedAt: moments }), { selector: (known) => known.tag })
  .map((tags) => new Map<string, KnownTag>(tags.map((known) => [known.tag, known])));

/** What a store does with the events. */
function apply(known: ReadonlyMap<string, KnownTag>, events: readonly TagEvent[]): Map<string, KnownTag> {
  const after = new Map(known);
  for (const event of events) {
    if (event.kind === 'vanished') {
      after.set(event.tag, { tag: event.tag, digest: known.get(event.tag)?.digest ?? null, removedAt: event.at ?? NOW });
    } else {
      const digest = event.row.digest ?? known.get(event.row.tag)?.digest ?? null;
      after.set(event.row.tag, { tag: event.row.tag, digest, removedAt: null });
    }
  }
  return after;
}

describe('discovery', () => {
  it('is monotone: once the events are applied, the same listing tells nothing more', () => {
    fc.assert(
      fc.property(knownTags, rows, fc.boolean(), (known, listed, complete) => {
        const after = apply(known, discoverTags(known, listed, complete));
        expect(discoverTags(after, listed, complete)).toEqual([]);
      }),
    );
  });

  it('does not depend on the order or the repetition of rows', () => {
    const shuffled = rows.chain((listed) =>
      fc.tuple(fc.constant(listed), fc.shuffledSubarray([...listed, ...listed], { minLength: listed.length * 2 })),
    );
    fc.assert(
      fc.property(knownTags, shuffled, fc.boolean(), (known, [listed, again], complete) => {
        expect(discoverTags(known, again, complete)).toEqual(discoverTags(known, listed, complete));
      }),
    );
  });

  it('never takes a tag away because a partial listing leaves it out', () => {
    fc.assert(
      fc.property(knownTags, rows, (known, listed) => {
        const gone = discoverTags(known, listed, false).flatMap((event) => (event.kind === 'vanished' ? [event.tag] : []));
        for (const tag of gone) expect(listed.some((row) => row.tag === tag && row.until !== null)).toBe(true);
      }),
    );
  });

  it('has one event a tag at most, and only for tags that are listed or known', () => {
    fc.assert(
      fc.property(knownTags, rows, fc.boolean(), (known, listed, complete) => {
        const tags = discoverTags(known, listed, complete).map((event) => (event.kind === 'vanished' ? event.tag : event.row.tag));
        expect(new Set(tags).size).toBe(tags.length);
        for (const tag of tags) expect(known.has(tag) || listed.some((row) => row.tag === tag)).toBe(true);
      }),
    );
  });
});
