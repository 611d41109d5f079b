/** A tetrahedron in the platform's binary forms, built byte by byte as the contract says. */

export const TETRAHEDRON: readonly (readonly [number, number, number])[] = [
  [0, 1, 3],
  [1, 2, 3],
  [2, 0, 3],
  [0, 2, 1],
];

function header(magic: string, length: number, words: readonly number[]): DataView {
  const view = new DataView(new ArrayBuffer(length));
  new Uint8Array(view.buffer).set(new TextEncoder().encode(magic));
  words.forEach((word, i) => {
    view.setUint32(4 + 4 * i, word, true);
  });
  return view;
}

export function topologyBytes(triangles = TETRAHEDRON, vertexCount = 4): ArrayBuffer {
  const view = header("ATPT", 16 + 6 * triangles.length, [1, vertexCount, triangles.length]);
  triangles.flat().forEach((vertex, i) => {
    view.setUint16(16 + 2 * i, vertex, true);
  });
  return view.buffer as ArrayBuffer;
}

/** `steps` are the quantised positions, x y z a vertex. */
export function bodyBytes(
  steps: readonly number[] = [0, 0, 0, 65535, 0, 0, 0, 65535, 0, 0, 0, 65535],
  { version = 1, readings = 15 } = {},
): ArrayBuffer {
  const positionsAt = 40 + 4 * readings;
  const view = header("ATPV", positionsAt + 2 * steps.length, [version, steps.length / 3, readings]);
  [-0.5, 0, -0.25].forEach((origin, i) => {
    view.setFloat32(16 + 4 * i, origin, true);
  });
  [1 / 65535, 2 / 65535, 0.5 / 65535].forEach((step, i) => {
    view.setFloat32(28 + 4 * i, step, true);
  });
  for (let i = 0; i < readings; i++) view.setFloat32(40 + 4 * i, 1000 + i, true);
  steps.forEach((step, i) => {
    view.setUint16(positionsAt + 2 * i, step, true);
  });
  return view.buffer as ArrayBuffer;
}
