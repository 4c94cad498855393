/**
 * What of an edit of release notes is news: bodies are edited for weeks, and somebody who was told of a release must hear that it
 * was retracted or has a security problem, and not that a typo was corrected.
 */
import { plainLine } from './message.ts';
import { GRAVE_SECTIONS, type NoteItem, type Notes, referencesKey, wordsKey } from './notes-model.ts';
import { advisoriesIn } from './notes-words.ts';

/** The items that are new, by section. At least one list has an item. */
export type MaterialChange = Readonly<Record<(typeof GRAVE_SECTIONS)[number], readonly NoteItem[]>>;

/** So many words tell whether two texts are the same. */
const WORDS = 150;

/** This share of words in common makes one item out of two spellings. */
const SAME = 0.6;

/** What an edit added that a reader must hear of; null for anything else. What was there in a graver section is not new. */
export function materialChange(before: Notes, after: Notes): MaterialChange | null {
  const added = (name: (typeof GRAVE_SECTIONS)[number]): readonly NoteItem[] => {
    const graver = GRAVE_SECTIONS.slice(0, GRAVE_SECTIONS.indexOf(name) + 1);
    const old = graver.flatMap((section) => before.sections[section]);
    const advisories = new Set(old.flatMap((item) => advisoriesIn(plainLine(item.text))));
    const known = old.map((item) => ({ references: referencesKey(item), words: wordsOf(item) }));
    return after.sections[name].filter((item) => {
      if (advisoriesIn(plainLine(item.text)).some((id) => !advisories.has(id))) return true;
      const references = referencesKey(item);
      const words = wordsOf(item);
      return !known.some((other) => (references !== null && references === other.references) || inCommon(words, other.words) >= SAME);
    });
  };
  const change = {
    retraction: added('retraction'),
    security: added('security'),
    breaking: added('breaking'),
    knownIssues: added('knownIssues'),
  };
  return Object.values(change).some((items) => items.length > 0) ? change : null;
}

function wordsOf(item: NoteItem): ReadonlySet<string> {
  return new Set(wordsKey(item).split(' ').slice(0, WORDS));
}

/** The share of words two texts have in common: 1 for the same words, 0 for none. */
function inCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  return (2 * [...a].filter((word) => b.has(word)).length) / Math.max(1, a.size + b.size);
}
