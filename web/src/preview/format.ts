/**
 * The binary forms of the slider preview (little-endian).
 *
 * Topology: "ATPT", u32 version, u32 vertexCount, u32 triangleCount, u16[3 * triangleCount].
 * Body: "ATPV", u32 version, u32 vertexCount, u32 readingCount, f32[3] origin, f32[3] step,
 * f32[readingCount] delivered millimetres, u16[3 * vertexCount]; a position is origin + value * step, metres.
 */

const VERSION = 1;
const TOPOLOGY_HEADER = 16;
const BODY_HEADER = 40;

export interface Topology {
  readonly vertexCount: number;
  /** Three vertices a triangle, wound outwards. */
  readonly triangles: Uint16Array<ArrayBuffer>;
}

export interface PreviewBody {
  /** In the order of the 15 measurements. */
  readonly deliveredMm: Float32Array;
  /** x y z a vertex, metres. */
  readonly positions: Float32Array<ArrayBuffer>;
}

/** The bytes are not what the format says. */
export class BadPreview extends Error {}

export function parseTopology(bytes: ArrayBuffer): Topology {
  const view = open(bytes, "ATPT", TOPOLOGY_HEADER);
  const vertexCount = view.getUint32(8, true);
  const corners = 3 * view.getUint32(12, true);
  expectLength(bytes, TOPOLOGY_HEADER + 2 * corners);
  const triangles = new Uint16Array(bytes, TOPOLOGY_HEADER, corners);
  if (triangles.some((vertex) => vertex >= vertexCount)) throw new BadPreview("a triangle names a vertex that is not there");
  return { vertexCount, triangles };
}

export function parseBody(bytes: ArrayBuffer, vertexCount: number): PreviewBody {
  const view = open(bytes, "ATPV", BODY_HEADER);
  if (view.getUint32(8, true) !== vertexCount) throw new BadPreview("the body has another topology");
  const readings = view.getUint32(12, true);
  const start = BODY_HEADER + 4 * readings;
  expectLength(bytes, start + 6 * vertexCount);
  const steps = new Uint16Array(bytes, start, 3 * vertexCount);
  const origin = [16, 20, 24].map((at) => view.getFloat32(at, true));
  const step = [28, 32, 36].map((at) => view.getFloat32(at, true));
  const positions = new Float32Array(3 * vertexCount);
  for (let axis = 0; axis < 3; axis++) {
    const from = origin[axis] ?? 0;
    const scale = step[axis] ?? 0;
    for (let i = axis; i < steps.length; i += 3) positions[i] = from + (steps[i] ?? 0) * scale;
  }
  return { deliveredMm: new Float32Array(bytes, BODY_HEADER, readings), positions };
}

function open(bytes: ArrayBuffer, magic: string, headerLength: number): DataView {
  if (bytes.byteLength < headerLength) throw new BadPreview("shorter than its header");
  const view = new DataView(bytes);
  const found = String.fromCharCode(...new Uint8Array(bytes, 0, 4));
  if (found !== magic) throw new BadPreview(`starts with ${JSON.stringify(found)}, not ${magic}`);
  if (view.getUint32(4, true) !== VERSION) throw new BadPreview("a version this page does not know");
  return view;
}

function expectLength(bytes: ArrayBuffer, length: number): void {
  if (bytes.byteLength !== length) throw new BadPreview(`${bytes.byteLength} bytes where ${length} were announced`);
}
