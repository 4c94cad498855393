import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readVersion } from '../../src/core/image-tag.ts';
import { hasVariable, parseTemplate, printTag, readTagWith, type TagTemplate, type TemplateFields } from '../../src/core/tag-template.ts';
import { parseKubernetesVersion } from '../../src/core/version.ts';
import { versionText } from '../support/arbitraries.ts';

const number = fc.nat({ max: 40 });

/** What a template may say of an image, in any order; the version always, Kubernetes in one piece or in two, flags at the end. */
const template: fc.Arbitrary<TagTemplate> = fc
  .record({
    names: fc.shuffledSubarray(['FLAVOR', 'FLAVOR_RELEASE', 'VARIANT', 'ARCH', 'MODEL']),
    before: fc.nat({ max: 5 }),
    kubernetes: fc.constantFrom('', '$K8S', `.\${K8S_DISTRO}.$K8S_VERSION`),
    flags: fc.constantFrom('', '$UKI', '$IMG', '$UKI$IMG'),
    mark: fc.constantFrom('-', '_', '.', '--', '_x_'),
    prefix: fc.constantFrom('', 'edge-', 'a.b_'),
  })
  .map(({ names, before, kubernetes, flags, mark, prefix }) => {
    const version = `\${VERSION}${kubernetes}${flags}`;
    const variables = names.map((name) => `\${${name}}`);
    // After the Kubernetes part only flags follow: a word there would be read as its version.
    const text = `${prefix}${[...variables.slice(0, before), ...variables.slice(before), version].join(mark)}`;
    const parsed = parseTemplate(text);
    if (parsed.kind === 'problem') throw new Error(`${text}: ${parsed.problem}`);
    return parsed.template;
  });

const kubernetes = fc
  .record({ distro: fc.constantFrom('k3s', 'k0s'), numbers: fc.tuple(number, number, number), build: number })
  .map(({ distro, numbers, build }) => ({
    distro,
    version: parseKubernetesVersion(`v${numbers.join('.')}+${distro}${distro === 'k0s' ? '.' : ''}${build}`),
  }));

const fields: fc.Arbitrary<TemplateFields> = fc
  .record({
    // Names without marks: where one ends inside the next is for no template to tell.
    flavor: fc.constantFrom('ubuntu', 'edgeos', 'hadron'),
    flavorRelease: fc.constantFrom('24', 'noble', 'leap'),
    variant: fc.constantFrom('core', 'standard'),
    arch: fc.constantFrom('amd64', 'arm64', 'riscv64'),
    model: fc.constantFrom('generic', 'rpi4', 'nvidia-jetson-agx-orin', 'nvidia-jetson-orin-nx'),
    version: fc.oneof(versionText, fc.constantFrom('v3.0.4-96-g83cf366', 'master', '43dabf5', 'v4.0.0-dirty')),
    kubernetes,
    boot: fc.constantFrom('', 'uki', 'raw'),
  })
  .map(({ version, boot, ...rest }) => {
    const read = readVersion(version);
    if (read === null) throw new Error(version);
    return { ...rest, version: read, uki: boot === 'uki', kind: boot === 'raw' ? 'raw-image' : 'os-image' };
  });

/** The fields as far as the template says them; the rest as it is by default. */
function saidBy(of: TemplateFields, by: TagTemplate): TemplateFields {
  const says = (name: Parameters<typeof hasVariable>[1]) => hasVariable(by, name);
  const inside = says('K8S') || says('K8S_VERSION') ? of.kubernetes : null;
  return {
    flavor: says('FLAVOR') ? of.flavor : null,
    flavorRelease: says('FLAVOR_RELEASE') ? of.flavorRelease : null,
    variant: says('VARIANT') ? of.variant : inside === null ? 'core' : 'standard',
    arch: says('ARCH') ? of.arch : 'amd64',
    model: says('MODEL') ? of.model : 'generic',
    version: of.version,
    kubernetes: inside,
    uki: says('UKI') && of.uki,
    kind: says('IMG') ? of.kind : 'os-image',
  };
}

describe('tag templates', () => {
  it('read what they print: read(print(f)) = f, as far as the template says it', () => {
    fc.assert(
      fc.property(template, fields, (by, of) => {
        expect(readTagWith(by, printTag(by, of))).toEqual(saidBy(of, by));
      }),
    );
  });

  it('are parsed or refused in words, and read any tag, whatever is in them', () => {
    const piece = fc.constantFrom('$VERSION', '$FLAVOR', `\${K8S}`, '$ARCH', '$', '${', '}', '-', '$X', '.*', '(a+)+', '$UKI');
    const text = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ maxLength: 250 }),
    );
    fc.assert(
      fc.property(text, fc.string({ maxLength: 200 }), (words, tag) => {
        const parsed = parseTemplate(words);
        if (parsed.kind === 'problem') expect(parsed.problem).not.toBe('');
        else expect(() => readTagWith(parsed.template, tag)).not.toThrow();
      }),
    );
  });

  /** Tags that make a search go back and forth: nearly a version, a release, a Kubernetes part, again and again. */
  it.each(['v1.1.1-', '1.', 'v0.0.0-abcdef0', '-k3s', '-k3s-v1.1.1-k3s1', 'nvidia-', '-rc1', 'core-amd64-generic-', '-1-g0000000'])(
    'refuse a hostile tag of "%s" in bounded time',
    (piece) => {
      const parsed = parseTemplate('$FLAVOR-$FLAVOR_RELEASE-$VARIANT-$ARCH-$MODEL-$VERSION$K8S$UKI$IMG');
      if (parsed.kind === 'problem') throw new Error(parsed.problem);
      const calls = 20;
      const tag = piece.repeat(128).slice(0, 127).concat('!');
      const began = performance.now();
      for (let call = 0; call < calls; call++) expect(readTagWith(parsed.template, tag)).toBeNull();
      // Generous on purpose: exponential time would be years.
      expect((performance.now() - began) / calls).toBeLessThan(50);
      expect(readTagWith(parsed.template, piece.repeat(100_000))).toBeNull();
    },
  );
});
