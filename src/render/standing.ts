/** How far an answer can be trusted that rests on many places: what could not be checked, and when the rest was. */
import type { Place } from '../core/history.ts';
import type { Line, RankedSection } from '../core/message.ts';
import { lastChecked } from './answer.ts';
import { count, moment, strong } from './words.ts';

/** "Could not check" is said before anything that may be out of date because of it; one item a place. */
export function troubles(places: readonly Place[]): readonly RankedSection[] {
  const items = places.flatMap(({ repository, failingSince, failure, lastSuccessAt }): readonly Line[] => {
    if (failingSince === null) return [];
    const from = lastSuccessAt === null ? 'Nothing of it is known.' : `What is shown of it is from ${moment(lastSuccessAt)}.`;
    return [[strong(`Could not check ${repository} since ${moment(failingSince)}.`), ` ${failure?.message ?? ''} ${from}`]];
  });
  return items.map((line) => ({ rank: 1, section: { kind: 'text', line } }));
}

/** More places than this are said in one line. */
const MAX_LINES = 4;

/** When the places were last checked: a line for each that is published to while they are few, one for all that are not any more. */
export function checkedLines(places: readonly Place[]): readonly Line[] {
  const active = places.filter(({ lifecycle }) => lifecycle.state === 'active');
  const ended = places.filter(({ lifecycle }) => lifecycle.state !== 'active');
  return [
    ...(active.length > MAX_LINES ? [together(active, 'still published to')] : active.map(lastChecked)),
    ...(ended.length > 1 ? [together(ended, 'no longer published to')] : ended.map(lastChecked)),
  ];
}

function together(places: readonly Place[], what: string): Line {
  const [oldest] = places.flatMap(({ lastSuccessAt }) => lastSuccessAt ?? []).sort();
  const never = places.filter(({ lastSuccessAt }) => lastSuccessAt === null).length;
  const parts = [
    ...(oldest === undefined ? [] : [`last checked ${moment(oldest)} or later`]),
    ...(never === 0 ? [] : [never === places.length ? 'never checked' : `${never} never checked`]),
  ];
  return [`${count(places.length, 'place')} ${what}: ${parts.join(', ')}.`];
}
