/** The embedded pool keeps the contract. */
import { pglite } from '../support/databases.ts';
import { poolBehaviour } from './pool.behaviour.ts';

poolBehaviour(pglite);
