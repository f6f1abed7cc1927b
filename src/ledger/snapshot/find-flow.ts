import { flowKey } from '../../../parsers/flows.js';
import { type CountedFlow, foldFlows } from '../../../parsers/fold-flows.js';
import { inputInvalid } from '../input.js';
import type { FlowFiles } from './flow-files.js';

const MOST_SHOWN = 5;
/** Later than any flow. */
const END_OF_TIME = '9999-12-31T23:59:59.999999+00:00';

/**
 * Finds a flow by its key (`source/id`), its id, or any part of the id that no other has: the hash of its transaction.
 *
 * @throws {@link MavenError} INPUT_INVALID when there is none, or more than one.
 */
export async function findFlow(files: FlowFiles, name: string): Promise<CountedFlow> {
  const { flows: lines, fault } = await files.between(null, END_OF_TIME);
  const flows = foldFlows(lines);
  const hint =
    fault === null ? doubtful(flows) : `${doubtful(flows)}; it may be in what cannot be read: ${fault}`;
  if (name === '') throw inputInvalid('no flow is named', hint);
  const wanted = name.toLowerCase();
  const exact = flows.filter(
    (flow) => flowKey(flow).toLowerCase() === wanted || flow.externalFlowId.toLowerCase() === wanted,
  );
  const found =
    exact.length > 0 ? exact : flows.filter((flow) => flowKey(flow).toLowerCase().includes(wanted));
  const [flow, ...others] = found;
  if (flow === undefined) throw inputInvalid(`there is no flow ${JSON.stringify(name.slice(0, 64))}`, hint);
  if (others.length > 0)
    throw inputInvalid(
      `${JSON.stringify(name.slice(0, 64))} may be each of ${found.length} flows`,
      `name one of them in full: ${listed(found)}`,
    );
  return flow;
}

function doubtful(flows: readonly CountedFlow[]): string {
  const open = flows.filter(({ doubt }) => doubt !== null);
  return open.length === 0
    ? 'name it by its id, as it stands in .moha/maven/flows'
    : `these cannot be counted as they are: ${listed(open)}`;
}

function listed(flows: readonly CountedFlow[]): string {
  const shown = flows
    .slice(0, MOST_SHOWN)
    .map((flow) => `${flowKey(flow)} (${flow.flowType} at ${flow.occurredAt})`);
  const more = flows.length > MOST_SHOWN ? [`and ${flows.length - MOST_SHOWN} more`] : [];
  return [...shown, ...more].join(', ');
}
