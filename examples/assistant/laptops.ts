/** A laptop of the shop. */
interface Laptop {
  readonly name: string;
  place: string;
  /** Prices in euro, the last one is today's. */
  readonly prices: number[];
}

/** The shop's stock, in memory: changes are gone when the example ends. */
export class Stock {
  readonly #laptops: readonly Laptop[] = [
    { name: "Cevaz 23", place: "Kyoto", prices: [99, 99, 95, 95, 92, 92, 92, 89] },
    { name: "Orlo", place: "Lisbon", prices: [64, 64, 65, 65, 67, 67, 69, 69] },
    { name: "Hegoz 3", place: "Oslo", prices: [85, 85, 85, 85, 79, 79, 79, 79] },
    { name: "Bilhap", place: "Kyoto", prices: [33, 33, 31, 31, 30, 30, 29, 29] },
  ];

  get names(): string[] {
    return this.#laptops.map(({ name }) => name);
  }

  /** The laptop of this name, whatever its case. Throws with the names that there are. */
  find(name: string): Laptop {
    const wanted = name.trim().toLowerCase();
    const found = this.#laptops.find((laptop) => laptop.name.toLowerCase() === wanted);
    if (found !== undefined) return found;
    throw new Error(`There is no laptop "${name}". The shop has ${this.names.join(", ")}.`);
  }
}
