/** What moved inside the images of a release since the one before: a line a kind of image, the important packages first. */
import type { Line, RankedSection } from '../core/message.ts';
import type { PackageNews } from '../core/news.ts';
import { incomparableWords, packageName, versionsWords, vouchedFor } from './sbom.ts';
import { dotted, strong } from './words.ts';

/** Packages that are named of one kind of image. */
const MAX_NAMED = 6;

/** Kinds of image whose packages moved alike are one line. Empty where nothing is known. `before`: what they are compared with. */
export function packageSections(news: readonly PackageNews[], rank: number, before: string): readonly RankedSection[] {
  const alike = Map.groupBy(news, (each) => JSON.stringify([each.sbom, each.difference]));
  const items = [...alike.values()].flatMap((same): readonly Line[] => {
    const [first] = same;
    return first === undefined
      ? []
      : [
          lineOf(
            first,
            same.map(({ combination }) => combination),
          ),
        ];
  });
  if (items.length === 0) return [];
  return [{ rank, section: { kind: 'list', title: `Packages, compared with ${before}`, items } }];
}

function lineOf({ sbom, difference }: PackageNews, combinations: readonly string[]): Line {
  const of: Line = [strong(combinations.map((combination) => combination.replaceAll(' ', ' · ')).join(', ')), ': '];
  if (difference.kind === 'suppressed') return [...of, `not compared: ${difference.reasons.map(incomparableWords).join(' ')}`];
  const { added, removed, changed, highlights, first } = difference;
  const vouched = vouchedFor({ from: { state: sbom.from }, to: { state: sbom.to } });
  const named = highlights.length > 0 ? highlights : first.map((each) => ({ ...each, name: packageName(each) }));
  const moved = named
    .slice(0, MAX_NAMED)
    .map(({ name, from, to }): Line => [`${name} ${versionsWords(from)} → `, strong(versionsWords(to))]);
  const figures = `${changed} changed, ${added} added, ${removed} removed (SBOM ${vouched})`;
  const more = named.length - moved.length;
  return [...of, ...dotted([...moved, ...(more > 0 ? [[`${more} more`]] : []), [figures]])];
}
