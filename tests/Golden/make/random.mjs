// Seeded inputs: splitmix64 (Steele, Lea, Flood 2014). Nobody has to repeat the stream: the vectors store the inputs.

const mask = (1n << 64n) - 1n;

/** A stream of pseudo-random numbers that depends on nothing but its seed. */
export class SplitMix64 {
  #state;

  /** @param {bigint} seed */
  constructor(seed) {
    this.#state = seed;
  }

  /** @returns {bigint} 64 bits */
  next() {
    this.#state = (this.#state + 0x9e3779b97f4a7c15n) & mask;
    let z = this.#state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask;
    return z ^ (z >> 31n);
  }

  /** @returns {number} an integer in [0, count) */
  below(count) {
    return Number(this.next() % BigInt(count));
  }

  /** @returns {number} in [low, high); a multiple of 2^-24 in [0, 1), exact in float */
  uniform(low = 0, high = 1) {
    return low + (high - low) * (Number(this.next() >> 40n) / 2 ** 24);
  }

  /** @returns {Float32Array} */
  uniforms(count, low, high) {
    return Float32Array.from({ length: count }, () => this.uniform(low, high));
  }

  /** @returns {Buffer} */
  bytes(count) {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}

/** A seed that depends on a case's name alone, so that cases can be added without changing the others (FNV-1a). */
export function seedOf(name) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(name)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask;
  return hash;
}
