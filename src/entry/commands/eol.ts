/** herald eol: what is still published, and what is not. */
import { Command } from 'commander';
import { placesOf, releaseHistory } from '../../app/releases.ts';
import { type EolAnswer, flavorLife, type ProjectLife, projectLife } from '../../core/eol.ts';
import { namesFlavors } from '../../core/naming.ts';
import { holdsImages } from '../../core/target.ts';
import type { Instant } from '../../core/time.ts';
import type { StoreReader } from '../../ports.ts';
import { eolMessage } from '../../render/eol.ts';
import { eolJson } from '../../render/json-releases.ts';
import { type CommandContext, EXIT } from '../command-context.ts';
import type { Settings } from '../config.ts';
import { systemClock } from '../open-store.ts';
import { printJson, printMessage } from '../terminal.ts';
import { withStore } from '../with-store.ts';
import { imageWords } from './release-argument.ts';

export function eolCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('eol')
    .description(
      'say what is still published, what is not and what to do instead, how old each release line is, and which Kubernetes is shipped',
    )
    .argument('[words...]', 'a flavor, a component, or words for images: rocky, kairos-agent, hadron standard arm64')
    .option('--json', 'print JSON, in the words of endoflife.date')
    .addHelpText(
      'after',
      `
Examples:
  herald eol
  herald eol rocky
  herald eol hadron standard arm64
  herald eol kairos-agent

Exit code 1 when nothing is known of what was asked: it was never checked, and the configuration says nothing of it.`,
    )
    .action(async (words: readonly string[], options: { json?: boolean }) => {
      const now = systemClock.now();
      const { answer, text } = await withStore(terminal, (store, settings) => lives(store, settings, words, now));
      if (!isKnown(answer)) context.exitCode = EXIT.failed;
      if (options.json === true) printJson(terminal, eolJson(answer));
      else printMessage(terminal, eolMessage(answer, text, now));
    });
}

async function lives(
  store: StoreReader | null,
  settings: Settings,
  words: readonly string[],
  now: Instant,
): Promise<{ readonly answer: EolAnswer; readonly text: string }> {
  const withImages = new Set(settings.targets.filter(holdsImages).map(({ project }) => project));
  const components = [...new Set(settings.targets.map(({ project }) => project))].filter((project) => !withImages.has(project));
  const named = components.filter((project) => words.includes(project));
  const asked = imageWords(
    // hadron is a flavor and a project: said with other words it is the flavor.
    words.filter((word) => word === 'hadron' || !named.includes(word)),
    settings,
  );
  const projects = words.length === 0 ? components : named;
  const flavors = words.length === 0 || asked.text !== '' ? await flavorsOf(store, settings, asked, now) : [];
  return {
    answer: { flavors, projects: await Promise.all(projects.map((project) => lifeOf(store, settings, project, now))) },
    text: words.join(' '),
  };
}

async function flavorsOf(
  store: StoreReader | null,
  settings: Settings,
  { filter }: ReturnType<typeof imageWords>,
  now: Instant,
): Promise<EolAnswer['flavors']> {
  const targets = settings.targets.filter(holdsImages);
  const places = await placesOf(store, targets);
  const projects = [...new Set(targets.map(({ project }) => project))];
  const histories = new Map(
    await Promise.all(projects.map(async (project) => [project, await releaseHistory(store, settings, project, now)] as const)),
  );
  return places.flatMap((place, index) => {
    const history = histories.get(place.project);
    const asked =
      filter === null || filter.flavors.length === 0 || filter.flavors.includes(place.flavor) || namesFlavors(targets[index]?.naming);
    return history === undefined || !asked ? [] : [flavorLife(history, place, filter)];
  });
}

async function lifeOf(store: StoreReader | null, settings: Settings, project: string, now: Instant): Promise<ProjectLife> {
  const places = await placesOf(
    store,
    settings.targets.filter((target) => target.project === project),
  );
  return projectLife(await releaseHistory(store, settings, project, now), places);
}

/** Something was seen, or the configuration knows that it ended. */
function isKnown({ flavors, projects }: EolAnswer): boolean {
  return (
    flavors.some(({ cycles, lifecycle }) => cycles.length > 0 || lifecycle.state !== 'active') ||
    projects.some(({ latest, lifecycle }) => latest !== null || lifecycle.state !== 'active')
  );
}
