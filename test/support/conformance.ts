/** The tag conformance suite: cases as data (test/conformance/cases.json), and what Herald answers to each. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isArtifact, parseReference, printReference } from '../../src/core/image.ts';
import { candidates } from '../../src/core/upgrade.ts';

const Other = z.strictObject({ tool: z.string(), answer: z.array(z.string()) });

const Case = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/i),
  group: z.string(),
  /** Where the running image comes from. */
  repository: z.string(),
  /** Its tag. */
  running: z.string(),
  /** Tags of the repository (or whole references) in no order, or the name of a list. */
  available: z.union([z.string(), z.array(z.string())]),
  track: z.enum(['os', 'kubernetes', 'both']),
  prereleases: z.boolean().optional(),
  /** What to offer; empty: nothing. */
  answer: z.array(z.string()),
  /** The same image on a newer release of its distribution, which a person has to decide on. */
  osChanges: z.array(z.string()).optional(),
  why: z.string().min(10),
  source: z.url().optional(),
  others: z.array(Other).optional(),
});
export type ConformanceCase = z.infer<typeof Case>;

const Suite = z.strictObject({
  $comment: z.string(),
  /** How each tool's answers were found out. */
  tools: z.record(z.string(), z.string()),
  lists: z.record(z.string(), z.array(z.string())),
  cases: z.array(Case),
});
export type ConformanceSuite = z.infer<typeof Suite>;

export function conformanceSuite(): ConformanceSuite {
  return Suite.parse(JSON.parse(readFileSync(new URL('../conformance/cases.json', import.meta.url), 'utf8')));
}

/** What Herald offers in this case, spelled as the case spells its tags. */
export function heraldAnswers(
  suite: ConformanceSuite,
  asked: ConformanceCase,
): { readonly offers: string[]; readonly osChanges: string[] } {
  const running = parseReference(`${asked.repository}:${asked.running}`);
  if (!isArtifact(running)) throw new Error(`${asked.id}: ${asked.running} is ${running.kind}`);
  const known = availableTo(suite, asked)
    .map((tag) => parseReference(tag.includes('/') ? tag : `${asked.repository}:${tag}`))
    .filter(isArtifact);
  const { offers, osChanges } = candidates(running, known, { track: asked.track, prereleases: asked.prereleases === true });
  const spelled = (list: typeof offers) => list.map(({ artifact }) => printReference(artifact).replace(`${asked.repository}:`, ''));
  return { offers: spelled(offers), osChanges: spelled(osChanges) };
}

export function availableTo({ lists }: ConformanceSuite, { id, available }: ConformanceCase): readonly string[] {
  if (typeof available !== 'string') return available;
  const list = lists[available];
  if (list === undefined) throw new Error(`${id}: there is no list ${available}`);
  return list;
}
