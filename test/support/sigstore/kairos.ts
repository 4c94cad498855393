/** Whom the release workflows of Kairos have signed as: a period for each way of building. The numbers of accounts and runs are made up. */
import { createHash } from 'node:crypto';
import type { Identity } from './identity.ts';

/**
 * B: v2.0.0 – v3.3, `release.yaml` itself. B-arm: its arm images. C: v3.4.0 – v3.5.0, a reusable workflow of the repository.
 * D: v3.5.1 – v4.2.0, the reusable workflow of another repository, pinned by commit. E: from v4.3.0 on, that workflow moved into Kairos.
 */
export type KairosPeriod = 'B' | 'B-arm' | 'C' | 'D' | 'E';

export interface KairosSigning {
  /** Who called the workflow. Default: kairos-io/kairos. */
  readonly repository?: string;
  /** What it was called for. Default: the tag of the version. */
  readonly ref?: string;
  /** The commit of the reusable workflow in period D. Default: that of v4.2.0. */
  readonly factoryCommit?: string;
  /** Default: push. */
  readonly event?: string;
}

const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';
const FACTORY_COMMIT = '9bf6ee71187036eb832f28c29f0c699507bc1ca3';

export function kairosIdentity(version: string, period: KairosPeriod, signing: KairosSigning = {}): Identity {
  const { repository = 'kairos-io/kairos', ref = `refs/tags/${version}`, factoryCommit = FACTORY_COMMIT, event = 'push' } = signing;
  const caller = (file: string) => `https://github.com/${repository}/.github/workflows/${file}@${ref}`;
  const sourceUri = `https://github.com/${repository}`;
  const sourceCommit = createHash('sha1').update(`${repository}@${ref}`).digest('hex');
  const { san, entry } = {
    B: { san: caller('release.yaml'), entry: caller('release.yaml') },
    'B-arm': { san: caller(armWorkflow(version)), entry: caller('release-arm.yaml') },
    C: { san: caller('reusable-release.yaml'), entry: caller('release.yaml') },
    // Whoever calls a public workflow gets the same name: only the extensions tell who it was.
    D: {
      san: `https://github.com/kairos-io/kairos-factory-action/.github/workflows/reusable-factory.yaml@${factoryCommit}`,
      entry: caller('release.yaml'),
    },
    E: {
      san: `https://github.com/kairos-io/kairos/.github/workflows/reusable-factory.yaml@refs/tags/${version}`,
      entry: caller('release.yaml'),
    },
  }[period];
  return {
    san,
    issuer: GITHUB_ISSUER,
    extensions: {
      2: event,
      3: sourceCommit,
      4: 'Release',
      5: repository,
      6: ref,
      9: san,
      10: period === 'D' ? factoryCommit : sourceCommit,
      11: 'github-hosted',
      12: sourceUri,
      13: sourceCommit,
      14: ref,
      15: repository === 'kairos-io/kairos' ? '500000001' : '500000002',
      16: sourceUri.slice(0, sourceUri.lastIndexOf('/')),
      17: repository.startsWith('kairos-io/') ? '100000001' : '100000002',
      18: entry,
      19: sourceCommit,
      20: event,
      21: `${sourceUri}/actions/runs/10000000001/attempts/1`,
      22: 'public',
    },
  };
}

/** From v2.4.3 on the arm images were built by a workflow of their own that `release-arm.yaml` calls. */
function armWorkflow(version: string): string {
  const before = /^v2\.([0-3]\.|4\.[0-2]($|-))/.test(version);
  return before ? 'release-arm.yaml' : 'reusable-docker-arm-build.yaml';
}
