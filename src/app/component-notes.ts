/** What the components inside a release say of themselves on release pages of their own: up to v4.2 most changes of Kairos were written there. */
import { compareTexts } from '../core/history.ts';
import type { PartChange } from '../core/parts.ts';
import { type ComponentNotes, notesIn } from '../core/release-notes.ts';
import type { StoreReader } from '../ports.ts';

/** The notes of each component that moved, from after its old version up to its new one, newest first; of those only that are watched. */
export async function componentNotes(store: StoreReader, changes: readonly PartChange[]): Promise<readonly ComponentNotes[]> {
  const moved = changes.flatMap(({ name, from, to }) => (from === null || to === null || from === to ? [] : [{ name, from, to }]));
  return Promise.all(
    moved.map(async ({ name, from, to }) => {
      const releases = (await store.releases(name)).filter(
        ({ channel, version }) => channel === 'stable' && compareTexts(version, from) > 0 && compareTexts(version, to) <= 0,
      );
      const newestFirst = releases.toSorted((a, b) => compareTexts(b.version, a.version));
      return { name, notes: notesIn(name, newestFirst) };
    }),
  );
}
