/** The contract is that of a real server. */
import { postgres } from '../support/databases.ts';
import { poolBehaviour } from './pool.behaviour.ts';

poolBehaviour(await postgres());
