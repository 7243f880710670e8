// The files that the tests read: <subject>.bin holds little-endian arrays one after another, <subject>.json says
// what they are. Shapes are outermost first; the last index is contiguous.

import fs from "node:fs";
import path from "node:path";

const dtypes = new Map([[Float32Array, "f32"], [Int32Array, "i32"], [Buffer, "u8"]]);

export class VectorFile {
  #subject;
  #manifest;
  #chunks = [];
  #length = 0;

  /**
   * @param {string} subject file name without extension
   * @param {object} environment what made the numbers
   */
  constructor(subject, environment) {
    this.#subject = subject;
    this.#manifest = { schema: 1, environment, cases: [] };
  }

  /**
   * @param {string} name unique in the file
   * @param {Record<string, string | number>} parameters
   * @param {Record<string, {shape: number[], data: Float32Array | Int32Array | Buffer}>} arrays
   */
  add(name, parameters, arrays) {
    const entry = { name, parameters, arrays: {} };
    for (const [key, { shape, data }] of Object.entries(arrays)) {
      const count = shape.reduce((a, b) => a * b, 1);
      if (count !== data.length) throw new Error(`${name}: ${key} has ${data.length} elements, shape [${shape}]`);
      entry.arrays[key] = { dtype: dtypes.get(data.constructor), shape, offset: this.#length, length: data.byteLength };
      this.#chunks.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      this.#length += data.byteLength;
    }
    this.#manifest.cases.push(entry);
  }

  /** Writes both files to a folder. */
  save(folder) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${this.#subject}.bin`), Buffer.concat(this.#chunks));
    const { cases, ...head } = this.#manifest;
    const lines = cases.map((entry) => `    ${JSON.stringify(entry)}`).join(",\n");
    const text = JSON.stringify(head, null, 2).replace(/\n}$/, `,\n  "cases": [\n${lines}\n  ]\n}\n`);
    fs.writeFileSync(path.join(folder, `${this.#subject}.json`), text);
    console.log(`${this.#subject}: ${cases.length} cases, ${this.#length} bytes`);
  }
}
