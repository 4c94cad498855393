/** A pool that comes in through the door of the process that has the store keeps the contract. */
import { joinedPglite } from '../support/databases.ts';
import { poolBehaviour } from './pool.behaviour.ts';

poolBehaviour(joinedPglite);
