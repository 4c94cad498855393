/** Projects by name: those of Kairos that publish no OS images, and those of a configuration. */
import type { Project } from './release.ts';

/**
 * What Kairos is made of and what its images are built with. Each has releases of its own and none has images a node runs,
 * so a filter cannot ask for an image of one.
 */
export const COMPONENT_PROJECTS: readonly Project[] = [
  'auroraboot',
  'cluster-api-provider-kairos',
  'elemental-cli',
  'enki',
  'hadron',
  'immucore',
  'kairos-agent',
  'kairos-factory-action',
  'kairos-framework',
  'kairos-init',
  'kairos-installer',
  'kairos-lab',
  'kairos-operator',
  'kairos-sdk',
  'kcrypt',
  'kcrypt-challenger',
  'osbuilder',
  'provider-k3s',
  'provider-kairos',
  'provider-kubeadm',
];

/** The names a configuration adds to those everybody knows, for reading words. */
export interface KnownNames {
  readonly flavors: readonly string[];
  readonly projects: readonly Project[];
  /** What the images of each project are built with: other projects. */
  readonly builtWith: ReadonlyMap<Project, readonly Project[]>;
}

export const NO_NAMES: KnownNames = { flavors: [], projects: [], builtWith: new Map() };
