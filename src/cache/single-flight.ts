/** Runs work under a key, once for all who ask while it runs; they share its value or its error. */
export type SingleFlight = (key: string, work: () => Promise<string>) => Promise<string>;

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<string>>();
  return (key, work) => {
    const running = flights.get(key);
    if (running !== undefined) return running;
    const flight = work().finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  };
}
