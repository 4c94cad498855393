import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/core/nearest.ts';

const CADENCES = ['immediate', 'hourly', 'daily', 'weekly', 'monthly'];
const FLAVORS = ['hadron', 'rockylinux', 'ubuntu', 'opensuse', 'alpine', 'fedora', 'debian'];

describe('"did you mean"', () => {
  it.each<[typed: string, known: string[], expected: string | null, why: string]>([
    ['weakly', CADENCES, 'weekly', 'a wrong letter'],
    ['dialy', CADENCES, 'daily', 'two swapped letters are one slip'],
    ['montly', CADENCES, 'monthly', 'a missing letter'],
    ['hourrly', CADENCES, 'hourly', 'an extra letter'],
    ['HADRO', FLAVORS, 'hadron', 'letter case does not matter'],
    ['ubnutu', FLAVORS, 'ubuntu', 'two slips in a word of six letters'],
    ['fortnightly', CADENCES, null, 'nothing is near'],
    ['arch', FLAVORS, null, 'a short word must be nearly right'],
    ['up', ['us', 'os'], null, 'two letters are too few to guess from'],
    ['', CADENCES, null, 'nothing typed'],
    ['bit', ['bat', 'bet'], 'bat', 'the first of equals'],
  ])('%s among %j is %s: %s', (typed, known, expected) => {
    expect(nearest(typed, known)).toBe(expected);
  });

  it('does not spend time on absurdly long words', () => {
    expect(nearest('w'.repeat(1_000_000), CADENCES)).toBeNull();
  });
});
