/**
 * Random texts of the grammar for property tests. They are put together here, from the published naming rules, and not by
 * the code under test, so that what parsing gives back can be held against what was put in.
 */
import fc from 'fast-check';

const number = fc.nat({ max: 40 });

/** A published version; the numbers of the c3os era are no version of Kairos. */
export const versionText: fc.Arbitrary<string> = fc
  .record({
    numbers: fc.tuple(fc.nat({ max: 5 }), number, number).filter(([major, minor]) => major !== 1 || minor < 20 || minor > 24),
    end: fc.oneof(
      fc.constant(''),
      fc.tuple(fc.constantFrom('alpha', 'beta', 'rc', 'RC', 'beta.'), number).map(([word, n]) => `-${word}${n}`),
    ),
  })
  .map(({ numbers, end }) => `v${numbers.join('.')}${end}`);

const stamp = fc.oneof(
  number.map((n) => `+k3s${n}`),
  number.map((n) => `+k0s.${n}`),
);
const kubernetesNumbers = fc
  .tuple(fc.nat({ max: 2 }), number, number, fc.option(fc.nat({ max: 12 }), { nil: null }))
  .map(([major, minor, patch, rc]) => `v${major}.${minor}.${patch}${rc === null ? '' : `-rc${rc}`}`);

export const kubernetesText: fc.Arbitrary<string> = fc
  .tuple(kubernetesNumbers, fc.option(stamp, { nil: '' }))
  .map(([numbers, end]) => `${numbers}${end}`);

/** What an image is, and the reference that says so in the words of one era. */
export interface MadeReference {
  readonly reference: string;
  readonly fields: {
    readonly kind: 'os-image' | 'raw-image';
    readonly flavor: string;
    readonly flavorRelease: string | null;
    readonly variant: string;
    readonly arch: string;
    readonly model: string;
    readonly version: string;
    readonly kubernetes: { readonly distro: string; readonly version: string | null } | null;
    readonly uki: boolean;
  };
}

const RELEASES: Readonly<Record<string, readonly string[]>> = {
  alpine: ['3.18', '3.21'],
  debian: ['bookworm', 'testing', '13'],
  fedora: ['38', '40'],
  hadron: ['v0.5.1', 'v0.0.1-beta1', 'v0.2.0-beta.1'],
  opensuse: ['leap-15.6', 'tumbleweed', 'tumbleweed-latest'],
  rockylinux: ['9'],
  ubuntu: ['22.04', '25.10'],
};

const MODELS = [
  'generic',
  'rpi3',
  'rpi4',
  'rpi64',
  'nvidia-jetson-agx-orin',
  'nvidia-jetson-orin-nx',
  'nvidia-jetson-thor',
  'nvidia-dgx-spark',
];

const built = fc.oneof(
  { weight: 4, arbitrary: versionText },
  {
    weight: 1,
    arbitrary: fc.constantFrom('master', 'main', 'latest', '43dabf5', 'v3.0.4-96-g83cf366', 'v3.3.1-rc2-2-g53b68481', 'v4.0.0-RC1-dirty'),
  },
);

const distribution = fc.constantFrom('k3s', 'k0s');
const stamped = fc.tuple(distribution, kubernetesNumbers, number).map(([distro, numbers, n]) => ({
  distro,
  version: `${numbers}+${distro}${distro === 'k0s' ? '.' : ''}${n}`,
}));
const kubernetes = fc.option(stamped, { nil: null });

const machine = fc.constantFrom(...Object.keys(RELEASES)).chain((flavor) =>
  fc.record({
    flavor: fc.constant(flavor),
    flavorRelease: fc.constantFrom(...(RELEASES[flavor] ?? [])),
    variant: fc.constantFrom('core', 'standard'),
    arch: fc.constantFrom('amd64', 'arm64', 'riscv64'),
    model: fc.constantFrom(...MODELS),
    version: built,
    kubernetes,
    boot: fc.constantFrom('', '-uki', '-img'),
  }),
);

type Spell = (distro: string, version: string) => string;

/** The layout of E3 … E5, which differ in how they spell the Kubernetes part. */
function tagLayout(spell: Spell): fc.Arbitrary<MadeReference> {
  return machine.map(({ boot, ...made }) => {
    const part = made.kubernetes === null ? '' : spell(made.kubernetes.distro, made.kubernetes.version.replace('+', '-'));
    const tag = `${made.flavorRelease}-${made.variant}-${made.arch}-${made.model}-${made.version}${part}${boot}`;
    const kind = boot === '-img' ? 'raw-image' : 'os-image';
    return { reference: `quay.io/kairos/${made.flavor}:${tag}`, fields: { ...made, kind, uki: boot === '-uki' } };
  });
}

const ciLayout: fc.Arbitrary<MadeReference> = machine.map(({ boot, ...made }) => {
  const part = made.kubernetes === null ? '' : `-${made.kubernetes.distro}-${made.kubernetes.version.replace('+', '-')}`;
  const uki = boot === '-uki';
  const tag = `${made.flavor}-${made.flavorRelease}-${made.variant}-${made.arch}-${made.model}${part}-${made.version}${uki ? '-uki' : ''}`;
  return { reference: `ghcr.io/kairos-io/kairos/${made.flavor}:${tag}`, fields: { ...made, kind: 'os-image', uki } };
});

/** The layout of E1 and E2: the repository says what the image is. */
function repositoryLayout(namespace: string, standard: string): fc.Arbitrary<MadeReference> {
  const machines = fc.constantFrom(
    { end: '', arch: 'amd64', model: 'generic' },
    { end: '-arm-generic', arch: 'arm64', model: 'generic' },
    { end: '-arm-rpi', arch: 'arm64', model: 'rpi4' },
  );
  return fc
    .record({
      flavor: fc.constantFrom('opensuse', 'opensuse-leap', 'ubuntu-20-lts', 'ubuntu-20-lts-fips', 'alpine-opensuse-leap', 'rockylinux'),
      variant: fc.constantFrom('core', 'standard'),
      machine: machines,
      version: versionText,
      kubernetes,
      raw: fc.constantFrom('', '.img', '-img'),
    })
    .map(({ flavor, variant, machine: { end, arch, model }, version, kubernetes: made, raw }) => {
      const repository = `${variant === 'core' ? 'core' : standard}-${flavor}${end}${raw === '-img' ? '-img' : ''}`;
      const part = made === null ? '' : `-${made.distro}${made.version.replace('+', '-')}`;
      return {
        reference: `${namespace}/${repository}:${version}${part}${raw === '.img' ? '.img' : ''}`,
        fields: {
          kind: raw === '' ? 'os-image' : 'raw-image',
          flavor,
          flavorRelease: null,
          variant,
          arch,
          model,
          version,
          kubernetes: made,
          uki: false,
        },
      };
    });
}

/** References by the era whose words they use. */
export const REFERENCES = {
  E1: repositoryLayout('quay.io/c3os', 'c3os'),
  E2: repositoryLayout('quay.io/kairos', 'kairos'),
  'E3 and E4b': tagLayout((distro, version) => `-${distro}${version}`),
  E4a: tagLayout((distro, version) => `-${distro}${version.slice(1)}`),
  E5: tagLayout((distro, version) => `-${distro}-${version}`),
  ci: ciLayout,
} satisfies Record<string, fc.Arbitrary<MadeReference>>;
