/** docs/tag-conformance.md, from the suite: `npm run conformance` writes it, a test compares. */
import { type ConformanceCase, type ConformanceSuite, heraldAnswers } from './conformance.ts';

interface Score {
  right: number;
  wrong: number;
  /** Told nothing where there was something to offer. */
  silent: number;
}

export function conformancePage(suite: ConformanceSuite): string {
  const groups = Map.groupBy(suite.cases, ({ group }) => group);
  return [
    INTRODUCTION,
    '## Totals',
    totals(suite),
    ...[...groups].flatMap(([group, cases]) => [`## ${group}`, ...cases.map((asked) => section(suite, asked))]),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

const INTRODUCTION = `# Tag conformance

<!-- Generated from test/conformance/cases.json by "npm run conformance"; edit the cases, not this page. -->

What an update checker must answer to people who run Kairos: a running image, the tags that are available, what may move
(\`os\`: Kairos and its base, \`kubernetes\`, or \`both\`), and the one right answer with the reason.

The cases are plain data and belong to no tool: [test/conformance/cases.json](../test/conformance/cases.json). To run another
checker against them, give it \`running\` and \`available\` of each case and compare what it offers with \`answer\`. What other
tools answer is written down only where it was found out, with the way it was found out; see the table.`;

function totals(suite: ConformanceSuite): string {
  const herald: Score = { right: 0, wrong: 0, silent: 0 };
  const others = new Map(Object.keys(suite.tools).map((tool): [string, Score] => [tool, { right: 0, wrong: 0, silent: 0 }]));
  for (const asked of suite.cases) {
    count(herald, asked, heraldAnswers(suite, asked).offers);
    for (const { tool, answer } of asked.others ?? []) count(others.get(tool), asked, answer);
  }
  const row = (name: string, { right, wrong, silent }: Score, how: string) =>
    `| ${name} | ${right + wrong + silent} | ${right} | ${wrong} | ${silent} | ${how} |`;
  return [
    '| tool | cases answered | right | wrong | nothing, where there was something | how it was found out |',
    '|---|---|---|---|---|---|',
    row('Kairos Herald', herald, 'run with this page'),
    ...[...others].map(([tool, score]) => row(tool, score, suite.tools[tool] ?? '')),
  ].join('\n');
}

function count(score: Score | undefined, { answer }: ConformanceCase, given: readonly string[]): void {
  if (score === undefined) throw new Error('an answer of a tool that is not in the list of tools');
  if (same(given, answer)) score.right += 1;
  else if (given.length === 0) score.silent += 1;
  else score.wrong += 1;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, index) => tag === b[index]);
}

function section(suite: ConformanceSuite, asked: ConformanceCase): string {
  const { id, repository, running, available, track, prereleases, answer, osChanges, why, source, others = [] } = asked;
  const given =
    typeof available === 'string' ? `the ${suite.lists[available]?.length ?? 0} tags of the list \`${available}\`` : listOf(available);
  return [
    `### ${id}`,
    '',
    `${why}${source === undefined ? '' : ` ([${source.split('/').slice(3).join('/')}](${source}))`}`,
    '',
    `* runs: \`${repository}:${running}\``,
    `* available: ${given}`,
    `* may move: ${track}${prereleases === true ? ', prereleases too' : ''}`,
    `* **right: ${listOf(answer)}**`,
    ...(osChanges === undefined || osChanges.length === 0 ? [] : [`* for a person to decide: ${listOf(osChanges)}`]),
    ...others.map((other) => `* ${other.tool}: ${listOf(other.answer)} ${same(other.answer, answer) ? '(right)' : '(wrong)'}`),
  ].join('\n');
}

function listOf(tags: readonly string[]): string {
  return tags.length === 0 ? 'nothing' : tags.map((tag) => `\`${tag}\``).join(', ');
}
