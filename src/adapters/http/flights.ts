/** Requests under way that somebody else may share: two who ask the same thing at once wait for one answer. */

export interface Flights<T> {
  /**
   * The answer of the flight under this key, or of a new one that `start` begins. The flight's own signal aborts when the last of its
   * passengers has left; a passenger whose signal aborts leaves alone, with `late`.
   */
  join(key: string, signal: AbortSignal, late: () => Error, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  passengers: number;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  function begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const answer = start(controller.signal).finally(() => land(key, flight));
    const flight: Flight<T> = { answer, controller, passengers: 0 };
    flights.set(key, flight);
    return flight;
  }

  /** Nobody boards any more. Under the key there may be a later flight by now. */
  function land(key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key);
  }

  return {
    join(key, signal, late, start) {
      if (signal.aborted) return Promise.reject(late());
      const flight = flights.get(key) ?? begin(key, start);
      flight.passengers += 1;
      return new Promise((resolve, reject) => {
        const leave = () => {
          flight.passengers -= 1;
          if (flight.passengers > 0) return reject(late());
          // The last one: what was interrupted says itself how far it had come.
          land(key, flight);
          flight.controller.abort(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        void flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      });
    },
  };
}
