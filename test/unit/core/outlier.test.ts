import { describe, expect, it } from 'vitest';
import { outliersAmong } from '../../../src/core/outlier.ts';
import { KAIROS_HISTORY } from '../../support/kairos-history.ts';

const outliers = (...versions: string[]) => [...outliersAmong(versions)];

describe('a version nobody should believe at once', () => {
  it.each([
    ['a jump of ten majors', ['v4.2.0', 'v4.3.0', 'v14.0.0'], ['v14.0.0']],
    ['v999.0.0, pushed by mistake', ['v4.3.0', 'v999.0.0'], ['v999.0.0']],
    ['osbuilder-tools v0.400.3 above v0.201.0', ['v0.201.0', 'v0.6.7', 'v0.400.3'], ['v0.201.0', 'v0.400.3']],
    ['a candidate of one', ['v4.3.0', 'v44.0.0-rc1'], ['v44.0.0-rc1']],
  ])('%s', (_what, versions, expected) => {
    expect(outliers(...versions)).toEqual(expected);
  });

  it.each([
    ['a major', ['v3.7.2', 'v4.0.0']],
    ['a renumbering: kairos-init took over the numbers of Kairos', ['v0.17.3', 'v4.3.0']],
    ['a backport, however far below', ['v4.3.0', 'v3.7.3', 'v1.6.2']],
    ['a new way of counting that went on: osbuilder from v0.15 to v0.100', ['v0.15.0', 'v0.100.0', 'v0.200.0', 'v0.200.1', 'v0.200.2']],
    ['the first version there is', ['v999.0.0']],
    ['what is no version', ['master', 'v1.24.3-56']],
  ])('is not: %s', (_what, versions) => {
    expect(outliers(...versions)).toEqual([]);
  });

  it('none of the versions Kairos really published', () => {
    expect(outliers(...KAIROS_HISTORY.map(({ version }) => version))).toEqual([]);
  });
});
